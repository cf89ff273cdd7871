internal import CCycles
internal import CycleTiming
internal import Histogram

extension LatencyRecord {
    /// Sums up what a stage has recorded.
    init(
        _ stage: LatencyStage, inputOrder: UnsafeBufferPointer<UInt32>?, ticksPerSecond: Double, gaps: OutsideGaps,
        probes: InterruptionProbes, earlierOperations: UInt64
    ) {
        var causes: [Int: InterruptionCause] = [:]
        for event in stage.events { causes[event.operation] = event.cause }
        var all = LatencyRecord.emptyHistogram()
        var undisturbed = LatencyRecord.emptyHistogram()
        var disturbed: [InterruptionCause: Histogram<UInt64>] = [:]
        var total = 0.0
        for (index, operation) in stage.operations.enumerated() {
            let ticks = UInt64(operation.ticks)
            total += Double(ticks)
            all.record(ticks)
            if let cause = causes[index] {
                disturbed[cause, default: LatencyRecord.emptyHistogram()].record(ticks)
            } else {
                undisturbed.record(ticks)
            }
        }
        let threshold = LatencyDistribution.outlierThreshold(LatencyHistogram(all))
        var slow: [(index: Int, ticks: UInt64)] = []
        for (index, operation) in stage.operations.enumerated() where UInt64(operation.ticks) > threshold {
            slow.append((index, UInt64(operation.ticks)))
        }
        func record(_ entry: (index: Int, ticks: UInt64)) -> OutlierRecord {
            let operation = stage.operations[entry.index]
            let position = Int(earlierOperations) + entry.index
            return OutlierRecord(
                process: 0, operation: UInt64(entry.index),
                startNanoseconds: Double(UInt64(operation.start) << 10) / ticksPerSecond * 1e9, ticks: entry.ticks,
                cause: causes[entry.index].map(OutlierCause.init) ?? .ownCode,
                input: inputOrder.map { Int($0[position % $0.count]) })
        }
        // A thousand points of a process say where in time the slow ones lie; the slowest are all among them.
        let slowest = slow.sorted { $0.ticks > $1.ticks }
        self.init(
            undisturbed: LatencyHistogram(undisturbed),
            disturbed: Dictionary(
                uniqueKeysWithValues: disturbed.map { (OutlierCause($0).rawValue, LatencyHistogram($1)) }),
            response: stage.responses.map { responses in
                var histogram = LatencyRecord.emptyHistogram()
                for ticks in responses { histogram.record(UInt64(ticks)) }
                return LatencyHistogram(histogram)
            },
            totalTicks: total, coreCyclesPerTick: stage.coreCyclesPerTick, worst: slowest.prefix(50).map(record),
            timeline: slowest.prefix(1_000).sorted { $0.index < $1.index }.map(record), outsideGaps: gaps,
            droppedEvents: stage.droppedEvents,
            unsoundProbes: [probes.kernelEntry, probes.rescheduling, probes.migration].compactMap(\.reason))
    }

    private static func emptyHistogram() -> Histogram<UInt64> {
        Histogram(highestTrackableValue: UInt64(UInt32.max), numberOfSignificantValueDigits: .three)
    }
}

extension OutlierCause {
    init(_ cause: InterruptionCause) {
        switch cause {
        case .interrupt: self = .interrupt
        case .pageFault: self = .pageFault
        case .signal: self = .signal
        case .blocked: self = .blocked
        case .preempted: self = .preempted
        case .migrated: self = .migrated
        }
    }
}

extension LatencyDistribution {
    /// Ticks above which an operation is an outlier: twice the median, and beyond the spread of the middle half by as
    /// much again as Tukey's outer fence (1977).
    static func outlierThreshold(_ histogram: LatencyHistogram) -> UInt64 {
        guard let median = histogram.value(quantile: 0.5), let low = histogram.value(quantile: 0.25),
            let high = histogram.value(quantile: 0.75)
        else { return 0 }
        return max(2 * median, high + 3 * (high - low), median + 200)
    }
}
