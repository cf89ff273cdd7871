/// The rule for values that are no measurement.
///
/// NaN and infinity may come from a damaged file or a division by zero. A bare estimator (a function that returns one
/// number) answers nil when it is given one: a number that hides a hole is worse than none. An analysis (a type with
/// `warnings`) leaves them out and says how many. Nothing crashes on them.
enum FiniteValues {
    /// The values in rising order; nil when there is none, or when one is not finite.
    static func sorted(_ values: some Sequence<Double>) -> [Double]? {
        var result = Array(values)
        guard !result.isEmpty, result.allSatisfy(\.isFinite) else { return nil }
        result.sort()
        return result
    }

    /// Whether values that are said to rise can be used at all; O(1).
    static func areUsable(sorted values: some RandomAccessCollection<Double>) -> Bool {
        guard let first = values.first, let last = values.last else { return false }
        return first.isFinite && last.isFinite
    }
}
