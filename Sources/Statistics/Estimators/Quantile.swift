/// Quantiles of the values at hand.
package enum Quantile {
    /// The quantile by linear interpolation between the two values around position p·(n − 1): type 7 of Hyndman & Fan
    /// 1996, the default of R and NumPy. O(1).
    /// - Parameters:
    ///   - values: in rising order; out of order the answer means nothing.
    ///   - p: from 0 (the least) to 1 (the greatest).
    /// - Returns: nil when there is no value, one is not finite, or p is outside 0…1.
    package static func ofSorted(_ values: some RandomAccessCollection<Double>, at p: Double) -> Double? {
        guard p >= 0, p <= 1, FiniteValues.areUsable(sorted: values) else { return nil }
        let position = p * Double(values.count - 1)
        let below = min(Int(position), values.count - 1)
        let low = values[values.index(values.startIndex, offsetBy: below)]
        let share = position - Double(below)
        guard share > 0, below + 1 < values.count else { return low }
        let high = values[values.index(values.startIndex, offsetBy: below + 1)]
        let gap = high - low
        // The gap of two finite values may be infinite; their weighted sum is not.
        return gap.isFinite ? low + share * gap : low * (1 - share) + high * share
    }
}
