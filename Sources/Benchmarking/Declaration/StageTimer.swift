public import CCycles

/// Tells how the time of an operation divides into stages, with a histogram for each.
///
/// ```swift
/// var timer = StageTimer(["decode", "book", "send"])
/// try run.measure {
///     timer.begin()
///     let message = decode()
///     timer.end(0)
///     book.apply(message)
///     timer.end(1)
///     if send() { timer.end(2) }
/// }
/// run.record(timer)
/// ```
///
/// A mark is a time stamp and two additions: it waits for the stage before, while the processor may begin with the one
/// after. A stage is known to the step of the clock when it stands alone, and much better on average; the
/// average has the cost of a mark taken off, percentiles have not. Nothing is allocated while it runs.
public struct StageTimer: ~Copyable {
    /// One count for each tick up to here, then 128 for each doubling.
    @usableFromInline static var exactTicks: Int { 4_096 }
    @usableFromInline static var binCount: Int { 4_096 + 20 * 128 }

    let names: [String]
    @usableFromInline let bins: UnsafeMutablePointer<UInt64>
    @usableFromInline let sums: UnsafeMutablePointer<UInt64>
    @usableFromInline var last: UInt64 = 0
    @usableFromInline var operations: UInt64 = 0

    /// - Parameter stages: their names, in the order in which they happen.
    public init(_ stages: [String]) {
        names = stages
        bins = .allocate(capacity: max(1, stages.count) * Self.binCount)
        sums = .allocate(capacity: max(1, stages.count))
        // Written now, so that the kernel has given the pages before anything is measured.
        bins.initialize(repeating: 0, count: max(1, stages.count) * Self.binCount)
        sums.initialize(repeating: 0, count: max(1, stages.count))
    }

    deinit {
        bins.deallocate()
        sums.deallocate()
    }

    /// An operation begins.
    @inlinable @inline(__always)
    public mutating func begin() {
        operations &+= 1
        last = ts_ticks_mark()
    }

    /// A stage ends, and the next begins. A stage may be left out.
    /// - Parameter stage: its place in the list.
    @inlinable @inline(__always)
    public mutating func end(_ stage: Int) {
        let now = ts_ticks_mark()
        let ticks = now &- last
        last = now
        sums[stage] &+= ticks
        bins[stage &* Self.binCount &+ Self.bin(ticks)] &+= 1
    }

    /// Forgets everything so far, such as a warm-up.
    public mutating func reset() {
        bins.update(repeating: 0, count: max(1, names.count) * Self.binCount)
        sums.update(repeating: 0, count: max(1, names.count))
        operations = 0
    }

    @inlinable @inline(__always)
    static func bin(_ ticks: UInt64) -> Int {
        guard ticks >= UInt64(exactTicks) else { return Int(truncatingIfNeeded: ticks) }
        let exponent = 63 &- ticks.leadingZeroBitCount
        let bin = (exponent &- 12) &* 128 &+ Int(truncatingIfNeeded: ticks >> UInt64(exponent &- 7)) & 127
        return exactTicks &+ min(bin, 20 &* 128 &- 1)
    }

    /// The largest number of ticks that a bin counts.
    static func upperEnd(_ bin: Int) -> UInt64 {
        guard bin >= exactTicks else { return UInt64(bin) }
        let exponent = (bin - exactTicks) / 128 + 12
        let part = UInt64((bin - exactTicks) % 128)
        return (128 + part + 1) << UInt64(exponent - 7) - 1
    }

    /// What was recorded, and what a mark takes.
    borrowing func record(ticksPerSecond: Double, tickStep: Double) -> StageRecord {
        let stages = names.indices.map { stage in
            var values: [UInt64] = []
            var counts: [UInt64] = []
            for bin in 0..<Self.binCount where bins[stage * Self.binCount + bin] > 0 {
                values.append(Self.upperEnd(bin))
                counts.append(bins[stage * Self.binCount + bin])
            }
            let histogram = LatencyHistogram(values: values, counts: counts) ?? LatencyHistogram()
            return StageRecord.Stage(name: names[stage], ticks: Double(sums[stage]), histogram: histogram)
        }
        return StageRecord(
            stages: stages, operations: operations, markTicks: Self.markTicks(), ticksPerSecond: ticksPerSecond,
            tickStep: tickStep)
    }

    /// The least of some averages over thousands of marks with nothing between them.
    private static func markTicks() -> Double {
        var timer = StageTimer([""])
        var least = Double.infinity
        for _ in 0..<20 {
            timer.reset()
            timer.begin()
            for _ in 0..<2_000 { timer.end(0) }
            least = min(least, Double(timer.sums[0]) / 2_000)
        }
        return least
    }
}
