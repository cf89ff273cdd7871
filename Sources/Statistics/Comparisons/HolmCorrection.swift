/// What several comparisons may claim together, so that a suite of many benchmarks does not cry wolf more often than
/// one.
///
/// The error is that of the family: the probability that *any* comparison without a difference is said to have one. No
/// assumption about how the comparisons depend on each other.
/// Source: S. Holm, *A Simple Sequentially Rejective Multiple Test Procedure*, 1979.
package struct HolmCorrection: Hashable, Sendable {
    /// What the correction makes of one comparison.
    package struct Entry: Hashable, Sendable {
        /// The p-value corrected for the number of comparisons: reject when it is at most the family's error.
        package let adjustedPValue: Double
        package let isRejected: Bool
        /// The confidence at which the comparison's own interval leaves out the null exactly when it is rejected.
        package let confidence: Double
    }

    /// In the order of the p-values.
    package let entries: [Entry]
    /// The confidence (Bonferroni's) at which *all* intervals hold their true values at once, whichever they are. What
    /// verdicts against a tolerance need: they claim where a value lies, not only that it is not the null.
    package let simultaneousConfidence: Double

    /// - Parameters:
    ///   - pValues: one a comparison. NaN, or outside 0…1, is taken as knowing nothing: 1.
    ///   - familyError: 0.05 by custom; from 0 to 1, and what is outside is brought to the nearer end.
    package init(pValues: [Double], familyError: Double = 0.05) {
        let error = familyError >= 0 ? min(familyError, 1) : 0
        let values = pValues.map { $0 >= 0 && $0 <= 1 ? $0 : 1 }
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var adjusted = [Double](repeating: 1, count: values.count)
        var confidences = adjusted
        var greatest = 0.0
        var rejected = 0
        for (rank, index) in order.enumerated() {
            let remaining = Double(values.count - rank)
            greatest = max(greatest, min(1, values[index] * remaining))
            adjusted[index] = greatest
            // After the first that stands, all stand, at the level at which it did.
            if greatest <= error { rejected += 1 }
            confidences[index] = 1 - error / Double(values.count - min(rank, rejected))
        }
        entries = values.indices.map {
            Entry(adjustedPValue: adjusted[$0], isRejected: adjusted[$0] <= error, confidence: confidences[$0])
        }
        simultaneousConfidence = 1 - error / Double(max(1, values.count))
    }

    /// The correction of comparisons against a median of 0, such as that of log ratios.
    package init(_ tests: [SignTest], familyError: Double = 0.05) {
        self.init(pValues: tests.map { $0.pValue() }, familyError: familyError)
    }
}
