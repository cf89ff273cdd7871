internal import Tickscope
internal import TradingHotPath

/// Scenarios of the whole path, from market-data byte to order byte, with an exchange that answers.
enum PathScenarios {
    @BenchmarkBuilder static var benchmarks: [Benchmark] {
        Benchmark("full-pipeline", .throughput(.messages(1)), .tags("path", "quick")) { try measure($0) }
        Benchmark("full-pipeline.message", .latency, .tags("path")) { try measure($0) }
        // Short enough to be stepped through: every call it makes is seen.
        Benchmark("full-pipeline.calls", .throughput(.messages(2_000)), .tags("calls")) { run in
            var feed = FeedLoop(Feeds.profile(.liquid, messages: 20_000))
            var engine = Engine(feed.capacity)
            for _ in 0..<feed.roundMessages { engine.step(&feed) }
            try run.measure {
                for _ in 0..<2_000 { engine.step(&feed) }
            }
            try engine.verify(&feed, run)
        }
        Benchmark("full-pipeline.stages", .throughput(.messages(1)), .tags("path", "quick")) { try stages($0) }
        Benchmark("thin-symbol", .afterIdle(microseconds: 1_000), .tags("path")) { try burst($0) }
        Benchmark("cold-tick", arguments: ["warm"], .latency, .tags("path", "cold")) { try cold($0, $1) }
        Benchmark("cold-tick", arguments: ["spin"], .latency, .tags("path", "cold")) { try cold($0, $1) }
        Benchmark("cold-tick", arguments: ["sleep"], .afterIdle(microseconds: 1_000), .tags("path", "cold")) {
            try cold($0, $1)
        }
        Benchmark("cold-tick", arguments: ["flushed-input"], .latency, .tags("path", "cold")) { try cold($0, $1) }
        Benchmark("cold-tick", arguments: ["evicted", "evicted-rehearsed"], .cold, .tags("path", "cold")) {
            try cold($0, $1)
        }
    }

    /// The feed of most path scenarios: twenty symbols.
    static func feed() -> [UInt8] { Feeds.market(symbols: 20) }

    private static func measure(_ run: Measurement) throws {
        var feed = FeedLoop(feed())
        var engine = Engine(feed.capacity)
        for _ in 0..<feed.roundMessages { engine.step(&feed) }
        try run.measure { engine.step(&feed) }
        try engine.verify(&feed, run)
    }

    /// The same with a mark after each stage.
    private static func stages(_ run: Measurement) throws {
        var feed = FeedLoop(feed())
        var pipeline = Pipeline(TradingCore(scenario: feed.capacity), marker: TimerMarks())
        var echo = ExchangeEcho()
        func step() {
            if feed.isAtStart { pipeline.beginSession() }
            pipeline.marker.timer.begin()
            feed.step(into: &pipeline)
            echo.answer(pipeline)
        }
        for _ in 0..<feed.roundMessages { step() }
        pipeline.marker.timer.reset()
        try run.measure { step() }
        run.record(pipeline.marker.timer)
        try feed.verify(&pipeline.core.books, run)
    }

    /// Minutes of silence, then 42 messages at once: an operation is the burst.
    private static func burst(_ run: Measurement) throws {
        var feed = FeedLoop(Feeds.profile(.thin, messages: 20_000))
        var engine = Engine(feed.capacity)
        for _ in 0..<feed.roundMessages { engine.step(&feed) }
        try run.measure {
            for _ in 0..<42 { engine.step(&feed) }
        }
        try engine.verify(&feed, run)
    }

    /// One message after the machine was busy with something else, or with nothing.
    private static func cold(_ run: Measurement, _ state: String) throws {
        let path = ColdPath(feed())
        for _ in 0..<path.feed.pointee.roundMessages { path.step() }
        switch state {
        case "spin": run.beforeEach { spin(microseconds: 1_000) }
        case "flushed-input": run.beforeEach { path.flushInput() }
        case "evicted-rehearsed": run.beforeEach { path.rehearse() }
        default: break
        }
        try run.measure { path.step() }
        try path.verify(run)
    }
}

/// The path, and the exchange that answers its orders.
struct Engine: ~Copyable {
    var pipeline: Pipeline<NoMarks>
    var echo = ExchangeEcho()

    init(_ capacity: BookCapacity) { pipeline = Pipeline(TradingCore(scenario: capacity), marker: NoMarks()) }

    @inline(__always)
    mutating func step(_ feed: inout FeedLoop) {
        if feed.isAtStart { pipeline.beginSession() }
        feed.step(into: &pipeline)
        answer()
    }

    /// The exchange answers the orders that were sent.
    @inline(__always)
    mutating func answer() {
        echo.answer(pipeline)
    }

    /// Goes on to the end of the feed and compares the books; what a day from the start came to is the outcome.
    mutating func verify(_ feed: inout FeedLoop, _ run: Measurement) throws {
        while !feed.isAtStart { step(&feed) }
        let anomalies = pipeline.core.books.counters.anomalies
        pipeline.core.books.resetCounters()
        repeat { step(&feed) } while feed.position != feed.feedLength % feed.length
        try feed.expect(
            pipeline.core.books.stateDigest(), anomalies: anomalies + pipeline.core.books.counters.anomalies)
        feed.report(run)
        var fresh = Engine(feed.capacity)
        feed.rewind()
        for _ in 0..<feed.feedMessages { fresh.step(&feed) }
        let counts = fresh.pipeline.core.counts
        run.record("orders", Double(counts.orders), unit: "in \(feed.feedMessages) messages")
        run.record("state of the path", outcome: fresh.pipeline.core.stateDigest().description)
    }
}

extension TradingCore {
    /// A core that acts on a few of a hundred messages, as trading rules do: 1 to 5.7 of a hundred book messages were
    /// measured on AAPL at midday.
    init(scenario capacity: BookCapacity) {
        self.init(capacity: capacity)
        ratio = 20
    }
}

/// A stage timer as the path's marker.
struct TimerMarks: StageMarker, ~Copyable {
    var timer = StageTimer(Stage.allCases.map { "\($0)" })

    @inline(__always)
    mutating func mark(_ stage: Stage) { timer.end(Int(stage.rawValue)) }
}

/// A path that closures share. Behind pointers, so that no access is checked at run time.
final class ColdPath {
    let feed: UnsafeMutablePointer<FeedLoop>
    private let engine: UnsafeMutablePointer<Engine>
    private let rehearsal: UnsafeMutablePointer<Rehearsal>

    init(_ stream: [UInt8]) {
        feed = .allocate(capacity: 1)
        engine = .allocate(capacity: 1)
        rehearsal = .allocate(capacity: 1)
        feed.initialize(to: FeedLoop(stream))
        engine.initialize(to: Engine(feed.pointee.capacity))
        rehearsal.initialize(to: Rehearsal())
    }

    deinit {
        feed.deinitialize(count: 1).deallocate()
        engine.deinitialize(count: 1).deallocate()
        rehearsal.deinitialize(count: 1).deallocate()
    }

    @inline(__always)
    func step() { engine.pointee.step(&feed.pointee) }

    func flushInput() { flushLines(feed.pointee.next, bytes: 64) }

    /// What a polling thread does until the next message.
    func rehearse() {
        let locate = (feed.pointee.next + 3).bigEndianUInt16(at: 0)
        keep(rehearsal.pointee.run(for: locate, in: engine.pointee.pipeline.core))
    }

    func verify(_ run: Measurement) throws { try engine.pointee.verify(&feed.pointee, run) }
}
