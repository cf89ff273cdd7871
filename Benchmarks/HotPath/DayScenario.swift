internal import Tickscope
internal import TradingHotPath

/// A book set as it is late in a day: 1.65 million orders alive in 8,000 books, references up to 645 million. Takes more
/// than a gigabyte, so it runs only when asked for.
enum DayScenario {
    @BenchmarkBuilder static var benchmarks: [Benchmark] {
        Benchmark("day-long", .throughput(.messages(1)), .tags("day")) { run in
            let active = Feeds.market(symbols: 8_000)
            // Later in the day.
            var feed = FeedLoop(ReferenceMapping.rewriting(active) { $0 + lastReference })
            var capacity = feed.capacity
            capacity.orders += restingOrders
            capacity.levels += restingOrders
            capacity.rungs += 4 * restingOrders
            capacity.pages += restingOrders
            var books = BookSet(capacity: capacity)
            rest(&books)
            for _ in 0..<feed.roundMessages { feed.step(into: &books) }
            try run.measure { feed.step(into: &books) }
            while !feed.isAtStart { feed.step(into: &books) }
            guard books.liveOrders == restingOrders, books.counters.anomalies == 0 else {
                throw ScenarioError("\(books.liveOrders) orders are left instead of \(restingOrders)")
            }
            run.record("live orders", Double(restingOrders + feed.liveOrders))
            run.record(
                "working set", Double(books.usedCapacity.workingSet(books: feed.books)), unit: "bytes")
            // What was executed goes with the number of rounds.
            books.resetCounters()
            run.record("digest", outcome: books.stateDigest().description)
        }
    }

    private static let restingOrders = 1_650_000
    private static let lastReference: UInt64 = 645_000_000

    /// Orders that came all day long and are still there, far from the touch of the active ones.
    private static func rest(_ books: inout BookSet) {
        var random = RandomSource(seed: 12)
        let step = lastReference / UInt64(restingOrders)
        var writer = ITCHWriter()
        writer.reserve(messages: restingOrders)
        for index in 0..<restingOrders {
            let side = random.below(2) == 0 ? Side.bid : Side.ask
            // Below the cheapest and above the dearest of the active books.
            let ticks: UInt64 = side == .bid ? 1 : 40_000
            let price = UInt32(100 * (ticks + random.below(1_000)))
            writer.add(
                UInt16(1 + random.below(8_000)), StockSymbol(rawValue: 0x5245_5354_2020_2020),
                reference: 1 + UInt64(index) * step + random.below(step), side: side, shares: 100, price: price,
                attributed: false, at: 34_200_000_000_000)
        }
        writer.bytes.withUnsafeBytes {
            var reader = ITCHStreamReader($0)
            reader.replay(into: &books)
        }
    }
}
