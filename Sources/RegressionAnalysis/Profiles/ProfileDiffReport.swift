internal import BenchmarkSuites
internal import ProfileFormats
internal import ProfileModel

/// A comparison of profiles as text, Markdown and JSON.
package struct ProfileDiffReport {
    package enum Format: String, CaseIterable, Sendable {
        case text
        case markdown
        case json
    }

    private let comparison: ProfileComparison
    /// Most rows of a table; nil for all.
    private let limit: Int?
    private let text: CostText

    package init(_ comparison: ProfileComparison, limit: Int?) {
        self.comparison = comparison
        self.limit = limit
        text = CostText(comparison.profiles)
    }

    package func render(_ format: Format, width: Int? = nil) -> String {
        switch format {
        case .text:
            lines(isMarkdown: false).map { width == nil ? $0 : TextWidth.clip($0, to: width!) }.joined(
                separator: "\n") + "\n"
        case .markdown: lines(isMarkdown: true).joined(separator: "\n") + "\n"
        case .json: ProfileDiffJSON(comparison, text: text, limit: limit).rendered()
        }
    }

    // MARK: Text and Markdown

    private func lines(isMarkdown: Bool) -> [String] {
        var lines: [String] = []
        func name(_ text: String) -> String { isMarkdown ? Self.code(text) : PlainText.of(text, limit: 400) }
        func paragraph(_ title: String) {
            if !lines.isEmpty { lines.append("") }
            lines.append(isMarkdown ? "### \(title)" : title)
            if isMarkdown { lines.append("") }
        }
        lines += head().map { isMarkdown ? "- \($0)" : $0 }

        let shown = comparison.functions.filter { $0.own.count > 0 || $0.total.count > 0 }
        let rows = Array(shown.prefix(limit ?? shown.count))
        paragraph("Functions by change of self cost (\(text.meaning))")
        let titles = ["before", "after", "change", "", "95 % interval", "p (adjusted)", "finding", "function"]
        let cells = rows.map { row in
            [
                text.cost(row.own.before), text.cost(row.own.after), text.change(row.own.difference),
                CostText.relative(row.own), text.interval(row.own), CostText.probability(row.adjustedPValue),
                Self.word(row.finding), name(row.symbol.name) + (row.formerName.map { " (was \(name($0)))" } ?? ""),
            ]
        }
        lines += isMarkdown ? Self.markdownTable(titles, cells) : Self.table(titles, cells)
        if shown.count > rows.count { lines.append("… \(shown.count - rows.count) more functions; --limit shows more") }

        if !comparison.moves.isEmpty {
            paragraph("Moved, not grown")
            for move in comparison.moves {
                let (from, to) = (move.from.map { comparison.names[$0] }, move.to.map { comparison.names[$0] })
                let place = move.path.last.map { "below \(name($0))" } ?? "in all"
                lines.append(
                    "\(isMarkdown ? "- " : "")\(text.cost(move.amount)) from \(from.map(name).joined(separator: ", ")) "
                        + "to \(to.map(name).joined(separator: ", ")), \(place), which costs what it did")
            }
        }
        let renamed = comparison.functions.filter { $0.formerName != nil }
        if !renamed.isEmpty {
            paragraph("Taken to be renamed: the same cost in the same place")
            for row in renamed.prefix(limit ?? renamed.count) {
                lines.append("\(isMarkdown ? "- " : "")\(name(row.formerName!)) → \(name(row.symbol.name))")
            }
        }
        if !comparison.paths.isEmpty {
            paragraph("Innermost frames whose cost with all that they call changed")
            let paths = comparison.paths.prefix(limit ?? comparison.paths.count)
            let cells = paths.map { path in
                [
                    text.cost(path.total.before), text.cost(path.total.after), text.change(path.total.difference),
                    text.interval(path.total), name(Self.short(path.path)),
                ]
            }
            let titles = ["before", "after", "change", "95 % interval", "frame"]
            lines += isMarkdown ? Self.markdownTable(titles, cells) : Self.table(titles, cells)
        }
        paragraph("Sum of self costs")
        lines += sums().map { isMarkdown ? "- \($0)" : $0 }
        return lines
    }

    private func head() -> [String] {
        let profiles = comparison.profiles
        let counts = (
            profiles.totals.prefix(profiles.before.count).reduce(0) { $0 + $1.count },
            profiles.totals.dropFirst(profiles.before.count).reduce(0) { $0 + $1.count }
        )
        func side(_ count: Double, _ runs: Int) -> String {
            "\(NumberText.grouped(Int64(count.rounded()))) samples"
                + (runs > 1 ? " in \(runs) profiles" : "")
        }
        var lines = [
            "before \(side(counts.0, profiles.before.count)), after \(side(counts.1, profiles.after.count)); "
                + "costs are \(text.meaning)"
        ]
        if !profiles.normalization.isShare {
            lines.append(
                "all of it: \(text.cost(comparison.whole.before)) → \(text.cost(comparison.whole.after)), "
                    + "\(text.change(comparison.whole.difference)) (\(text.interval(comparison.whole)))")
        }
        let claims = comparison.functions.count { $0.finding.isChange }
        lines.append(
            claims == 0
                ? "no function's self cost is known to have changed, of \(comparison.testedFunctions) tested"
                : "\(claims) of \(comparison.testedFunctions) tested functions changed their self cost")
        let (one, ten) = comparison.smallestDetectable
        lines.append(
            "smallest change that these samples could have shown (four times of five): ±\(text.cost(one)) for a "
                + "function with 1 % of the cost, ±\(text.cost(ten)) for one with 10 %")
        if profiles.before.count + profiles.after.count == 2 {
            lines.append(
                "one profile a side: intervals cover the chance of sampling, not how runs differ; give several with "
                    + "--before and --after")
        } else {
            lines.append("runs vary by \(NumberText.significant(comparison.dispersion)) times the chance of sampling")
        }
        return lines
    }

    private func sums() -> [String] {
        [
            "changed functions   \(text.change(comparison.explained))",
            "moved               \(text.change(comparison.moved))",
            "not resolved        \(text.change(comparison.unexplained.difference)) (\(text.interval(comparison.unexplained)))",
            "all                 \(text.change(comparison.whole.difference))"
                + (comparison.profiles.normalization.isShare
                    ? " (shares always sum to 100 %: what one gains, others lose; --normalize work=A,B tells costs)"
                    : ""),
        ]
    }

    /// One word for a finding.
    static func word(_ finding: ProfileComparison.Finding) -> String {
        switch finding {
        case .grown: "grown"
        case .shrunk: "shrunk"
        case .new: "new"
        case .vanished: "vanished"
        case .moved: "moved"
        case .notResolved: "not resolved"
        }
    }

    /// The innermost frames of a path.
    private static func short(_ path: [String]) -> String {
        (path.count > 4 ? "…;" : "") + path.suffix(4).joined(separator: ";")
    }

    private static func table(_ titles: [String], _ rows: [[String]]) -> [String] {
        let widths = titles.indices.map { column in
            rows.reduce(TextWidth.columns(titles[column])) { max($0, TextWidth.columns($1[column])) }
        }
        // The last two are words, the last one ragged.
        return ([titles] + rows).map { cells in
            cells.indices.map { column in
                column == cells.count - 1 ? cells[column] : TextWidth.padLeft(cells[column], to: widths[column])
            }.joined(separator: "  ")
        }
    }

    private static func markdownTable(_ titles: [String], _ rows: [[String]]) -> [String] {
        [titles, titles.indices.map { $0 == titles.count - 1 ? "---" : "---:" }].map(row) + rows.map(row)
    }

    private static func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

    /// A name as code, which cannot end it or the table's cell.
    private static func code(_ name: String) -> String {
        let text = PlainText.of(name, limit: 400)
        return "`" + text.replacing("`", with: "'").replacing("|", with: "¦") + "`"
    }
}
