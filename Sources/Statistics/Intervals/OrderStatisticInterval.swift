internal import Glibc

/// The exact interval of a quantile that assumes nothing about the distribution: two of the sorted values.
///
/// Assumption: the n values are independent draws of one distribution. How many of them lie below its p-quantile is
/// then binomial, so the ranks depend on n, p and the confidence alone; for a distribution with ties the confidence is
/// at least the stated one. Being ranks, they serve sorted values and histograms alike.
/// Source: H. A. David & H. N. Nagaraja, *Order Statistics*, 3rd ed., section 7.1.
package struct OrderStatisticInterval: Hashable, Sendable {
    /// Ranks of the bounds among the n values in rising order, from 1.
    package let lowerRank: Int
    package let upperRank: Int
    /// The confidence that was reached; at least what was asked.
    package let confidence: Double

    /// The interval with equal tails; O(√n).
    /// - Returns: nil when n is below ``minimumSampleCount(quantile:confidence:)``, so that one of the bounds lies
    ///   beyond every value (do not print such a quantile), or when the quantile or the confidence is not between 0 and
    ///   1.
    package init?(count: Int, quantile: Double, confidence: Double) {
        guard count > 0, quantile > 0, quantile < 1, confidence > 0, confidence < 1,
            let below = BinomialDistribution(trials: count, probability: quantile)
        else { return nil }
        let tail = Self.tail(confidence)
        // lower: P(fewer than `lower` values below) ≤ tail. upper: P(`upper` values or more below) ≤ tail.
        let lower = FirstInteger.search(0...count, guess: below.guess(tail)) { below.cumulative($0) > tail }
        let upper = FirstInteger.search(0...count, guess: below.guess(1 - tail)) { below.upperTail($0) <= tail } + 1
        guard lower >= 1, upper <= count else { return nil }
        lowerRank = lower
        upperRank = upper
        self.confidence = 1 - below.cumulative(lower - 1) - below.upperTail(upper - 1)
    }

    /// The values at the ranks of n sorted values; nil when their number is another or one is not finite.
    package func interval(ofSorted values: some RandomAccessCollection<Double>) -> ConfidenceInterval? {
        guard values.count >= upperRank, FiniteValues.areUsable(sorted: values) else { return nil }
        return ConfidenceInterval(
            lower: values[values.index(values.startIndex, offsetBy: lowerRank - 1)],
            upper: values[values.index(values.startIndex, offsetBy: upperRank - 1)], confidence: confidence)
    }

    /// The least number of values with which a quantile has an interval.
    ///
    /// The greatest of n values is an upper bound unless all n lie below the quantile, which happens with probability
    /// pⁿ; that must be at most half of the error (1 − confidence): n ≥ ln((1 − confidence)/2) / ln p, and likewise for
    /// the least value with 1 − p. At 95 %: 6 for the median, 3,688 for p99.9, 36,887 for p99.99.
    /// - Returns: nil when the quantile or the confidence is not between 0 and 1, or no number suffices.
    package static func minimumSampleCount(quantile: Double, confidence: Double) -> Int? {
        guard quantile > 0, quantile < 1, confidence > 0, confidence < 1 else { return nil }
        let tail = tail(confidence)
        let rarer = min(quantile, 1 - quantile)
        let count = (log(tail) / (rarer == quantile ? log1p(-quantile) : log(quantile))).rounded(.up)
        guard count < 0x1p62 else { return nil }
        return max(1, Int(count))
    }

    /// The error of each side. The slack lets probabilities that are equal up to rounding be equal.
    private static func tail(_ confidence: Double) -> Double { (1 - confidence) / 2 * (1 + 1e-12) }
}
