internal import ProfileFormats

/// A table of a page.
enum HTMLTable {
    /// - Parameter links: where first cells lead.
    static func text(_ table: ReportTable, notes: Footnotes, links: [String: String] = [:]) -> String {
        guard !table.rows.isEmpty else { return "" }
        var text = "<div class=\"scroll\"><table>\n<thead><tr>"
        for column in table.columns {
            text += "<th\(column.isText ? " class=\"t\"" : "") scope=\"col\">\(XMLText.escaped(column.title))</th>"
        }
        text += "</tr></thead>\n<tbody>\n"
        for row in table.rows {
            text += "<tr>"
            for (index, cell) in row.enumerated() {
                let content = XMLText.escaped(cell)
                let linked = index == 0 ? links[cell].map { "<a href=\"\($0)\">\(content)</a>" } ?? content : content
                text += "<td\(table.columns[index].isText ? " class=\"t\"" : "")>\(linked)</td>"
            }
            text += "</tr>\n"
        }
        text += "</tbody></table></div>\n"
        if !notes.lines.isEmpty {
            text += "<ul class=\"notes\">" + notes.lines.map { "<li>\(XMLText.escaped($0))</li>" }.joined() + "</ul>\n"
        }
        return text
    }

    static func text(_ causes: CauseSummary) -> String {
        var table = ReportTable(columns: [
            .init(title: "cause", isText: true), .init(title: "operations"), .init(title: "outliers"),
            .init(title: "share"), .init(title: "longest"), .init(title: "time lost"),
        ])
        table.rows = causes.rows.map { [$0.title, $0.operations, $0.outliers, $0.share, $0.longest, $0.excess] }
        return text(table, notes: Footnotes())
    }
}
