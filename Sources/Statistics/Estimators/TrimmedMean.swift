/// The mean of the values that are left when the same number is cut off at both ends.
package enum TrimmedMean {
    /// The mean without the ⌊share·n⌋ least and as many of the greatest values.
    /// - Parameter share: what is cut off at *each* end, from 0 (the plain mean) to below 0.5.
    /// - Returns: nil when there is no value, one is not finite, or the share is out of range.
    package static func of(_ values: some Sequence<Double>, trimmingEachEnd share: Double) -> Double? {
        guard share >= 0, share < 0.5, let sorted = FiniteValues.sorted(values) else { return nil }
        let cut = Int(share * Double(sorted.count))
        let kept = sorted[cut..<(sorted.count - cut)]
        // Divided before the sum, so that great values do not overflow.
        let count = Double(kept.count)
        return kept.reduce(0) { $0 + $1 / count }
    }
}
