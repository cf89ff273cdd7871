internal import ProfileFormats

/// A table as aligned lines.
package struct TextTable {
    private let table: ReportTable
    /// Columns of the terminal; nil for any.
    private let width: Int?

    package init(table: ReportTable, width: Int?) {
        self.table = table
        self.width = width
    }

    /// Names may be cut down to this before columns are left out.
    private static let leastNameWidth = 20

    /// The lines, the head first, and the titles of the columns that did not fit.
    package func lines() -> (head: String, rows: [String], omitted: [String]) {
        var kept = Array(table.columns.indices)
        var widths = table.columns.indices.map { column in
            table.rows.reduce(TextWidth.columns(table.columns[column].title)) { max($0, TextWidth.columns($1[column])) }
        }
        var omitted: [Int] = []
        if let width {
            func total() -> Int { kept.reduce(0) { $0 + widths[$1] } + 2 * (kept.count - 1) }
            let leastName = min(widths[0], Self.leastNameWidth)
            while total() - widths[0] + leastName > width,
                let column = kept.filter({ table.columns[$0].expendability > 0 })
                    .max(by: { table.columns[$0].expendability < table.columns[$1].expendability })
            {
                kept.removeAll { $0 == column }
                omitted.append(column)
            }
            widths[0] = max(leastName, min(widths[0], widths[0] - (total() - width)))
        }
        func line(_ cells: [String]) -> String {
            let padded = kept.map { column in
                let cell = TextWidth.clip(cells[column], to: widths[column])
                return table.columns[column].isText
                    ? TextWidth.padRight(cell, to: widths[column]) : TextWidth.padLeft(cell, to: widths[column])
            }
            var text = padded.joined(separator: "  ")
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
        return (
            line(table.columns.map(\.title)), table.rows.map(line), omitted.sorted().map { table.columns[$0].title }
        )
    }
}
