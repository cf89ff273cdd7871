/// Names that resemble one that does not exist, for messages.
enum NearNames {
    /// Longer names are compared by their beginning: the cost of a comparison is the product of the lengths.
    private static let comparedLength = 64
    /// Of more names than this only the first are compared.
    private static let comparedNames = 2_000

    /// The name that was most likely meant; nil when none is within a third of its length.
    static func guess(_ name: String, among names: some Sequence<String>) -> String? {
        // Leaving out a hyphen or a point is the most frequent mistake.
        let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
        if let same = names.first(where: { $0.lowercased().filter { $0.isLetter || $0.isNumber } == letters }) {
            return same
        }
        let best = sorted(names, near: name).first
        guard let best, distance(name, best) <= max(1, min(name.count, comparedLength) / 3) else { return nil }
        return best
    }

    /// A list of at most some names, the nearest first, and how many more there are: `a, b, c and 12 more`.
    static func list(_ names: [String], near name: String, limit: Int = 6) -> String {
        var seen: Set<String> = []
        let unique = names.filter { seen.insert($0).inserted }
        let shown = sorted(unique, near: name).prefix(limit).map { QuotedText.bounded($0) }
        let rest = unique.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// The nearest first; of equally near ones in the order that they have.
    private static func sorted(_ names: some Sequence<String>, near name: String) -> [String] {
        names.prefix(comparedNames).enumerated().map { ($0.offset, distance(name, $0.element), $0.element) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.2)
    }

    /// The least number of characters to insert, remove, replace or swap with a neighbor, capitals aside.
    ///
    /// Source: optimal string alignment, L. Boytsov, "Indexing methods for approximate dictionary searching", ACM JEA 16
    /// (2011), section 2.1. O(n·m).
    static func distance(_ first: String, _ second: String) -> Int {
        let a = Array(first.lowercased().prefix(comparedLength))
        let b = Array(second.lowercased().prefix(comparedLength))
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in b.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}

/// Text of a user inside a message: one line, of bounded length, without control characters.
enum QuotedText {
    static func bounded(_ text: String, limit: Int = 80) -> String {
        var shown = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == limit { return shown + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: shown += "\u{FFFD}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// In single quotes.
    static func quoted(_ text: String) -> String { "'" + bounded(text) + "'" }
}
