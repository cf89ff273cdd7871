internal import Glibc

/// How much more, or less, often something is seen on one side than on the other, from how often it was seen.
///
/// Counts need not be whole: samples of unequal weight count as the number of equal ones that would tell as much.
/// Either what is seen is a share of known totals (binomial), or it comes at a rate (Poisson); the variance is a stated
/// dispersion φ times that of the model, by dividing counts and exposures by φ (J. Rao & A. Scott, *A Simple Method for
/// the Analysis of Clustered Binary Data*, 1992).
///
/// The p-value is that of the score test with the pooled rate; for few counts the exact one given the sum of both
/// counts, which is conservative for shares. The interval of the difference joins the two score intervals (R. Newcombe,
/// *Interval Estimation for the Difference between Independent Proportions*, 1998, method 10), so a side without a
/// count has one, too.
package struct CountContrast: Hashable, Sendable {
    package enum Model: Hashable, Sendable {
        /// Exposures are totals, of which counts are a part.
        case share
        /// Exposures are times, or operations, in any unit.
        case rate
    }

    package struct Side: Hashable, Sendable {
        package let count: Double
        package let exposure: Double

        package init(count: Double, exposure: Double) {
            self.count = count
            self.exposure = exposure
        }

        package var rate: Double { count / exposure }
    }

    /// Rate B less rate A.
    package let difference: Double
    package let interval: ConfidenceInterval
    /// Two-sided.
    package let pValue: Double

    /// Below this many counts together the exact test is taken in any case, and up to ``exactLimit`` for small shares.
    private static let fewCounts = 50.0
    private static let exactLimit = 1000.0

    /// Nil for counts or exposures that are negative, not finite or impossible, or a confidence not between 0 and 1.
    /// - Parameters:
    ///   - dispersion: φ, above 0; below 1 where counts vary less than the model's, such as parts of a known total.
    ///   - degreesOfFreedom: with which φ is known; infinite when it is given.
    package init?(
        a: Side, b: Side, model: Model, dispersion: Double = 1, degreesOfFreedom: Double = .infinity,
        confidence: Double = 0.95
    ) {
        guard [a, b].allSatisfy({ $0.count >= 0 && $0.count.isFinite && $0.exposure > 0 && $0.exposure.isFinite }),
            model == .rate || (a.count <= a.exposure * (1 + 1e-9) && b.count <= b.exposure * (1 + 1e-9)),
            dispersion > 0, dispersion.isFinite, confidence > 0, confidence < 1,
            let student = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
        else { return nil }
        let (x, y) = (
            Side(count: a.count / dispersion, exposure: a.exposure / dispersion),
            Side(count: b.count / dispersion, exposure: b.exposure / dispersion)
        )
        difference = y.rate - x.rate

        let critical = student.quantile(1 - (1 - confidence) / 2)
        let (first, second) = (
            Self.scoreBounds(x, model, critical: critical), Self.scoreBounds(y, model, critical: critical)
        )
        interval = ConfidenceInterval(
            lower: difference - hypot(y.rate - second.lower, first.upper - x.rate),
            upper: difference + hypot(second.upper - y.rate, x.rate - first.lower), confidence: confidence)

        let sum = x.count + y.count
        let pooled = sum / (x.exposure + y.exposure)
        let unit = model == .share ? max(0, pooled * (1 - pooled)) : pooled
        let error = (unit * (1 / x.exposure + 1 / y.exposure)).squareRoot()
        let approximate = error > 0 ? student.twoSided(difference / error) : 1
        if sum < Self.fewCounts || (sum < Self.exactLimit && (model == .rate || pooled < 0.1)) {
            pValue = max(degreesOfFreedom.isFinite ? approximate : 0, Self.exact(x, y))
        } else {
            pValue = approximate
        }
    }

    /// The interval of a rate that holds every value whose score test does not reject it.
    /// Source: E. Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*, 1927.
    private static func scoreBounds(_ side: Side, _ model: Model, critical z: Double) -> (lower: Double, upper: Double)
    {
        let (k, n) = (side.count, side.exposure)
        switch model {
        case .rate:
            let (middle, half) = (k + z * z / 2, z * (k + z * z / 4).squareRoot())
            return (max(0, middle - half) / n, (middle + half) / n)
        case .share:
            let half = z * max(0, k * (1 - k / n) + z * z / 4).squareRoot()
            let middle = k + z * z / 2
            return (max(0, (middle - half) / (n + z * z)), min(1, (middle + half) / (n + z * z)))
        }
    }

    /// Given the sum of both counts, that of B is binomial when rates are equal. Twice the smaller tail.
    private static func exact(_ a: Side, _ b: Side) -> Double {
        let (first, second) = (Int(a.count.rounded()), Int(b.count.rounded()))
        let share = b.exposure / (a.exposure + b.exposure)
        guard first + second > 0, let chance = BinomialDistribution(trials: first + second, probability: share) else {
            return 1
        }
        return min(1, 2 * min(chance.cumulative(second), second == 0 ? 1 : chance.upperTail(second - 1)))
    }

    /// The difference that a test at a level would find with a probability, for equal things of which each side has this.
    ///
    /// Normal approximation: (z_{1−level/2} + z_power)·√(2·φ·variance).
    /// - Parameter a, b: what both sides show, or are thought to.
    package static func smallestDetectable(
        a: Side, b: Side, model: Model, dispersion: Double = 1, level: Double, power: Double = 0.8
    ) -> Double {
        let pooled = (a.count + b.count) / (a.exposure + b.exposure)
        let unit = model == .share ? max(0, pooled * (1 - pooled)) : pooled
        let normal = NormalDistribution.standard
        return (normal.quantile(1 - level / 2) + normal.quantile(power))
            * (dispersion * unit * (1 / a.exposure + 1 / b.exposure)).squareRoot()
    }
}
