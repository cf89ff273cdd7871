internal import BenchmarkSuites
internal import Benchmarking

extension GateReport {
    /// A report for a terminal.
    /// - Parameters:
    ///   - width: columns that lines may have; nil for any.
    ///   - showsAll: whether metrics that decide nothing are shown, too.
    package func text(width: Int? = nil, usesColor: Bool = false, showsAll: Bool = false) -> String {
        let style = TextStyle(usesColor: usesColor)
        var lines: [String] = []
        // Counts that did not change are most of a suite, and need no lines.
        let shown = findings.filter { showsAll || $0.gates && !($0.basis == .exact && $0.verdict == .same) }
        let unchanged = deciding.count { finding in !shown.contains(finding) }
        var table = ReportTable(columns: [
            .init(title: "benchmark", isText: true), .init(title: "metric", isText: true),
            .init(title: "verdict", isText: true), .init(title: "before"), .init(title: "now"),
            .init(title: "change"), .init(title: "95 % interval", expendability: 1),
            .init(title: "tolerance", expendability: 2), .init(title: "smallest visible", expendability: 3),
        ])
        table.rows = shown.map { finding in
            let wording = GateWording(finding: finding)
            return [
                PlainText.of(finding.id.description, limit: 200), finding.metric.id,
                wording.verdict + (finding.gates ? "" : " (shown only)"), wording.before, wording.now, wording.change,
                wording.interval, wording.tolerance, wording.smallestVisible,
            ]
        }
        if !shown.isEmpty {
            let text = TextTable(table: table, width: width).lines()
            lines.append(style(text.head, .bold))
            for (finding, row) in zip(shown, text.rows) {
                lines.append(Self.color(finding).map { style(row, $0) } ?? row)
            }
            if !text.omitted.isEmpty {
                lines.append(style("left out for want of width: \(text.omitted.joined(separator: ", "))", .faint))
            }
            lines.append("")
        }
        for attribution in attributions {
            let text = AttributionText(attribution: attribution)
            lines.append(style(text.title, .bold))
            let table = TextTable(table: text.table(), width: width).lines()
            lines.append(table.head)
            lines += table.rows
            lines += text.remarks.map { style($0, .faint) } + [""]
        }
        if unchanged > 0 {
            let counts = unchanged == 1 ? "1 exact count that is" : "\(unchanged) exact counts that are"
            lines.append("not shown \(counts) the same as before")
        }
        for failure in failures { lines.append(style("failed    \(Self.line(failure))", .red)) }
        for finding in shown {
            let remark = GateWording(finding: finding).remark
            guard !remark.isEmpty, finding.gates || showsAll else { continue }
            let word = finding.isToleranceBelowNoise && finding.gates ? "error   " : "note    "
            let id = PlainText.of(finding.id.description, limit: 200)
            lines.append(style("\(word)  \(id), \(finding.metric.id): \(remark)", .yellow))
        }
        for remark in unjudged { lines.append(style("skipped   \(Self.line(remark))", .yellow)) }
        for id in added { lines.append("new       \(PlainText.of(id.description, limit: 200))") }
        for warning in warnings { lines.append(style("warning   \(warning)", .yellow)) }
        lines.append(style(summary, hasRegressed ? .red : toleranceErrors.isEmpty ? .green : .yellow))
        return lines.map { $0 + "\n" }.joined()
    }

    static func line(_ remark: Remark) -> String {
        "\(PlainText.of(remark.id.description, limit: 200)): \(remark.text)"
    }

    private static func color(_ finding: GateFinding) -> TextStyle.Emphasis? {
        guard finding.gates else { return .faint }
        switch finding.verdict {
        case .regressed: return .red
        case .improved: return .green
        case .notResolved: return finding.excludesRegression ? nil : .yellow
        case .same: return nil
        }
    }
}
