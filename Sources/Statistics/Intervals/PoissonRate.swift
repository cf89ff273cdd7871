internal import Glibc

/// How often something happens, from how often it happened.
///
/// Assumption: events are independent of each other, as slow operations of different causes are; those of one long
/// disturbance are not, and count once.
package struct PoissonRate: Hashable, Sendable, Codable {
    /// Events seen.
    package let count: Int
    /// What they were seen in: operations, seconds, … Greater than 0.
    package let exposure: Double

    /// Nil when the count is negative or the exposure is not finite and greater than 0.
    package init?(count: Int, exposure: Double) {
        guard count >= 0, exposure > 0, exposure.isFinite else { return nil }
        self.count = count
        self.exposure = exposure
    }

    /// Events per unit of exposure.
    package var rate: Double { Double(count) / exposure }

    /// The exact interval of the rate; nil when the confidence is not between 0 and 1.
    ///
    /// The lower bound is the rate with which so many events or more have probability (1 − confidence)/2, the upper
    /// bound the one with which so many or fewer have. Source: F. Garwood, *Fiducial Limits for the Poisson
    /// Distribution*, 1936.
    package func interval(confidence: Double) -> ConfidenceInterval? {
        guard confidence > 0, confidence < 1 else { return nil }
        let tail = (1 - confidence) / 2
        let lower =
            count == 0
            ? 0
            : Self.mean(degrees: 2 * Double(count), probability: tail) { mean in
                (mean.upperTail(count - 1) - tail, mean.mass(count - 1))
            }
        let upper =
            count == 0
            ? -log(tail)
            : Self.mean(degrees: 2 * (Double(count) + 1), probability: 1 - tail) { mean in
                (tail - mean.cumulative(count), mean.mass(count))
            }
        guard (upper / exposure).isFinite else { return nil }
        return ConfidenceInterval(lower: lower / exposure, upper: upper / exposure, confidence: confidence)
    }

    /// The probability of so many events or more when events come at a known rate: small when there are too many.
    /// - Returns: nil when the rate is negative or not finite.
    package func probabilityOfAtLeastAsMany(rate: Double) -> Double? {
        PoissonDistribution(mean: rate * exposure)?.upperTail(count - 1)
    }

    /// Solves for the mean at which a rising function of it is 0: Newton's method, kept within a bracket.
    /// - Parameters:
    ///   - degrees, probability: the chi-squared quantile that is twice the mean, for Wilson & Hilferty's first guess.
    ///   - function: the value and the derivative.
    private static func mean(
        degrees: Double, probability: Double, function: (PoissonDistribution) -> (value: Double, slope: Double)
    ) -> Double {
        let spread = 2 / (9 * degrees)
        let z = NormalDistribution.standard.quantile(probability)
        let root = max(1 - spread + z * spread.squareRoot(), 1e-3)
        var mean = degrees / 2 * root * root * root
        var (low, high) = (0.0, Double.infinity)
        for _ in 0..<200 {
            guard let distribution = PoissonDistribution(mean: mean) else { break }
            let (value, slope) = function(distribution)
            if value < 0 { low = mean } else { high = mean }
            var next = mean - value / slope
            if !(next > low && next < high) { next = high.isFinite ? (low + high) / 2 : 2 * mean }
            if abs(next - mean) <= 1e-14 * mean { return next }
            mean = next
        }
        return mean
    }
}
