package import Benchmarking
internal import ProfileFormats

/// Tables in GitHub's Markdown, for pull requests.
package struct BenchmarkMarkdownFormat: BenchmarkFormat {
    package let name = "markdown"
    package let fileExtensions = ["md"]
    package let summary = "tables for pull requests and notes"

    package var budgets: [BudgetOutcome]

    package init(budgets: [BudgetOutcome] = []) { self.budgets = budgets }

    package func encode(_ run: BenchmarkRun) -> [UInt8] {
        let heading = RunHeading(run)
        let tables = ResultTables(run)
        var blocks: [[String]] = []
        blocks.append(table(tables.costs))
        blocks.append(tables.costNotes.lines.map(Self.escaped))
        blocks.append(ScalingGroup.groups(run).map { "- " + Self.escaped($0.line) })
        blocks.append(table(tables.latencies))
        blocks.append(tables.latencyNotes.lines.map(Self.escaped))
        for result in run.results {
            guard let summary = CauseSummary(result) else { continue }
            blocks.append(["**\(Self.escaped(result.id.description))**: \(Self.escaped(summary.line))"])
            var causes = ReportTable(columns: [
                .init(title: "cause", isText: true), .init(title: "operations"), .init(title: "outliers"),
                .init(title: "share"), .init(title: "longest"), .init(title: "time lost"),
            ])
            causes.rows = summary.rows.map { [$0.title, $0.operations, $0.outliers, $0.share, $0.longest, $0.excess] }
            blocks.append(table(causes))
        }
        for result in run.results {
            guard let waterfall = RecordSummary(result)?.waterfall else { continue }
            blocks.append(["**\(Self.escaped(result.id.description))**: \(Self.escaped(waterfall.line))"])
            blocks.append(table(waterfall.table(barWidth: 20)))
        }
        blocks.append(
            run.results.compactMap { result in
                guard let line = RecordSummary(result)?.line, !line.isEmpty else { return nil }
                return "- " + Self.escaped("\(result.id): \(line)")
            })
        blocks.append(remarks(run))
        blocks.append([Self.escaped("Machine: \(heading.machine). \(Self.sentence(heading.limits))")])
        let text = blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
        return Array(text.utf8)
    }

    private func table(_ table: ReportTable) -> [String] {
        guard !table.rows.isEmpty else { return [] }
        func line(_ cells: [String]) -> String { "| " + cells.map(Self.escaped).joined(separator: " | ") + " |" }
        let rule = "|" + table.columns.map { $0.isText ? ":--|" : "--:|" }.joined()
        return [line(table.columns.map(\.title)), rule] + table.rows.map(line)
    }

    private func remarks(_ run: BenchmarkRun) -> [String] {
        var lines: [String] = []
        for result in run.results {
            if let failure = result.failure {
                lines.append("- **failed** \(Self.escaped("\(result.id): \(failure.text)"))")
            }
            lines += result.warnings.map { "- warning \(Self.escaped("\(result.id): \($0.text)"))" }
        }
        for budget in budgets {
            let verdict = budget.verdict == .missed ? "**missed**" : budget.verdict.rawValue
            lines.append("- budget \(verdict) \(Self.escaped("\(budget.id): \(budget.text)"))")
        }
        return lines
    }

    private static func sentence(_ parts: [String]) -> String {
        guard let first = parts.first else { return "" }
        return first.prefix(1).uppercased() + ([String(first.dropFirst())] + parts.dropFirst()).joined(separator: "; ")
            + "."
    }

    /// Characters that mean something in GitHub's Markdown or in HTML, escaped by a backslash; line breaks are spaces.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "|", "<", ">", "[", "]", "#", "~", "&", "@":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
