package import Benchmarking
internal import ProfileFormats

/// A report for people in a terminal.
package struct BenchmarkTextFormat: BenchmarkFormat {
    package let name = "text"
    package let fileExtensions = ["txt"]
    package let summary = "tables for people, in a terminal"

    package var budgets: [BudgetOutcome]
    /// Columns that lines may have; nil for any.
    package var terminalWidth: Int?
    /// ANSI colors.
    package var usesColor: Bool

    package init(budgets: [BudgetOutcome] = [], terminalWidth: Int? = nil, usesColor: Bool = false) {
        self.budgets = budgets
        self.terminalWidth = terminalWidth
        self.usesColor = usesColor
    }

    package func encode(_ run: BenchmarkRun) -> [UInt8] {
        Array(render(run).utf8)
    }

    package func render(_ run: BenchmarkRun) -> String {
        let style = TextStyle(usesColor: usesColor)
        let heading = RunHeading(run)
        var lines = [style("machine  \(TextStyle.printable(heading.machine))", .faint)]
        if !heading.limits.isEmpty {
            lines.append(style("limits   \(TextStyle.printable(heading.limits.joined(separator: "; ")))", .faint))
        }
        let tables = ResultTables(run)
        lines += table(tables.costs, notes: tables.costNotes, style)
        let scaling = ScalingGroup.groups(run).map { TextStyle.printable($0.line) }
        if !scaling.isEmpty { lines += [""] + scaling }
        lines += table(tables.latencies, notes: tables.latencyNotes, style)
        for result in run.results { lines += causes(result, style) }
        for result in run.results { lines += waterfall(result, style) }
        lines += records(run)
        lines += remarks(run, style)
        return lines.map { $0 + "\n" }.joined()
    }

    private func table(_ table: ReportTable, notes: Footnotes, _ style: TextStyle) -> [String] {
        guard !table.rows.isEmpty else { return [] }
        var table = table
        table.rows = table.rows.map { $0.map(TextStyle.printable) }
        let text = TextTable(table: table, width: terminalWidth).lines()
        var lines = ["", style(text.head, .bold)] + text.rows
        lines += notes.lines.map { style(TextStyle.printable($0), .faint) }
        if !text.omitted.isEmpty {
            lines.append(style("left out for want of width: \(text.omitted.joined(separator: ", "))", .faint))
        }
        return lines
    }

    private func causes(_ result: BenchmarkResult, _ style: TextStyle) -> [String] {
        guard let summary = CauseSummary(result) else { return [] }
        var table = ReportTable(columns: [
            .init(title: "cause", isText: true), .init(title: "operations"), .init(title: "outliers"),
            .init(title: "share"), .init(title: "longest"), .init(title: "time lost", expendability: 1),
        ])
        table.rows = summary.rows.map { [$0.title, $0.operations, $0.outliers, $0.share, $0.longest, $0.excess] }
        let text = TextTable(table: table, width: terminalWidth.map { $0 - 2 }).lines()
        let lines = [style(text.head, .bold)] + text.rows
        return ["", "\(TextStyle.printable(result.id.description)): \(summary.line)"] + lines.map { "  " + $0 }
    }

    private func waterfall(_ result: BenchmarkResult, _ style: TextStyle) -> [String] {
        guard let waterfall = RecordSummary(result)?.waterfall else { return [] }
        var table = waterfall.table(barWidth: 32)
        table.rows = table.rows.map { $0.map(TextStyle.printable) }
        let text = TextTable(table: table, width: terminalWidth.map { $0 - 2 }).lines()
        let lines = [style(text.head, .bold)] + text.rows
        return ["", "\(TextStyle.printable(result.id.description)): \(waterfall.line)"] + lines.map { "  " + $0 }
    }

    private func records(_ run: BenchmarkRun) -> [String] {
        let lines = run.results.compactMap { result -> String? in
            guard let line = RecordSummary(result)?.line, !line.isEmpty else { return nil }
            return TextStyle.printable("\(result.id): \(line)")
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private func remarks(_ run: BenchmarkRun, _ style: TextStyle) -> [String] {
        var lines: [String] = []
        func add(_ text: String, _ color: TextStyle.Emphasis) { lines.append(style(TextStyle.printable(text), color)) }
        for result in run.results {
            if let failure = result.failure {
                add("failed   \(result.id): \(failure.text)", .red)
            }
        }
        for result in run.results {
            for warning in result.warnings { add("warning  \(result.id): \(warning.text)", .yellow) }
        }
        for budget in budgets {
            let color: TextStyle.Emphasis =
                budget.verdict == .kept ? .green : budget.verdict == .missed ? .red : .yellow
            add("budget   \(budget.verdict.rawValue)  \(budget.id): \(budget.text)", color)
        }
        return lines.isEmpty ? [] : [""] + lines
    }
}
