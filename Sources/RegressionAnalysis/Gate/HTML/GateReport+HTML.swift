internal import BenchmarkSuites
internal import Benchmarking
internal import ProfileFormats
internal import Statistics

extension GateReport {
    /// One page for any browser, without scripts and without anything from outside: what matters first.
    package func html() -> String {
        let title = XMLText.escaped("Regressions against \(PlainText.of(baselineName, limit: 200))")
        let style = hasRegressed ? "bad" : toleranceErrors.isEmpty ? "good" : "warn"
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title)</title>
            <style>
            \(GatePageStyle.text)
            </style>
            </head>
            <body>
            <h1>\(title)</h1>
            <p class="verdict \(style)">\(XMLText.escaped(summary))</p>
            <p class="muted">\(XMLText.escaped(origin))</p>

            """
        page += remarksHTML
        let exact = deciding.filter { $0.basis == .exact && $0.verdict == .same }
        let shown = deciding.filter { !($0.basis == .exact && $0.verdict == .same) }
        let notable = shown.filter { $0.verdict != .same }.sorted { Self.rank($0) < Self.rank($1) }
        let same = shown.filter { $0.verdict == .same }
        if !shown.isEmpty {
            page += "<p class=\"muted\">Right is worse. The band is what is tolerated, equally wide in each row; the "
            page += "stroke is no change, the dot the change, the bar its 95&nbsp;% interval.</p>\n"
        }
        if !notable.isEmpty {
            page += "<h2>Changed or not resolved</h2>\n" + Self.table(notable)
            let notes = notable.filter { !$0.isToleranceBelowNoise && !GateWording(finding: $0).remark.isEmpty }
            let items = notes.map { "<li>\(XMLText.escaped(Self.remark($0)))</li>\n" }
            if !items.isEmpty { page += "<ul class=\"remarks muted\">\n" + items.joined() + "</ul>\n" }
        }
        for attribution in attributions { page += Self.section(attribution) }
        if !same.isEmpty { page += "<h2>The same within tolerance</h2>\n" + Self.table(same) }
        if !exact.isEmpty {
            page += "<details><summary>\(exact.count) exact counts that are the same as before</summary>\n"
            page += Self.table(exact) + "</details>\n"
        }
        let others = findings.filter { !$0.gates }
        if !others.isEmpty {
            page += "<details><summary>\(others.count) metrics that decide nothing</summary>\n"
            page += Self.table(others) + "</details>\n"
        }
        return page + "</body>\n</html>\n"
    }

    /// What is worst first.
    private static func rank(_ finding: GateFinding) -> Int {
        switch finding.verdict {
        case .regressed: 0
        case .notResolved: finding.isToleranceBelowNoise ? 1 : finding.excludesRegression ? 3 : 2
        case .improved: 4
        case .same: 5
        }
    }

    private static func remark(_ finding: GateFinding) -> String {
        let id = PlainText.of(finding.id.description, limit: 200)
        return "\(id), \(finding.metric.id): \(GateWording(finding: finding).remark)"
    }

    private var origin: String {
        func time(_ nanoseconds: Int64) -> String? {
            nanoseconds > 0 ? CalendarText.utc(seconds: nanoseconds / 1_000_000_000, separator: " ") + " UTC" : nil
        }
        let parts = [
            PlainText.of(candidateTool), hostname.isEmpty ? nil : PlainText.of(hostname),
            time(candidateStartedAtNanoseconds).map { "measured \($0)" },
            time(baselineStartedAtNanoseconds).map { "baseline \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: " · ")
    }

    private var remarksHTML: String {
        var lines: [(style: String, head: String, text: String)] = []
        lines += failures.map { ("bad", "failed", Self.line($0)) }
        lines += toleranceErrors.map { ("warn", "error", Self.remark($0)) }
        lines += unjudged.map { ("warn", "not compared", Self.line($0)) }
        lines += added.map { ("muted", "new", PlainText.of($0.description, limit: 200)) }
        lines += warnings.map { ("warn", "warning", $0) }
        guard !lines.isEmpty else { return "" }
        let items = lines.map { line in
            "<li><b class=\"\(line.style)\">\(line.head)</b> \(XMLText.escaped(line.text))</li>\n"
        }
        return "<ul class=\"remarks\">\n" + items.joined() + "</ul>\n"
    }

    // MARK: Tables

    private static func table(_ findings: [GateFinding]) -> String {
        let titles = [
            ("benchmark", true), ("metric", true), ("verdict", true), ("before", false), ("now", false),
            ("change", false), ("better · worse", true), ("95 % interval", false), ("tolerance", false),
            ("smallest visible", false),
        ]
        return HTMLRows.table(
            titles,
            findings.map { finding in
                let wording = GateWording(finding: finding)
                let style = style(finding)
                let mark = finding.verdict == .regressed ? "▲ " : finding.verdict == .improved ? "▼ " : ""
                return [
                    .text(PlainText.of(finding.id.description, limit: 200)), .text(finding.metric.id),
                    .styled(mark + wording.verdict, style), .text(wording.before), .text(wording.now),
                    .text(wording.change), .markup(plot(finding, wording, style)), .text(wording.interval),
                    .text(wording.tolerance), .text(wording.smallestVisible),
                ]
            })
    }

    private static func style(_ finding: GateFinding) -> String {
        guard finding.gates else { return "muted" }
        switch finding.verdict {
        case .regressed: return "bad"
        case .improved: return "good"
        case .notResolved: return finding.excludesRegression ? "calm" : "warn"
        case .same: return "calm"
        }
    }

    /// In tolerances, so that every row's band is equally wide; three to each side.
    private static func plot(_ finding: GateFinding, _ wording: GateWording, _ style: String) -> String {
        guard let change = finding.change, change.isFinite else { return "" }
        let sign = finding.metric.polarity == .higherIsBetter ? -1.0 : 1.0
        let interval = finding.interval
        // Without a tolerance every change is beyond the picture.
        let unit = finding.tolerance > 0 ? finding.tolerance : 1e-12
        let ends = [interval?.lower ?? change, interval?.upper ?? change].map { $0 * sign / unit }
        return IntervalPlot(limit: 3, band: finding.tolerance > 0 ? 1 : nil).svg(
            change * sign / unit, ends.min()!, ends.max()!, style: style,
            hint: "\(wording.change), 95 % interval \(wording.interval), tolerance \(wording.tolerance)")
    }

    private static func section(_ attribution: Attribution) -> String {
        let text = AttributionText(attribution: attribution)
        let rows = text.shownRows
        var ends: [Double] = []
        for cost in rows.compactMap(\.cost) {
            ends += [cost.difference, cost.interval?.lower ?? 0, cost.interval?.upper ?? 0]
        }
        let limit = 1.05 * max(ends.map(\.magnitude).max() ?? 0, .leastNormalMagnitude)
        var titles = AttributionText.columns.map { ($0, $0 == "function" || $0 == "finding") }
        titles.insert(("less · more", true), at: 2)
        let table = HTMLRows.table(
            titles,
            zip(rows, text.rows).map { row, cells in
                let style =
                    switch row.finding {
                    case .grown, .new: "bad"
                    case .instructions: (row.instructions?.change ?? 0) > 0 ? "bad" : "good"
                    case .shrunk, .vanished: "good"
                    case .moved: "warn"
                    case .notResolved: "calm"
                    }
                var content = cells.enumerated().map { index, cell in
                    index == 1 ? HTMLRows.Cell.styled(cell, style) : .text(cell)
                }
                let picture = row.cost.map { cost in
                    IntervalPlot(limit: limit, band: nil).svg(
                        cost.difference, cost.interval?.lower ?? cost.difference,
                        cost.interval?.upper ?? cost.difference, style: style, hint: "\(cells[4]) (\(cells[5]))")
                }
                content.insert(.markup(picture ?? ""), at: 2)
                return content
            })
        let remarks = text.remarks.map { "<li>\(XMLText.escaped($0))</li>\n" }.joined()
        return "<h2>\(XMLText.escaped(text.title))</h2>\n\(table)<ul class=\"remarks muted\">\n\(remarks)</ul>\n"
    }
}

/// Rows of a page's table.
private enum HTMLRows {
    enum Cell {
        case text(String)
        case styled(String, String)
        /// Markup of our own.
        case markup(String)
    }

    /// - Parameter titles: each with whether its column is text.
    static func table(_ titles: [(String, Bool)], _ rows: [[Cell]]) -> String {
        func style(_ column: Int) -> String { titles[column].1 ? " class=\"t\"" : "" }
        var text = "<div class=\"scroll\"><table>\n<thead><tr>"
        for column in titles.indices {
            text += "<th scope=\"col\"\(style(column))>\(XMLText.escaped(titles[column].0))</th>"
        }
        text += "</tr></thead>\n<tbody>\n"
        for row in rows {
            text += "<tr>"
            for (column, cell) in row.enumerated() {
                let content =
                    switch cell {
                    case .text(let text): XMLText.escaped(text)
                    case .styled(let text, let style): "<b class=\"\(style)\">\(XMLText.escaped(text))</b>"
                    case .markup(let markup): markup
                    }
                text += "<td\(style(column))>\(content)</td>"
            }
            text += "</tr>\n"
        }
        return text + "</tbody></table></div>\n"
    }
}

/// The style sheet inside the page, light and dark.
private enum GatePageStyle {
    static let text = """
        :root{--page:#fff;--ink:#1b1e25;--muted:#5b6270;--line:#d9dce3;--strip:#e9ebf0;--calm:#0b57d0;\
        --bad:#b3261e;--warn:#8a5a00;--good:#146c2e;color-scheme:light dark}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1400px;padding:28px 20px 60px;background:var(--page);color:var(--ink);\
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        h1{font-size:24px;margin:0 0 4px;overflow-wrap:anywhere}
        h2{font-size:18px;margin:34px 0 4px;overflow-wrap:anywhere}
        p{margin:4px 0}
        .verdict{font-size:17px;font-weight:600}
        .muted{color:var(--muted);font-size:13px}
        .remarks{margin:8px 0 0;padding:0;list-style:none;font-size:14px}
        .remarks li{overflow-wrap:anywhere}
        .remarks b{margin-right:6px}
        b{font-weight:600}
        .bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--good)}.calm{color:var(--ink)}
        td b.calm{font-weight:400}
        .scroll{overflow-x:auto;margin-top:8px}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}
        th,td{padding:4px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
        th{font-weight:600;color:var(--muted)}
        th:first-child,td:first-child{padding-left:0}
        td:first-child{max-width:400px;overflow:hidden;text-overflow:ellipsis}
        .t{text-align:left}
        svg.plot{display:block;width:220px;height:22px}
        .band{fill:var(--strip)}
        .zero{stroke:var(--muted);stroke-width:1}
        .plot .range{stroke-width:2;stroke:var(--calm)}
        .plot circle,.plot path{fill:var(--calm)}
        .plot.bad .range{stroke:var(--bad)}.plot.bad circle,.plot.bad path{fill:var(--bad)}
        .plot.good .range{stroke:var(--good)}.plot.good circle,.plot.good path{fill:var(--good)}
        .plot.warn .range{stroke:var(--warn)}.plot.warn circle,.plot.warn path{fill:var(--warn)}
        .plot.muted .range{stroke:var(--muted)}.plot.muted circle,.plot.muted path{fill:var(--muted)}
        details{margin-top:26px}
        summary{cursor:pointer;color:var(--muted)}
        @media screen and (prefers-color-scheme:dark){
        :root{--page:#14161b;--ink:#e8eaf0;--muted:#a2a9b8;--line:#343a47;--strip:#2a2f3a;--calm:#8ab4f8;\
        --bad:#ff8a80;--warn:#f5c26b;--good:#7ed491}
        }
        @media print{body{max-width:none}table{break-inside:avoid}}
        """
}
