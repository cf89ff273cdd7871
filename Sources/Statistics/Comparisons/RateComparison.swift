internal import Glibc

/// Whether events are more frequent on one side than on the other, when runs differ by more than chance: quasi-Poisson.
///
/// Assumption: within a run events come at one rate per unit of exposure; runs are independent; the variance of a count
/// is φ times its mean, with one φ for all. The rate of a side is its count over its exposure; φ is Pearson's Σ(k −
/// μ)²/μ over the runs less two, at least 1; ln(rate B/rate A) has the variance φ·(1/ΣkA + 1/ΣkB), judged by Student's t.
/// Source: P. McCullagh & J. Nelder, *Generalized Linear Models*, 2nd ed., sections 4.5 and 6.2.
package struct RateComparison: Hashable, Sendable {
    /// Rate B over rate A.
    package let ratio: Double
    package let interval: ConfidenceInterval
    /// Two-sided.
    package let pValue: Double
    /// φ: 1 when runs differ by no more than chance.
    package let dispersion: Double

    /// One run's events, and what they could have been: operations, or time.
    package struct Run: Hashable, Sendable {
        package let count: Int
        package let exposure: Double

        package init(count: Int, exposure: Double) {
            self.count = count
            self.exposure = exposure
        }
    }

    /// Nil for fewer than three runs together or none on a side, a side without an event, counts below 0, exposures that
    /// are not greater than 0, or a confidence that is not between 0 and 1.
    /// - Parameter allowsUnderdispersion: whether φ may be below 1, as statistical packages have it.
    package init?(a: [Run], b: [Run], confidence: Double = 0.95, allowsUnderdispersion: Bool = false) {
        let runs = a + b
        guard !a.isEmpty, !b.isEmpty, runs.count >= 3, confidence > 0, confidence < 1,
            runs.allSatisfy({ $0.count >= 0 && $0.exposure > 0 && $0.exposure.isFinite })
        else { return nil }
        func rate(_ runs: [Run]) -> (rate: Double, count: Double) {
            let count = runs.reduce(0.0) { $0 + Double($1.count) }
            return (count / runs.reduce(0) { $0 + $1.exposure }, count)
        }
        let (first, second) = (rate(a), rate(b))
        guard first.count > 0, second.count > 0, first.rate > 0, second.rate > 0 else { return nil }
        func pearson(_ runs: [Run], _ rate: Double) -> Double {
            runs.reduce(0) { sum, run in
                let mean = rate * run.exposure
                return sum + (Double(run.count) - mean) * (Double(run.count) - mean) / mean
            }
        }
        let freedom = Double(runs.count - 2)
        let estimate = (pearson(a, first.rate) + pearson(b, second.rate)) / freedom
        dispersion = allowsUnderdispersion ? estimate : max(1, estimate)
        let logarithm = log(second.rate) - log(first.rate)
        let error = (dispersion * (1 / first.count + 1 / second.count)).squareRoot()
        guard let student = StudentDistribution(degreesOfFreedom: freedom), logarithm.isFinite, error.isFinite else {
            return nil
        }
        ratio = exp(logarithm)
        let half = student.quantile(1 - (1 - confidence) / 2) * error
        interval = ConfidenceInterval(
            lower: exp(logarithm - half), upper: min(exp(logarithm + half), .greatestFiniteMagnitude),
            confidence: confidence)
        pValue = error > 0 ? student.twoSided(logarithm / error) : logarithm == 0 ? 1 : 0
    }
}
