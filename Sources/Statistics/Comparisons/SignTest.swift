/// What the median of a number of values is, by nothing but on which side of it they lie.
///
/// Assumption: the values are independent draws around one median. No shape, no spread, no symmetry is assumed, and any
/// single value may be as wrong as it likes. The p-value and the interval are one test: at every level the interval
/// leaves out exactly the medians that the p-value rejects.
/// Source: W. J. Conover, *Practical Nonparametric Statistics*, 3rd ed., sections 3.2 and 3.4.
package struct SignTest: Hashable, Sendable {
    /// The values in rising order, those left out excepted.
    package let sorted: [Double]
    /// The middle value.
    package let median: Double
    package let warnings: [StatisticalWarning]

    /// Values that are not finite are left out, with a warning; nil when none is left. O(n log n).
    package init?(_ values: some Collection<Double>) {
        guard let sorted = FiniteValues.sorted(values.lazy.filter(\.isFinite)), let median = Median.ofSorted(sorted)
        else { return nil }
        self.sorted = sorted
        self.median = median
        let unusable = values.count - sorted.count
        warnings = unusable > 0 ? [.unusable(unusable, of: values.count)] : []
    }

    package var count: Int { sorted.count }

    /// The exact interval of the median; nil when there are too few values (6 are needed for 95 %).
    package func interval(confidence: Double) -> ConfidenceInterval? {
        OrderStatisticInterval(count: count, quantile: 0.5, confidence: confidence)?.interval(ofSorted: sorted)
    }

    /// The two-sided probability of so lopsided a split of the values when the median is the given one.
    ///
    /// Values that equal it speak for it. The usual advice to drop them tests something else, and finds "significance"
    /// in three values out of a hundred when a coarse clock makes the others equal.
    package func pValue(median null: Double = 0) -> Double {
        let below = sorted.lazy.filter { $0 < null }.count
        let above = sorted.lazy.filter { $0 > null }.count
        guard let split = BinomialDistribution(trials: count, probability: 0.5) else { return 1 }
        return min(1, 2 * split.upperTail(max(below, above) - 1))
    }
}
