internal import Glibc

/// How many of a number of independent trials succeed, each with the same probability.
///
/// Exact, to about 12 digits, while n·p·(1 − p) ≤ 10¹² (any n up to 4·10¹²); beyond, tails are the normal
/// approximation, which is off by less than 10⁻⁶ there.
package struct BinomialDistribution: Hashable, Sendable {
    /// At least 0.
    package let trials: Int
    /// From 0 to 1.
    package let probability: Double

    /// Nil when the number of trials is negative or the probability is outside 0…1 (or NaN).
    package init?(trials: Int, probability: Double) {
        guard trials >= 0, probability >= 0, probability <= 1 else { return nil }
        self.trials = trials
        self.probability = probability
    }

    package var mean: Double { Double(trials) * probability }
    package var variance: Double { mean * (1 - probability) }

    /// Sums of tails take some nine standard deviations of terms, so their number is bounded.
    private static let greatestExactVariance = 1e12

    /// P(X = k), by Loader's saddle-point expansion; 0 outside 0…n.
    package func mass(_ k: Int) -> Double {
        guard k >= 0, k <= trials else { return 0 }
        let (p, q) = (probability, 1 - probability)
        if p == 0 { return k == 0 ? 1 : 0 }
        if q == 0 { return k == trials ? 1 : 0 }
        let n = Double(trials)
        if k == 0 { return exp(n * log1p(-p)) }
        if k == trials { return p > 0.5 ? exp(n * log1p(-q)) : exp(n * log(p)) }
        let x = Double(k)
        let y = Double(trials - k)
        let exponent =
            SaddlePoint.stirlingError(n) - SaddlePoint.stirlingError(x) - SaddlePoint.stirlingError(y)
            - SaddlePoint.deviance(x, mean: n * p) - SaddlePoint.deviance(y, mean: n * q)
        return exp(exponent) * (n / (2 * Double.pi * x * y)).squareRoot()
    }

    /// P(X ≤ k). Takes O(√variance) steps near the mean, fewer away from it.
    package func cumulative(_ k: Int) -> Double {
        if k < 0 { return 0 }
        if k >= trials { return 1 }
        guard variance <= Self.greatestExactVariance else { return approximation.cumulative(Double(k) + 0.5) }
        return Double(k) < mean ? lowerSum(k) : 1 - upperSum(k + 1)
    }

    /// P(X > k), with full relative accuracy far above the mean.
    package func upperTail(_ k: Int) -> Double {
        if k < 0 { return 1 }
        if k >= trials { return 0 }
        guard variance <= Self.greatestExactVariance else { return approximation.upperTail(Double(k) + 0.5) }
        return Double(k) < mean ? 1 - lowerSum(k) : upperSum(k + 1)
    }

    /// The smallest k of which P(X ≤ k) ≥ `probability`; nil outside 0…1.
    package func quantile(_ probability: Double) -> Int? {
        guard probability >= 0, probability <= 1 else { return nil }
        if probability == 1 { return self.probability == 0 ? 0 : trials }
        return FirstInteger.search(0...trials, guess: guess(probability)) { cumulative($0) >= probability }
    }

    func guess(_ probability: Double) -> Double {
        let deviation = variance.squareRoot()
        guard deviation > 0 else { return mean }
        return FirstInteger.guess(
            probability, mean: mean, deviation: deviation, skewness: (1 - 2 * self.probability) / deviation)
    }

    private var approximation: NormalDistribution {
        NormalDistribution(mean: mean, standardDeviation: variance.squareRoot())
    }

    /// P(X ≤ k) for k below the mean: terms fall from k on, all positive, so nothing cancels.
    private func lowerSum(_ k: Int) -> Double {
        let odds = (1 - probability) / probability
        var term = mass(k)
        var sum = term
        var i = Double(k)
        let n = Double(trials)
        while i > 0, term > sum * 0x1p-60 {
            term *= i / (n - i + 1) * odds
            sum += term
            i -= 1
        }
        return min(sum, 1)
    }

    /// P(X ≥ k) for k above the mean.
    private func upperSum(_ k: Int) -> Double {
        let odds = probability / (1 - probability)
        var term = mass(k)
        var sum = term
        var i = Double(k)
        let n = Double(trials)
        while i < n, term > sum * 0x1p-60 {
            term *= (n - i) / (i + 1) * odds
            sum += term
            i += 1
        }
        return min(sum, 1)
    }
}
