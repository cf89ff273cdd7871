internal import CCycles

/// Marks where the timed part of a process begins or ends, and what the process used between.
final class UsageStage: MeasurementStage {
    enum Place {
        case begin
        case end(UsageStage)
    }

    private let place: Place
    private(set) var usage: ProcessUsage?

    init(_ place: Place) { self.place = place }

    func next() -> ts_assignment? {
        if usage == nil { usage = ProcessUsage.read() }
        return nil
    }

    func finish(ticks: UInt64) {}

    /// What was used since the beginning.
    /// - Parameter operations: operations in between.
    func readings(operations: UInt64) -> [BenchmarkMetric: MetricReading] {
        guard case .end(let begin) = place, let first = begin.usage, let last = usage else { return [:] }
        return last.readings(since: first, operations: operations)
    }
}
