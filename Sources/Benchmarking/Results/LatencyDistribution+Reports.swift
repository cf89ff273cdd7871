internal import Statistics

extension LatencyDistribution {
    /// The operations of several processes, with a cause for each slow one; nil when none was measured.
    ///
    /// What interrupted an operation was seen by probes. A slow operation that nothing in the guest interrupted is
    /// either slow itself or was stopped from outside; how many were stopped follows from how often the machine does
    /// that to a loop that does nothing else (``OutsideGaps``), by length. Only the numbers are known, not which.
    init?(_ reports: [WorkerReport]) {
        let records = reports.compactMap(\.latency)
        guard let first = reports.first, !records.isEmpty else { return nil }
        var code = LatencyHistogram()
        var disturbed: [String: LatencyHistogram] = [:]
        var response: LatencyHistogram?
        for record in records {
            code.add(record.undisturbed)
            for (cause, histogram) in record.disturbed { disturbed[cause, default: LatencyHistogram()].add(histogram) }
            if let other = record.response {
                var sum = response ?? LatencyHistogram()
                sum.add(other)
                response = sum
            }
        }
        var machine = code
        for histogram in disturbed.values { machine.add(histogram) }
        let threshold = Self.outlierThreshold(machine)
        let middle = Double(machine.value(quantile: 0.5) ?? 0)
        let gaps = records.map(\.outsideGaps).reduce(OutsideGaps(scannedTicks: 0, counts: []), +)
        let split = Self.split(
            code, above: threshold, median: middle, gaps: gaps, totalTicks: records.reduce(0) { $0 + $1.totalTicks })

        var causes = disturbed.map { cause, histogram in
            CauseCount(
                cause: OutlierCause(rawValue: cause), operations: Double(histogram.count),
                outliers: Double(histogram.count(above: threshold)), excessTicks: histogram.excess(over: middle),
                longestTicks: histogram.maximum ?? 0)
        }
        causes += split.causes
        causes.sort { ($0.outliers, $0.excessTicks) > ($1.outliers, $1.excessTicks) }

        func told(_ pick: (LatencyRecord) -> [OutlierRecord]) -> [OutlierRecord] {
            records.enumerated().flatMap { process, record in
                pick(record).map { outlier in
                    var outlier = outlier
                    outlier.process = process
                    let length = OutsideGaps.lengthClass(Double(outlier.ticks) - middle)
                    if outlier.cause == .ownCode, split.outsideClasses.contains(length) { outlier.cause = .outside }
                    return outlier
                }
            }
        }
        self.init(
            ticksPerSecond: first.ticksPerSecondAtStart, tickStep: Double(first.tickStep),
            stampTicks: Double(first.stampTicks),
            coreCyclesPerTick: Median.of(records.flatMap(\.coreCyclesPerTick)), machine: machine, code: code,
            outlierThresholdTicks: threshold, causes: causes,
            worst: Array(told(\.worst).sorted { $0.ticks > $1.ticks }.prefix(50)),
            timeline: told(\.timeline), response: response)
    }

    /// Tells slow code from gaps outside the guest, by length class.
    private static func split(
        _ code: LatencyHistogram, above threshold: UInt64, median: Double, gaps: OutsideGaps, totalTicks: Double
    ) -> (causes: [CauseCount], outsideClasses: Set<Int>) {
        var observed: [Int: (count: Double, excess: Double, longest: UInt64)] = [:]
        for (value, count) in zip(code.values, code.counts) where value > threshold {
            let excess = Double(value) - median
            var entry = observed[OutsideGaps.lengthClass(excess)] ?? (0, 0, 0)
            entry.count += Double(count)
            entry.excess += excess * Double(count)
            entry.longest = max(entry.longest, value)
            observed[OutsideGaps.lengthClass(excess)] = entry
        }
        var own = CauseCount(cause: .ownCode, operations: 0, outliers: 0, excessTicks: 0, longestTicks: 0)
        var outside = CauseCount(cause: .outside, operations: 0, outliers: 0, excessTicks: 0, longestTicks: 0)
        var outsideClasses: Set<Int> = []
        for (length, entry) in observed {
            // A gap's neighbors count too: it is seen with what the operation itself takes.
            let expected = (length - 1...length + 1).map { gaps.expected(class: $0, ticks: totalTicks) }.max() ?? 0
            let share = min(1, expected / entry.count)
            if share > 0.5 { outsideClasses.insert(length) }
            for (part, weight) in [(OutlierCause.outside, share), (.ownCode, 1 - share)] where weight > 0 {
                var cause = part == .outside ? outside : own
                cause.operations += weight * entry.count
                cause.outliers += weight * entry.count
                cause.excessTicks += weight * entry.excess
                if weight >= 0.5 || cause.longestTicks == 0 {
                    cause.longestTicks = max(cause.longestTicks, entry.longest)
                }
                if part == .outside { outside = cause } else { own = cause }
            }
        }
        return ([own, outside].filter { $0.outliers > 0 }, outsideClasses)
    }
}

extension LatencyHistogram {
    /// What the operations took beyond a length, all together.
    func excess(over length: Double) -> Double {
        zip(values, counts).reduce(0) { $0 + max(0, Double($1.0) - length) * Double($1.1) }
    }
}
