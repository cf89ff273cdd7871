internal import Tickscope
internal import TradingHotPath

/// The operations of the framework that Tickscope replaces, one call each, for its budgets: single-symbol below 100 ms,
/// multi-symbol below a second.
enum FrameworkScenarios {
    @BenchmarkBuilder static var benchmarks: [Benchmark] {
        Benchmark("framework.single-symbol", .tags("framework")) {
            try measure($0, Feeds.profile(.liquid, messages: 10_000))
        }
        Benchmark("framework.multi-symbol", .tags("framework")) {
            try measure($0, Feeds.market(symbols: 20))
        }
    }

    /// All messages of a day through the whole path.
    private static func measure(_ run: Measurement, _ stream: [UInt8]) throws {
        var feed = FeedLoop(stream)
        var engine = Engine(feed.capacity)
        try run.measure {
            repeat { engine.step(&feed) } while !feed.isAtStart
        }
        try engine.verify(&feed, run)
    }
}
