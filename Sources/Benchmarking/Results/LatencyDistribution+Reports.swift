internal import Statistics

extension LatencyDistribution {
    /// The operations of several processes, with a cause for each slow one; nil when none was measured.
    ///
    /// What interrupted an operation was seen by probes. A slow operation that nothing in the guest interrupted is
    /// either slow itself or was stopped from outside; how many were stopped follows from how often the machine does
    /// that to a loop that does nothing else (``OutsideGaps``), by length. Only the numbers are known, not which; see
    /// ``SlowCodeEstimate``.
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
        var causes = disturbed.map { cause, histogram in
            CauseCount(
                cause: OutlierCause(rawValue: cause), operations: Double(histogram.count),
                outliers: Double(histogram.count(above: threshold)), excessTicks: histogram.excess(over: middle),
                longestTicks: histogram.maximum ?? 0)
        }
        let estimate = SlowCodeEstimate(
            undisturbed: code, interrupted: disturbed[OutlierCause.interrupt.rawValue] ?? LatencyHistogram(),
            threshold: threshold, median: middle, gaps: gaps, totalTicks: records.reduce(0) { $0 + $1.totalTicks })
        estimate.correct(&causes)
        causes.sort { ($0.outliers, $0.excessTicks) > ($1.outliers, $1.excessTicks) }

        func told(_ pick: (LatencyRecord) -> [OutlierRecord]) -> [OutlierRecord] {
            records.enumerated().flatMap { process, record in
                pick(record).map { outlier in
                    var outlier = outlier
                    outlier.process = process
                    outlier.cause = estimate.likelyCause(outlier.cause, excessTicks: Double(outlier.ticks) - middle)
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
        processes = records.map { record in
            if response != nil, let own = record.response { return own }
            return record.disturbed.values.reduce(into: record.undisturbed) { $0.add($1) }
        }
    }
}

extension LatencyHistogram {
    /// What the operations took beyond a length, all together.
    func excess(over length: Double) -> Double {
        zip(values, counts).reduce(0) { $0 + max(0, Double($1.0) - length) * Double($1.1) }
    }
}
