internal import BenchmarkSuites
internal import Benchmarking

extension GateReport {
    /// For a pull request: what changed first, the rest folded away.
    package func markdown() -> String {
        let escaped = BenchmarkMarkdownFormat.escaped
        let notable = deciding.filter { $0.verdict != .same }
        let mark = hasRegressed ? "❌" : toleranceErrors.isEmpty ? "✅" : "⚠️"
        var blocks = ["### \(mark) \(escaped(summary))\n"]
        if !notable.isEmpty { blocks.append(Self.table(notable)) }
        for attribution in attributions {
            let text = AttributionText(attribution: attribution)
            blocks.append("#### \(escaped(text.title))\n")
            func line(_ cells: [String]) -> String { "| " + cells.map(escaped).joined(separator: " | ") + " |\n" }
            blocks.append(
                line(AttributionText.columns) + "|:--|:--|--:|--:|--:|--:|--:|\n" + text.rows.map(line).joined())
            blocks.append(text.remarks.map { "- \(escaped($0))\n" }.joined())
        }
        var remarks: [String] = failures.map { "- **failed** \(escaped(Self.line($0)))" }
        for finding in notable {
            let remark = GateWording(finding: finding).remark
            guard !remark.isEmpty else { continue }
            let word = finding.isToleranceBelowNoise ? "**error** " : ""
            remarks.append("- \(word)\(escaped("\(finding.id), \(finding.metric.id): \(remark)"))")
        }
        remarks += unjudged.map { "- not compared: \(escaped(Self.line($0)))" }
        remarks += added.map { "- new: \(escaped($0.description))" }
        remarks += warnings.map { "- warning: \(escaped($0))" }
        if !remarks.isEmpty { blocks.append(remarks.joined(separator: "\n") + "\n") }
        let same = deciding.filter { $0.verdict == .same }
        if !same.isEmpty {
            blocks.append("<details><summary>\(same.count) the same within tolerance</summary>\n")
            blocks.append(Self.table(same))
            blocks.append("</details>\n")
        }
        return blocks.joined(separator: "\n")
    }

    private static func table(_ findings: [GateFinding]) -> String {
        let titles = [
            "benchmark", "metric", "verdict", "before", "now", "change", "95 % interval", "tolerance",
            "smallest visible",
        ]
        func line(_ cells: [String]) -> String {
            "| " + cells.map(BenchmarkMarkdownFormat.escaped).joined(separator: " | ") + " |\n"
        }
        var text = line(titles) + "|:--|:--|:--|--:|--:|--:|--:|--:|--:|\n"
        for finding in findings {
            let wording = GateWording(finding: finding)
            text += line([
                finding.id.description, finding.metric.id, wording.verdict, wording.before, wording.now, wording.change,
                wording.interval, wording.tolerance, wording.smallestVisible,
            ])
        }
        return text
    }
}
