internal import Glibc

/// How many independent events fall into an interval that holds `mean` of them on average.
///
/// Exact, to about 12 digits, for means up to 10¹²; beyond, tails are the normal approximation, which is off by less
/// than 10⁻⁶ there.
package struct PoissonDistribution: Hashable, Sendable {
    /// Finite and at least 0.
    package let mean: Double

    /// Nil when the mean is negative or not finite.
    package init?(mean: Double) {
        guard mean >= 0, mean.isFinite else { return nil }
        self.mean = mean
    }

    private static let greatestExactMean = 1e12

    /// P(X = k), by Loader's saddle-point expansion; 0 for negative k.
    package func mass(_ k: Int) -> Double {
        guard k >= 0 else { return 0 }
        if mean == 0 { return k == 0 ? 1 : 0 }
        if k == 0 { return exp(-mean) }
        let x = Double(k)
        let exponent = -SaddlePoint.stirlingError(x) - SaddlePoint.deviance(x, mean: mean)
        return exp(exponent) / (2 * Double.pi * x).squareRoot()
    }

    /// P(X ≤ k). Takes O(√mean) steps near the mean, fewer away from it.
    package func cumulative(_ k: Int) -> Double {
        if k < 0 { return 0 }
        if mean == 0 { return 1 }
        guard mean <= Self.greatestExactMean else { return approximation.cumulative(Double(k) + 0.5) }
        return Double(k) < mean ? lowerSum(k) : 1 - upperSum(k)
    }

    /// P(X > k), with full relative accuracy far above the mean.
    package func upperTail(_ k: Int) -> Double {
        if k < 0 { return 1 }
        if mean == 0 { return 0 }
        guard mean <= Self.greatestExactMean else { return approximation.upperTail(Double(k) + 0.5) }
        return Double(k) < mean ? 1 - lowerSum(k) : upperSum(k)
    }

    /// The smallest k of which P(X ≤ k) ≥ `probability`; nil when no count reaches it: outside 0..<1.
    package func quantile(_ probability: Double) -> Int? {
        guard probability >= 0, probability < 1, mean < 0x1p62 else { return nil }
        guard mean > 0 else { return 0 }
        let deviation = mean.squareRoot()
        let guess = FirstInteger.guess(probability, mean: mean, deviation: deviation, skewness: 1 / deviation)
        return FirstInteger.search(0...Int.max, guess: guess) { cumulative($0) >= probability }
    }

    private var approximation: NormalDistribution {
        NormalDistribution(mean: mean, standardDeviation: mean.squareRoot())
    }

    /// P(X ≤ k) for k below the mean: terms fall from k on, all positive, so nothing cancels.
    private func lowerSum(_ k: Int) -> Double {
        var term = mass(k)
        var sum = term
        var i = Double(k)
        while i > 0, term > sum * 0x1p-60 {
            term *= i / mean
            sum += term
            i -= 1
        }
        return min(sum, 1)
    }

    /// P(X > k) for k at or above the mean.
    private func upperSum(_ k: Int) -> Double {
        var i = Double(k)
        var term = mass(k) * mean / (i + 1)
        var sum = term
        i += 1
        while term > sum * 0x1p-60 {
            term *= mean / (i + 1)
            sum += term
            i += 1
        }
        return min(sum, 1)
    }
}
