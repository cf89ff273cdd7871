/// A bound on a metric that a benchmark must keep.
///
/// Judged by the interval of the measured value: kept when all of it keeps the bound, missed when none of it does, and
/// otherwise not resolved.
public struct Budget: Codable, Hashable, Sendable {
    /// Identifier of the metric.
    package var metric: String
    package var atMost: Double?
    package var atLeast: Double?

    package init(metric: BenchmarkMetric, atMost: Double? = nil, atLeast: Double? = nil) {
        self.metric = metric.id
        self.atMost = atMost
        self.atLeast = atLeast
    }

    /// Nanoseconds an operation.
    public static func time(atMost nanoseconds: Double) -> Budget { Budget(metric: .time, atMost: nanoseconds) }
    /// Core cycles an operation.
    public static func cycles(atMost cycles: Double) -> Budget { Budget(metric: .cycles, atMost: cycles) }
    /// The latency, in nanoseconds, that 99.9 % of the operations keep.
    public static func p999(atMost nanoseconds: Double) -> Budget {
        Budget(metric: .latencyP999, atMost: nanoseconds)
    }
    /// Operations per second; with a throughput unit, of the first unit.
    public static func throughput(atLeast perSecond: Double) -> Budget {
        Budget(metric: .throughput, atLeast: perSecond)
    }
    /// Allocations an operation.
    public static func allocations(atMost count: Double) -> Budget { Budget(metric: .allocations, atMost: count) }
    /// Executed instructions an operation, counted exactly by stepping through one.
    public static func instructions(atMost count: Double) -> Budget { Budget(metric: .instructions, atMost: count) }
    /// Resident bytes at the peak.
    public static func peakMemory(atMost bytes: Double) -> Budget { Budget(metric: .peakMemory, atMost: bytes) }
    /// CPU time as a share of elapsed time, 1 for one busy CPU.
    public static func cpuUtilization(atMost share: Double) -> Budget {
        Budget(metric: .cpuUtilization, atMost: share)
    }
}
