/// What one fresh process measured of one benchmark.
package struct WorkerReport: Codable, Hashable, Sendable {
    /// The clock's rate before and after, ticks per second; how well it is known, as a share.
    package var ticksPerSecondAtStart: Double
    package var ticksPerSecondAtEnd: Double
    package var rateUncertainty: Double
    package var tickStep: Int
    package var stampTicks: Int
    /// Ticks of the very first operation.
    package var firstOperationTicks: UInt64
    package var operations: UInt64
    /// Throughput mode: every epoch from the first on.
    package var epochs: [ThroughputEpoch] = []
    /// Operations in each epoch.
    package var operationsPerEpoch: UInt64 = 0
    package var latency: LatencyRecord?
    /// By identifier of the metric.
    package var readings: [String: MetricReading] = [:]
    package var warnings: [BenchmarkWarning] = []
    /// What the benchmark said about itself; nil when nothing.
    package var record: BenchmarkRecord?
    /// Why no samples were taken that were asked for.
    package var samplesUnavailable: String?

    package init(
        ticksPerSecondAtStart: Double, ticksPerSecondAtEnd: Double, rateUncertainty: Double, tickStep: Int,
        stampTicks: Int, firstOperationTicks: UInt64, operations: UInt64
    ) {
        self.ticksPerSecondAtStart = ticksPerSecondAtStart
        self.ticksPerSecondAtEnd = ticksPerSecondAtEnd
        self.rateUncertainty = rateUncertainty
        self.tickStep = tickStep
        self.stampTicks = stampTicks
        self.firstOperationTicks = firstOperationTicks
        self.operations = operations
    }
}

/// What one process measured of single operations.
package struct LatencyRecord: Codable, Hashable, Sendable {
    /// Ticks of operations that nothing interrupted.
    package var undisturbed: LatencyHistogram
    /// Ticks of those that were, by ``OutlierCause``.
    package var disturbed: [String: LatencyHistogram]
    /// Open loop: ticks from the intended start.
    package var response: LatencyHistogram?
    /// Ticks inside operations, all together.
    package var totalTicks: Double
    package var coreCyclesPerTick: [Double]
    /// The slowest, slowest first; the cause of undisturbed ones is yet to be told.
    package var worst: [OutlierRecord]
    /// Slow ones in the order of time.
    package var timeline: [OutlierRecord]
    /// Gaps that nothing in the guest explains, as a scan of this process found them; see ``OutsideGaps``.
    package var outsideGaps: OutsideGaps
    /// Interruptions that there was no room for.
    package var droppedEvents: Int
    /// Causes that this machine cannot tell, with the reason.
    package var unsoundProbes: [String]

    package init(
        undisturbed: LatencyHistogram, disturbed: [String: LatencyHistogram], response: LatencyHistogram? = nil,
        totalTicks: Double, coreCyclesPerTick: [Double], worst: [OutlierRecord] = [], timeline: [OutlierRecord] = [],
        outsideGaps: OutsideGaps, droppedEvents: Int = 0, unsoundProbes: [String] = []
    ) {
        self.undisturbed = undisturbed
        self.disturbed = disturbed
        self.response = response
        self.totalTicks = totalTicks
        self.coreCyclesPerTick = coreCyclesPerTick
        self.worst = worst
        self.timeline = timeline
        self.outsideGaps = outsideGaps
        self.droppedEvents = droppedEvents
        self.unsoundProbes = unsoundProbes
    }
}

/// How often the machine takes the CPU away without the guest's kernel knowing, by length.
package struct OutsideGaps: Codable, Hashable, Sendable {
    /// Ticks spent looking.
    package var scannedTicks: Double
    /// Number of gaps of at least 2^index and less than 2^(index + 1) ticks.
    package var counts: [Double]

    package init(scannedTicks: Double, counts: [Double]) {
        self.scannedTicks = scannedTicks
        self.counts = counts
    }

    package static func + (a: OutsideGaps, b: OutsideGaps) -> OutsideGaps {
        let length = max(a.counts.count, b.counts.count)
        let counts = (0..<length).map { index in
            (index < a.counts.count ? a.counts[index] : 0) + (index < b.counts.count ? b.counts[index] : 0)
        }
        return OutsideGaps(scannedTicks: a.scannedTicks + b.scannedTicks, counts: counts)
    }

    /// Gaps of a length class to expect within some time.
    package func expected(class index: Int, ticks: Double) -> Double {
        guard scannedTicks > 0, counts.indices.contains(index) else { return 0 }
        return counts[index] / scannedTicks * ticks
    }

    /// The class of a length.
    package static func lengthClass(_ ticks: Double) -> Int {
        ticks < 1 ? 0 : UInt64.bitWidth - 1 - UInt64(min(ticks, 1e18)).leadingZeroBitCount
    }
}
