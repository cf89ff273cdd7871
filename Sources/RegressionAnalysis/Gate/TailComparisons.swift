internal import Benchmarking
internal import Glibc
internal import Statistics

/// Both sides' latencies as comparisons: quantile by quantile, and how often the baseline's p99.9 is exceeded.
///
/// Operations of a process depend on each other, bursts last for hundreds of them, so that processes are compared
/// wherever they were told apart. Where they were not, binomial counts give intervals that are too narrow, and such a
/// comparison decides only when it is named.
struct TailComparisons {
    static let quantiles: [(BenchmarkMetric, Double)] = [
        (.latencyP50, 0.5), (.latencyP90, 0.9), (.latencyP99, 0.99), (.latencyP999, 0.999), (.latencyP9999, 0.9999),
        (.latencyMax, 1),
    ]
    /// Operations beyond a quantile that it needs: of a process on average, and of a side where they are counted.
    static let fewestBeyond = 5.0
    static let fewestCounted = 100.0

    let a: LatencyDistribution
    let b: LatencyDistribution

    /// - Parameter start: a finding to fill, with what is tolerated and whether it decides.
    func comparisons(_ start: (GateMetric) -> GateComparison) -> [GateComparison] {
        let processes = Self.processes(a).flatMap { first in Self.processes(b).map { (first, $0) } }
        var list = Self.quantiles.map { metric, quantile in
            var comparison = start(GateMetric(metric))
            comparison.resolution = max(a.nanoseconds(a.tickStep), b.nanoseconds(b.tickStep))
            if let processes {
                compare(processes.0, processes.1, at: quantile, &comparison)
            } else {
                count(at: quantile, &comparison)
            }
            return comparison
        }
        var frequency = start(.tailFrequency)
        compareFrequency(processes, &frequency)
        list.append(frequency)
        return list
    }

    /// At least two, none empty.
    private static func processes(_ side: LatencyDistribution) -> [LatencyHistogram]? {
        let used = (side.processes ?? []).filter { $0.count > 0 }
        return used.count >= 2 ? used : nil
    }

    /// What users felt: from the intended start where there is one.
    private static func pooled(_ side: LatencyDistribution) -> LatencyHistogram { side.response ?? side.machine }

    private func compare(
        _ first: [LatencyHistogram], _ second: [LatencyHistogram], at quantile: Double,
        _ comparison: inout GateComparison
    ) {
        let shortest = (first + second).map { Double($0.count) }.min() ?? 0
        guard quantile == 1 || shortest * (1 - quantile) >= Self.fewestBeyond else {
            comparison.finding.gates = comparison.finding.gates && comparison.finding.isToleranceDeclared
            comparison.sides = .nothing("processes of \(Int(shortest)) operations are too short: measure longer")
            return
        }
        func values(_ histograms: [LatencyHistogram], _ side: LatencyDistribution) -> [Double] {
            histograms.compactMap { $0.value(quantile: quantile).map { side.nanoseconds(Double($0)) } }
        }
        comparison.sides = .replicates(values(first, a), values(second, b))
    }

    private func count(at quantile: Double, _ comparison: inout GateComparison) {
        let (first, second) = (Self.pooled(a), Self.pooled(b))
        comparison.finding.baseline = first.value(quantile: quantile).map { a.nanoseconds(Double($0)) }
        comparison.finding.candidate = second.value(quantile: quantile).map { b.nanoseconds(Double($0)) }
        guard quantile < 1, Double(min(first.count, second.count)) * (1 - quantile) >= Self.fewestCounted else {
            comparison.sides = .nothing("too few operations beyond it where processes are not told apart")
            return
        }
        comparison.sides = .counts { confidence in
            // Both intervals hold with the confidence when each misses half as often.
            let each = 1 - (1 - confidence) / 2
            guard let one = Self.interval(first, quantile, each), let other = Self.interval(second, quantile, each),
                let middleA = first.value(quantile: quantile), let middleB = second.value(quantile: quantile),
                one.lower > 0, middleA > 0
            else { return nil }
            // Histograms' values are ticks of two clocks.
            let unit = a.ticksPerSecond / b.ticksPerSecond
            return (
                Double(middleB) / Double(middleA) * unit,
                ConfidenceInterval(
                    lower: other.lower / one.upper * unit, upper: other.upper / one.lower * unit, confidence: confidence
                )
            )
        }
    }

    /// By order statistics: ranks n·q ± z·√(n·q·(1−q)).
    private static func interval(_ histogram: LatencyHistogram, _ quantile: Double, _ confidence: Double) -> (
        lower: Double, upper: Double
    )? {
        let total = Double(histogram.count)
        let half =
            NormalDistribution.standard.quantile(1 - (1 - confidence) / 2)
            * (total * quantile * (1 - quantile)).squareRoot()
        let (low, high) = ((total * quantile - half).rounded(.down), (total * quantile + half).rounded(.up) + 1)
        guard low >= 1, high <= total, let lower = histogram.value(rank: UInt64(low)),
            let upper = histogram.value(rank: UInt64(high))
        else { return nil }
        return (Double(lower), Double(upper))
    }

    private func compareFrequency(
        _ processes: ([LatencyHistogram], [LatencyHistogram])?, _ comparison: inout GateComparison
    ) {
        let (first, second) = (Self.pooled(a), Self.pooled(b))
        guard let limit = first.value(quantile: 0.999), Double(first.count) * 0.001 >= Self.fewestBeyond else {
            comparison.finding.gates = false
            comparison.sides = .nothing("too few operations beyond the p99.9: measure longer")
            return
        }
        // The same duration on the other side's clock.
        let limitB = UInt64((Double(limit) / a.ticksPerSecond * b.ticksPerSecond).rounded())
        if let processes {
            func runs(_ histograms: [LatencyHistogram], _ limit: UInt64) -> [RateComparison.Run] {
                histograms.map { .init(count: Int($0.count(above: limit)), exposure: Double($0.count)) }
            }
            comparison.sides = .rates(runs(processes.0, limit), runs(processes.1, limitB))
            return
        }
        let (countA, countB) = (Double(first.count(above: limit)), Double(second.count(above: limitB)))
        let (totalA, totalB) = (Double(first.count), Double(second.count))
        comparison.finding.baseline = countA / totalA
        comparison.finding.candidate = totalB > 0 ? countB / totalB : nil
        guard countA >= Self.fewestCounted, countB >= 1 else {
            comparison.sides = .nothing("too few operations beyond the p99.9 where processes are not told apart")
            return
        }
        comparison.sides = .counts { confidence in
            let ratio = countB / totalB / (countA / totalA)
            let half =
                NormalDistribution.standard.quantile(1 - (1 - confidence) / 2) * (1 / countA + 1 / countB).squareRoot()
            return (
                ratio, ConfidenceInterval(lower: ratio * exp(-half), upper: ratio * exp(half), confidence: confidence)
            )
        }
    }
}
