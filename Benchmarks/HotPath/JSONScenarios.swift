internal import Tickscope
internal import TradingHotPath

/// The path of a crypto exchange: one JSON text decoded and applied to an aggregated book.
enum JSONScenarios {
    @BenchmarkBuilder static var benchmarks: [Benchmark] {
        Benchmark(
            "crypto-json", arguments: ["generated"] + Feeds.found([.binance]), .throughput(.messages(1)),
            .tags("json", "quick")
        ) { try measure($0, $1) }
        Benchmark("crypto-json.message", arguments: ["generated"] + Feeds.found([.binance]), .latency, .tags("json")) {
            try measure($0, $1)
        }
    }

    private static func measure(_ run: Measurement, _ name: String) throws {
        let texts = try Texts(name == "generated" ? DepthGenerator.messages(seed: 1, messages: 60_000) : recorded())
        var feed = DepthFeed()
        for index in 0..<texts.count { feed.receive(texts[index]) }
        let digest = feed.book.digest
        guard feed.counts.malformed == 0, feed.counts.depthUpdates > 0 else {
            throw ScenarioError("\(feed.counts.malformed) of \(texts.count) texts are malformed")
        }
        var next = 0
        func step() {
            feed.receive(texts[next])
            next = next + 1 == texts.count ? 0 : next + 1
        }
        try run.measure { step() }
        while next != 0 { step() }
        // A recording may begin without a snapshot, so that its first round begins with an empty book.
        if name == "generated", feed.book.digest != digest {
            throw ScenarioError("the book came to the state \(feed.book.digest) instead of \(digest)")
        }
        run.record("bytes a message", Double(texts.bytes) / Double(texts.count))
        run.record("digest", outcome: String(digest, radix: 16))
    }

    /// Lines of local nanoseconds, a space, and JSON.
    private static func recorded() throws -> [[UInt8]] {
        try Feeds.read(.binance).split(separator: UInt8(ascii: "\n")).map { line in
            Array(line[((line.firstIndex(of: UInt8(ascii: " ")) ?? line.startIndex - 1) + 1)...])
        }
    }
}

/// Texts one after the other in memory.
struct Texts: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    private let starts: [Int]

    var count: Int { starts.count - 1 }
    var bytes: Int { starts.last! }

    init(_ texts: [[UInt8]]) throws {
        guard !texts.isEmpty else { throw ScenarioError("there is no text to read") }
        var starts = [0]
        for text in texts { starts.append(starts.last! + text.count) }
        memory = .allocate(byteCount: max(1, starts.last!), alignment: 64)
        memory.copyBytes(from: texts.joined())
        self.starts = starts
    }

    deinit { memory.deallocate() }

    @inline(__always)
    subscript(index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[starts[index]..<starts[index + 1]])
    }
}
