/// The median distance of values from their median: a spread that bears up to half of the values being wrong.
package enum MedianAbsoluteDeviation {
    /// The deviation in the unit of the values, unscaled; nil when there is no value or one is not finite.
    package static func of(_ values: some Sequence<Double>) -> Double? {
        guard let sorted = FiniteValues.sorted(values), let center = Median.ofSorted(sorted) else { return nil }
        return Median.of(sorted.lazy.map { abs($0 - center) })
    }

    /// The deviation scaled to the standard deviation that normal values would have (× 1.4826).
    package static func asStandardDeviation(of values: some Sequence<Double>) -> Double? {
        of(values).map { $0 * NormalDistribution.deviationsPerMedianDeviation }
    }
}
