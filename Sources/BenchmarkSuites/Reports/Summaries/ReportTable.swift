/// A table of a report, before it is text, Markdown or a page.
package struct ReportTable {
    package struct Column {
        package let title: String
        package var isText: Bool
        /// The higher, the sooner it is left out where lines are short; 0 stays.
        package var expendability: Int

        package init(title: String, isText: Bool = false, expendability: Int = 0) {
            self.title = title
            self.isText = isText
            self.expendability = expendability
        }
    }

    package var columns: [Column]
    package var rows: [[String]]

    package init(columns: [Column], rows: [[String]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// Without the columns that have no cell in any row.
    package func withoutEmptyColumns() -> ReportTable {
        let kept = columns.indices.filter { column in rows.contains { !$0[column].isEmpty } || column == 0 }
        return ReportTable(columns: kept.map { columns[$0] }, rows: rows.map { row in kept.map { row[$0] } })
    }
}

/// Notes under a table, numbered in the order in which its cells first refer to them.
struct Footnotes {
    private(set) var texts: [String] = []

    /// The reference, as superscript digits.
    mutating func reference(_ text: String) -> String {
        let index = texts.firstIndex(of: text) ?? texts.count
        if index == texts.count { texts.append(text) }
        return Self.superscript(index + 1)
    }

    /// Each with its number.
    var lines: [String] { texts.enumerated().map { "\(Self.superscript($0 + 1)) \($1)" } }

    private static func superscript(_ number: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return String(String(number).compactMap(\.wholeNumberValue).map { digits[$0] })
    }
}
