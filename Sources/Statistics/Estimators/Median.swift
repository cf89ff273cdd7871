/// The middle value. Bears up to half of the values being wrong.
package enum Median {
    /// The median; nil when there is no value or one is not finite. O(n log n).
    package static func of(_ values: some Sequence<Double>) -> Double? {
        FiniteValues.sorted(values).flatMap(ofSorted)
    }

    /// The median of values in rising order. O(1).
    package static func ofSorted(_ values: some RandomAccessCollection<Double>) -> Double? {
        Quantile.ofSorted(values, at: 0.5)
    }
}
