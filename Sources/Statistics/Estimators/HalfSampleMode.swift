/// Where values are densest: the cost of the usual case, untouched by whatever makes the others slow.
///
/// Keeps the half of the values that lies closest together, again and again, until at most three are left.
/// Sources: T. Robertson & J. Cryer, *An Iterative Procedure for Estimating the Mode*, 1974; D. Bickel & R. Frühwirth,
/// *On a Fast, Robust Estimator of the Mode*, 2006.
package enum HalfSampleMode {
    /// The mode; nil when there is no value or one is not finite. O(n log n).
    package static func of(_ values: some Sequence<Double>) -> Double? {
        FiniteValues.sorted(values).flatMap(ofSorted)
    }

    /// The mode of values in rising order. O(n).
    package static func ofSorted(_ values: [Double]) -> Double? {
        guard FiniteValues.areUsable(sorted: values) else { return nil }
        var range = 0..<values.count
        while range.count > 3 { range = densestHalf(of: range, in: values) }
        let first = values[range.lowerBound]
        let last = values[range.upperBound - 1]
        if range.count == 3 {
            let middle = values[range.lowerBound + 1]
            let (left, right) = (middle - first, last - middle)
            if left == right { return middle }
            return left < right ? average(first, middle) : average(middle, last)
        }
        return average(first, last)
    }

    /// Values of a clock that moves in steps are full of ties: of several halves that are equally narrow the middle one
    /// is kept, since the first would lean to the low end of a wide plateau.
    private static func densestHalf(of range: Range<Int>, in values: [Double]) -> Range<Int> {
        let half = (range.count + 1) / 2
        var least = Double.infinity
        var starts: [Int] = []
        for start in range.lowerBound...(range.upperBound - half) {
            let width = values[start + half - 1] - values[start]
            if width < least {
                least = width
                starts.removeAll(keepingCapacity: true)
            }
            if width == least { starts.append(start) }
        }
        let start = starts[(starts.count - 1) / 2]
        return start..<(start + half)
    }

    private static func average(_ a: Double, _ b: Double) -> Double { a == b ? a : a / 2 + b / 2 }
}
