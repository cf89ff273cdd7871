/// The median of each value and its neighbors: a level that a few wild values cannot move.
enum RunningMedian {
    /// - Parameter reach: neighbors on each side; near the ends the window is moved inward, not cut, so that the first
    ///   values are judged by as many others as the rest. Takes O(n · reach).
    static func of(_ values: [Double], reach: Int) -> [Double] {
        let width = min(2 * reach + 1, values.count)
        guard width > 0 else { return [] }
        // A window kept in order: one value leaves, one enters.
        var window = values[..<width].sorted()
        var start = 0
        return values.indices.map { index in
            let wanted = min(max(index - reach, 0), values.count - width)
            while start < wanted {
                let leaving = values[start]
                if let place = window.firstIndex(of: leaving) { window.remove(at: place) }
                let entering = values[start + width]
                window.insert(entering, at: window.firstIndex { $0 > entering } ?? window.endIndex)
                start += 1
            }
            return Median.ofSorted(window) ?? values[index]
        }
    }
}
