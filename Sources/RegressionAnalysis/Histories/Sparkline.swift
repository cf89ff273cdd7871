internal import Statistics

/// A series in one line of text: each column the median of its values, from ▁ to █.
struct Sparkline {
    /// Empty when there is no value.
    let line: String
    /// A mark under each column in which a step lies.
    let marks: String

    private static let heights = Array("▁▂▃▄▅▆▇█")

    /// - Parameters:
    ///   - values: those that are not finite are blank.
    ///   - changes: indices of values.
    ///   - levels: what the heights span, values beyond being ▁ or █, so that one wild value flattens nothing; nil for
    ///     all columns.
    init(_ values: [Double], changes: [Int], levels: ClosedRange<Double>? = nil, width: Int) {
        let columns = min(max(1, width), values.count)
        // In quarters, so that the difference of any two is a number.
        let medians: [Double?] = (0..<columns).map { column in
            let range = (column * values.count / columns)..<((column + 1) * values.count / columns)
            return Median.of(values[range].lazy.filter(\.isFinite).map { $0 / 4 })
        }
        let finite = medians.compactMap(\.self).sorted()
        guard let first = finite.first, let last = finite.last else {
            line = ""
            marks = ""
            return
        }
        let least = levels.map { max(first, min($0.lowerBound / 4, last)) } ?? first
        let greatest = levels.map { min(last, max($0.upperBound / 4, first)) } ?? last
        line = String(
            medians.map { median -> Character in
                guard let median else { return " " }
                guard greatest > least else { return Self.heights[0] }
                return Self.heights[Int(min(max((median - least) / (greatest - least) * 8, 0), 7))]
            })
        var places = [Character](repeating: " ", count: columns)
        for change in changes {
            // The column whose range holds the index.
            let column = min(columns - 1, ((change + 1) * columns - 1) / values.count)
            places[column] = "^"
        }
        marks = String(places)
    }
}
