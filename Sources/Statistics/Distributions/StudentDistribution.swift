internal import Glibc

/// Student's t: the mean of normal values in units of its own estimated error.
package struct StudentDistribution: Hashable, Sendable {
    /// Greater than 0; need not be whole (Welch). From 10⁷ on the normal distribution is used, which differs by less
    /// than 10⁻⁷ of a probability there, relatively, for |t| < 1.
    package let degreesOfFreedom: Double

    /// Nil unless the degrees of freedom are greater than 0 (infinity: the normal distribution).
    package init?(degreesOfFreedom: Double) {
        guard degreesOfFreedom > 0 else { return nil }
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(T > t), with full relative accuracy far out.
    package func upperTail(_ t: Double) -> Double {
        guard !t.isNaN else { return .nan }
        guard degreesOfFreedom < 1e7 else { return NormalDistribution.standard.upperTail(t) }
        if t < 0 { return 1 - upperTail(-t) }
        // x = ν/(ν + t²), from the ratio so that no square overflows.
        let ratio = t / degreesOfFreedom.squareRoot()
        let square = ratio * ratio
        guard square.isFinite else { return 0 }
        return IncompleteBeta.regularized(
            1 / (1 + square), complement: square / (1 + square), a: degreesOfFreedom / 2, b: 0.5) / 2
    }

    /// P(|T| > |t|).
    package func twoSided(_ t: Double) -> Double { min(1, 2 * upperTail(abs(t))) }

    /// The t of which P(T ≤ t) is `probability`; infinite at 0 and 1, NaN outside. By bisection on the tail, to the
    /// last few digits.
    package func quantile(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else {
            return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
        }
        if probability > 0.5 { return quantileAbove(1 - probability) }
        return probability == 0.5 ? 0 : -quantileAbove(probability)
    }

    /// The t of which P(T > t) is `tail`, for a tail below one half.
    private func quantileAbove(_ tail: Double) -> Double {
        var low = 0.0
        var high = 1.0
        while upperTail(high) > tail, high < 1e300 {
            low = high
            high *= 2
        }
        for _ in 0..<200 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if upperTail(middle) > tail { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
