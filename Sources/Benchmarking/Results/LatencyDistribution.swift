/// How long single operations took, and why the slow ones did.
///
/// Two curves: *machine* has every operation as it was, *code* those that nothing interrupted.
package struct LatencyDistribution: Codable, Hashable, Sendable {
    package var ticksPerSecond: Double
    /// The steps in which the clock advances, ticks: no value is known better.
    package var tickStep: Double
    /// Ticks that two stamps around nothing take; not subtracted from any value.
    package var stampTicks: Double
    /// Core cycles per tick, the median over processes; nil when unknown.
    package var coreCyclesPerTick: Double?
    package var machine: LatencyHistogram
    package var code: LatencyHistogram
    /// Operations slower than this many ticks are outliers.
    package var outlierThresholdTicks: UInt64
    /// Outliers, and operations that something interrupted, by cause; the frequent first.
    package var causes: [CauseCount]
    /// The slowest operations, slowest first.
    package var worst: [OutlierRecord]
    /// A sample of outliers in time order, for pictures; at most some thousand.
    package var timeline: [OutlierRecord]
    /// Open loop only: from the intended start to the end, so that waiting counts.
    package var response: LatencyHistogram?
    /// The operations of each process, of ``response`` where there is one, else of ``machine``: the replicates that
    /// comparisons of tails need. Nil where processes were not told apart.
    package var processes: [LatencyHistogram]?

    package init(
        ticksPerSecond: Double, tickStep: Double, stampTicks: Double, coreCyclesPerTick: Double?,
        machine: LatencyHistogram, code: LatencyHistogram, outlierThresholdTicks: UInt64, causes: [CauseCount],
        worst: [OutlierRecord], timeline: [OutlierRecord], response: LatencyHistogram?
    ) {
        self.ticksPerSecond = ticksPerSecond
        self.tickStep = tickStep
        self.stampTicks = stampTicks
        self.coreCyclesPerTick = coreCyclesPerTick
        self.machine = machine
        self.code = code
        self.outlierThresholdTicks = outlierThresholdTicks
        self.causes = causes
        self.worst = worst
        self.timeline = timeline
        self.response = response
    }

    package func nanoseconds(_ ticks: Double) -> Double { ticks / ticksPerSecond * 1e9 }
}

/// Why an operation took long.
package struct OutlierCause: RawRepresentable, Codable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// The kernel took an interrupt, or an exception that was no page fault.
    package static let interrupt = OutlierCause(rawValue: "interrupt")
    package static let pageFault = OutlierCause(rawValue: "page-fault")
    package static let signal = OutlierCause(rawValue: "signal")
    /// The operation waited: it gave up the CPU of its own accord.
    package static let blocked = OutlierCause(rawValue: "blocked")
    /// Another task got the CPU.
    package static let preempted = OutlierCause(rawValue: "preempted")
    package static let migrated = OutlierCause(rawValue: "migrated")
    /// The guest's kernel saw nothing: the hypervisor or firmware had the CPU.
    package static let outside = OutlierCause(rawValue: "outside")
    /// Nothing interfered, and more operations are this slow than the machine explains.
    package static let ownCode = OutlierCause(rawValue: "own-code")

    /// For people.
    package var title: String {
        switch self {
        case .interrupt: "interrupt"
        case .pageFault: "page fault"
        case .signal: "signal"
        case .blocked: "waited"
        case .preempted: "preempted"
        case .migrated: "migrated"
        case .outside: "outside the guest kernel"
        case .ownCode: "own code"
        default: rawValue
        }
    }
}

/// How many operations a cause made slow.
package struct CauseCount: Codable, Hashable, Sendable {
    package var cause: OutlierCause
    /// Operations; for `outside`, `own-code` and `interrupt` an estimate from the machine's rates, hence fractional.
    package var operations: Double
    /// Of these, the ones above the outlier threshold.
    package var outliers: Double
    /// What they took beyond the median, ticks.
    package var excessTicks: Double
    package var longestTicks: UInt64

    package init(
        cause: OutlierCause, operations: Double, outliers: Double, excessTicks: Double, longestTicks: UInt64
    ) {
        self.cause = cause
        self.operations = operations
        self.outliers = outliers
        self.excessTicks = excessTicks
        self.longestTicks = longestTicks
    }
}

/// One slow operation.
package struct OutlierRecord: Codable, Hashable, Sendable {
    /// The fresh process, from 0.
    package var process: Int
    /// Which operation of that process, from 0.
    package var operation: UInt64
    /// Since the first operation of that process.
    package var startNanoseconds: Double
    package var ticks: UInt64
    package var cause: OutlierCause
    /// Index of the input that the operation was given; nil where there is none.
    package var input: Int?

    package init(
        process: Int, operation: UInt64, startNanoseconds: Double, ticks: UInt64, cause: OutlierCause, input: Int?
    ) {
        self.process = process
        self.operation = operation
        self.startNanoseconds = startNanoseconds
        self.ticks = ticks
        self.cause = cause
        self.input = input
    }
}
