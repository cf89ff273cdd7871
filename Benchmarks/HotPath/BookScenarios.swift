internal import Tickscope
internal import TradingHotPath

/// Scenarios of the books alone: one operation is one message, decoded and applied.
enum BookScenarios {
    @BenchmarkBuilder static var benchmarks: [Benchmark] {
        both("single-symbol", ["liquid"] + Feeds.found([.apple]), tags: ["quick"]) { try feed($0, .liquid) }
        both("multi-symbol", [20], tags: ["quick"]) { Feeds.market(symbols: $0) }
        Benchmark(
            "scaling", arguments: [1, 2, 5, 10, 20, 100, 500, 2_000, 8_000], .throughput(.messages(1)),
            .tags("book")
        ) { try throughput($0, Feeds.market(symbols: $1)) }
        both("deep-book", ["deep"] + Feeds.found([.bitcoin]), tags: []) { try feed($0, .deep) }
        Benchmark("sweep", arguments: [10, 100, 1_000], .throughput(.messages(1)), .tags("book")) {
            try throughput($0, SweepFeed.stream(levels: $1))
        }
        both("cancel-heavy", ["cancel-heavy"], tags: []) { try feed($0, .cancelHeavy) }
        both("replace-heavy", ["8-percent", "82-percent"], tags: []) {
            Feeds.profile($0 == "8-percent" ? .liquid : .replaceHeavy)
        }
        Benchmark(
            "hash-adversary", arguments: ReferenceMapping.allCases.map(\.rawValue), .throughput(.messages(1)),
            .tags("book")
        ) { run, name in
            guard let mapping = ReferenceMapping(rawValue: name) else { return }
            try throughput(run, mapping.apply(to: Feeds.market(symbols: 20)))
        }
        Benchmark(
            "implementations", arguments: ["idiomatic", "values", "flat"], .throughput(.messages(1)),
            .tags("book", "quick")
        ) { run, name in
            let stream = Feeds.market(symbols: 20)
            switch name {
            case "idiomatic": try throughput(run, stream, IdiomaticBooks())
            case "values": try throughput(run, stream, ValueBooks())
            default: try throughput(run, stream)
            }
        }
        Benchmark("zero-allocation-soak", .throughput(.messages(400_000)), .tags("book", "quick")) { run in
            var feed = FeedLoop(Feeds.market(symbols: 20))
            var books = BookSet(capacity: feed.capacity)
            feed.finish(into: &books)
            try run.measure {
                for _ in 0..<400_000 { feed.step(into: &books) }
            }
            try feed.verify(&books, run)
        }
    }

    private static func feed(_ name: String, _ profile: MarketProfile) throws -> [UInt8] {
        try Feeds.Recording(rawValue: name).map(Feeds.read) ?? Feeds.profile(profile)
    }

    /// A message's cost on average, and each message by itself.
    @BenchmarkBuilder
    private static func both<Argument: CustomStringConvertible>(
        _ name: String, _ arguments: [Argument], tags: [String], _ feed: @escaping (Argument) throws -> [UInt8]
    ) -> [Benchmark] {
        let words = tags.isEmpty ? BenchmarkOption.tags("book") : .tags("book", "quick")
        Benchmark(name, arguments: arguments, .throughput(.messages(1)), words) {
            try throughput($0, try feed($1))
        }
        Benchmark("\(name).message", arguments: arguments, .latency, .tags("book")) {
            try throughput($0, try feed($1))
        }
    }

    /// The flat books, a round of the feed first.
    private static func throughput(_ run: Measurement, _ stream: [UInt8]) throws {
        var feed = try Feeds.loop(stream)
        var books = BookSet(capacity: feed.capacity)
        for _ in 0..<feed.roundMessages { feed.step(into: &books) }
        try run.measure { feed.step(into: &books) }
        try feed.verify(&books, run)
    }

    /// Any books, a round of the feed first.
    private static func throughput<Books: OrderBooks>(
        _ run: Measurement, _ stream: [UInt8], _ empty: consuming Books
    ) throws {
        var feed = try Feeds.loop(stream)
        var books = empty
        for _ in 0..<feed.roundMessages { feed.step(into: &books) }
        try run.measure { feed.step(into: &books) }
        try feed.verify(&books, run)
    }
}

extension FeedLoop {
    /// Goes on to the end of this round and of the next feed, and compares the state with that of a first replay: a wrong
    /// book is no benchmark.
    mutating func verify<Books: OrderBooks & ~Copyable>(_ books: inout Books, _ run: Measurement) throws {
        while !isAtStart { step(into: &books) }
        let anomalies = books.counters.anomalies
        books.resetCounters()
        finish(into: &books)
        try expect(books.stateDigest(), anomalies: anomalies + books.counters.anomalies)
        report(run)
    }

    func expect(_ state: StateDigest, anomalies: UInt64) throws {
        guard state == digest, anomalies == 0 else {
            throw ScenarioError("the books came to the state \(state) with \(anomalies) anomalies instead of \(digest)")
        }
    }

    func report(_ run: Measurement) {
        run.record("working set", Double(capacity.workingSet(books: books)), unit: "bytes")
        run.record("live orders", Double(liveOrders))
        run.record("levels", Double(liveLevels))
        run.record("digest", outcome: digest.description)
    }
}
