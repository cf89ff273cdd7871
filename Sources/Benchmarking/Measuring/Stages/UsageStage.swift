internal import CCycles

/// Marks where the timed part of a process begins or ends, and tells what the process used between.
final class UsageStage: MeasurementStage {
    enum Place {
        case begin
        case end(UsageStage)
    }

    private let place: Place
    private var usage: SelfUsage?
    private var ticks: UInt64 = 0
    private var memory: PeakMemory?
    private var memoryReadings: [BenchmarkMetric: MetricReading] = [:]

    init(_ place: Place) { self.place = place }

    func next() -> ts_assignment? {
        switch place {
        case .begin:
            memory = PeakMemory()
            usage = SelfUsage.now()
            ticks = ts_now_ticks()
        case .end(let begin):
            ticks = ts_now_ticks()
            usage = SelfUsage.now()
            memoryReadings = begin.memory?.readings() ?? [:]
        }
        return nil
    }

    func finish(ticks: UInt64) {}

    /// What was used since the beginning.
    /// - Parameter operations: operations in between.
    func readings(operations: UInt64, ticksPerSecond: Double) -> [BenchmarkMetric: MetricReading] {
        guard case .end(let begin) = place, let first = begin.usage, let last = usage else { return [:] }
        let wall = Double(ticks &- begin.ticks) / ticksPerSecond * 1e9
        return last.since(first).readings(operations: max(1, Int(operations)), wallNanoseconds: wall)
            .merging(memoryReadings) { _, memory in memory }
    }
}
