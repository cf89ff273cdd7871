internal import Glibc

/// The normal distribution.
package struct NormalDistribution: Hashable, Sendable {
    package var mean: Double
    /// Greater than 0.
    package var standardDeviation: Double

    package static let standard = NormalDistribution(mean: 0, standardDeviation: 1)

    /// The standard deviation of normal values in units of their median absolute deviation: 1 / Φ⁻¹(3/4).
    package static let deviationsPerMedianDeviation = 1.482602218505602

    package init(mean: Double, standardDeviation: Double) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    package func density(_ x: Double) -> Double {
        let z = (x - mean) / standardDeviation
        return exp(-z * z / 2) / (standardDeviation * (2 * Double.pi).squareRoot())
    }

    /// P(X ≤ x), with full relative accuracy far below the mean.
    package func cumulative(_ x: Double) -> Double {
        erfc((mean - x) / (standardDeviation * 2.0.squareRoot())) / 2
    }

    /// P(X > x), with full relative accuracy far above the mean.
    package func upperTail(_ x: Double) -> Double {
        erfc((x - mean) / (standardDeviation * 2.0.squareRoot())) / 2
    }

    /// The x of which P(X ≤ x) is `probability`; infinite at 0 and 1, NaN outside.
    package func quantile(_ probability: Double) -> Double {
        mean + standardDeviation * Self.standardQuantile(probability)
    }

    /// Starts from the rational approximation 26.2.23 of Abramowitz & Stegun (1964), off by at most 4.5e-4, and
    /// polishes it with Halley's method on erfc, which triples the correct digits a step.
    private static func standardQuantile(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else {
            return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
        }
        // The lower half keeps small probabilities exact; 1 - p is exact for p ≥ 1/2.
        guard probability <= 0.5 else { return -standardQuantile(1 - probability) }
        let t = (-2 * log(probability)).squareRoot()
        let numerator = 2.515517 + t * (0.802853 + t * 0.010328)
        let denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        var x = numerator / denominator - t
        for _ in 0..<3 {
            let density = standard.density(x)
            guard density > 0 else { break }
            let step = (standard.cumulative(x) - probability) / density
            x -= step / (1 + x * step / 2)
        }
        return x
    }
}
