internal import Glibc

/// How two distributions of times differ, quantile by quantile, and how often B exceeds what was rare in A.
///
/// Assumption: runs (processes) are independent, operations within a run are not: every interval and test takes one value
/// a run. The ratio of a quantile is that of the runs' own quantiles by Hodges & Lehmann, on logarithms, its interval and
/// p-value those of the Mann–Whitney test; p-values of all quantiles are corrected together (Holm). The frequency is
/// that of operations above A's pooled quantile, by ``RateComparison``: it stays steady where the quantile itself lies
/// in a gap between two modes.
/// Sources: K. Doksum, *Empirical Probability Plots and Statistical Inference for Nonlinear Models in the Two-Sample
/// Case*, 1974 (the shift function); R. Wilcox, *Comparing Two Independent Groups via Multiple Quantiles*, 1995.
package struct ShiftFunction: Hashable, Sendable {
    package struct Shift: Hashable, Sendable {
        /// From 0 to 1; 1 is the greatest value.
        package let quantile: Double
        /// Medians of the runs' quantiles.
        package let a: Double
        package let b: Double
        /// B over A; nil when a run's quantile is not greater than 0.
        package let ratio: Double?
        package let interval: ConfidenceInterval?
        package let pValue: Double
        /// Corrected for the number of quantiles.
        package let adjustedPValue: Double
    }

    package let shifts: [Shift]
    /// How much more often B exceeds A's pooled ``rareQuantile``; nil when it cannot be said.
    package let frequency: RateComparison?
    /// A's pooled quantile.
    package let rareThreshold: Double?
    package let warnings: [StatisticalWarning]

    package static let usualQuantiles = [0.5, 0.9, 0.99, 0.999, 0.9999, 1]
    package static let rareQuantile = 0.999
    /// Values of a run beyond a quantile, on average, below which the quantile is left out: it would be little but the
    /// run's greatest value.
    package static let fewestBeyond = 5.0

    /// - Parameters:
    ///   - a: the baseline: values of each run; what is not finite is left out, and so are runs without a value.
    ///   - confidence: of each interval.
    package init(
        a: [[Double]], b: [[Double]], quantiles: [Double] = ShiftFunction.usualQuantiles, confidence: Double = 0.95
    ) {
        let (first, second) = (a.map(Self.sorted), b.map(Self.sorted))
        let total = (a + b).reduce(0) { $0 + $1.count }
        let used = (first + second).reduce(0) { $0 + $1.count }
        var warnings: [StatisticalWarning] = used < total ? [.unusable(total - used, of: total)] : []
        let (runsA, runsB) = (first.filter { !$0.isEmpty }, second.filter { !$0.isEmpty })
        let shortest = (runsA + runsB).map(\.count).min() ?? 0
        let asked = quantiles.filter { $0 >= 0 && $0 <= 1 }
        let kept = asked.filter { $0 == 1 || $0 == 0 || Double(shortest) * min($0, 1 - $0) >= Self.fewestBeyond }
        if kept.count < asked.count, shortest > 0 {
            let lost = asked.filter { !kept.contains($0) }.map { "p\(Self.percent($0))" }.joined(separator: ", ")
            warnings.append(
                StatisticalWarning(
                    .tooFewValues, "runs of \(shortest) values are too short for \(lost): measure longer runs"))
        }
        if runsA.count < 4 || runsB.count < 4 {
            warnings.append(
                StatisticalWarning(
                    .tooFewValues,
                    "\(runsA.count) and \(runsB.count) runs: at least 4 of each are needed for intervals of quantiles"))
        }
        let parts = kept.compactMap { Self.shift($0, runsA, runsB, confidence) }
        let holm = HolmCorrection(pValues: parts.map(\.pValue))
        shifts = zip(parts, holm.entries).map { part, entry in
            Shift(
                quantile: part.quantile, a: part.a, b: part.b, ratio: part.ratio, interval: part.interval,
                pValue: part.pValue, adjustedPValue: entry.adjustedPValue)
        }
        let pooled = runsA.joined().sorted()
        let hasRare = Double(pooled.count) * (1 - Self.rareQuantile) >= Self.fewestBeyond
        rareThreshold = hasRare ? Quantile.ofSorted(pooled, at: Self.rareQuantile) : nil
        frequency = rareThreshold.flatMap { threshold in
            func runs(_ sides: [[Double]]) -> [RateComparison.Run] {
                sides.map { run in
                    .init(count: run.count - Self.firstAbove(threshold, run), exposure: Double(run.count))
                }
            }
            return RateComparison(a: runs(runsA), b: runs(runsB), confidence: confidence)
        }
        self.warnings = warnings
    }

    private static func shift(_ quantile: Double, _ a: [[Double]], _ b: [[Double]], _ confidence: Double) -> Shift? {
        let (first, second) = (
            a.compactMap { Quantile.ofSorted($0, at: quantile) }, b.compactMap { Quantile.ofSorted($0, at: quantile) }
        )
        guard let medianA = Median.of(first), let medianB = Median.of(second), let test = MannWhitney(second, first)
        else { return nil }
        let isPositive = (first + second).allSatisfy { $0 > 0 }
        let shift =
            isPositive ? HodgesLehmann(second.map { log($0) }, first.map { log($0) }, confidence: confidence) : nil
        return Shift(
            quantile: quantile, a: medianA, b: medianB, ratio: shift.map { exp($0.shift) },
            interval: shift?.interval.map {
                ConfidenceInterval(lower: exp($0.lower), upper: exp($0.upper), confidence: $0.confidence)
            },
            pValue: test.pValue, adjustedPValue: test.pValue)
    }

    private static func sorted(_ run: [Double]) -> [Double] { run.filter(\.isFinite).sorted() }

    /// The number of values at most a threshold, by bisection.
    private static func firstAbove(_ threshold: Double, _ sorted: [Double]) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] <= threshold { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func percent(_ quantile: Double) -> String {
        let text = "\((quantile * 1e8).rounded() / 1e6)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
