package import Benchmarking
internal import ProfileFormats

/// One page with all numbers and their pictures, for any browser, without scripts and without anything from outside.
package struct BenchmarkHTMLFormat: BenchmarkFormat {
    package let name = "html"
    package let fileExtensions = ["html", "htm"]
    package let summary = "one page with distributions, percentile curves and causes; opens in any browser"

    package var budgets: [BudgetOutcome]
    /// Heading; nil says that these are benchmarks.
    package var title: String?

    package init(budgets: [BudgetOutcome] = [], title: String? = nil) {
        self.budgets = budgets
        self.title = title
    }

    package func encode(_ run: BenchmarkRun) -> [UInt8] {
        let title = XMLText.escaped(self.title ?? "Benchmarks")
        let heading = RunHeading(run)
        let tables = ResultTables(run)
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title)</title>
            <style>
            \(BenchmarkHTMLStyle.text)
            </style>
            </head>
            <body>
            <h1>\(title)</h1>
            <p class="muted">\(XMLText.escaped(([run.tool] + [heading.date].compactMap { $0 }).joined(separator: " · ")))</p>
            <p class="muted">Machine: \(XMLText.escaped(heading.machine))</p>

            """
        if !heading.limits.isEmpty {
            page += "<p class=\"muted\">Limits: \(XMLText.escaped(heading.limits.joined(separator: "; ")))</p>\n"
        }
        page += HTMLTable.text(tables.costs, notes: tables.costNotes, links: links(run))
        page += HTMLTable.text(tables.latencies, notes: tables.latencyNotes, links: links(run))
        page += remarks(run)
        for group in ScalingGroup.groups(run) { page += section(group) }
        for (index, result) in run.results.enumerated() { page += section(result, number: index + 1) }
        return Array((page + "</body>\n</html>\n").utf8)
    }

    private func links(_ run: BenchmarkRun) -> [String: String] {
        let pairs = run.results.enumerated().map { ($1.id.description, "#b\($0 + 1)") }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private func remarks(_ run: BenchmarkRun) -> String {
        var lines = ""
        func add(_ style: String, _ head: String, _ text: String) {
            lines += "<p><span class=\"\(style)\">\(head)</span> \(XMLText.escaped(text))</p>\n"
        }
        for result in run.results {
            if let failure = result.failure { add("bad", "failed", "\(result.id): \(failure.text)") }
        }
        for result in run.results {
            for warning in result.warnings { add("warn", "warning", "\(result.id): \(warning.text)") }
        }
        for budget in budgets {
            let style = budget.verdict == .kept ? "good" : budget.verdict == .missed ? "bad" : "warn"
            add(style, "budget \(budget.verdict.rawValue)", "\(budget.id): \(budget.text)")
        }
        return lines.isEmpty ? "" : "<h3>Remarks</h3>\n" + lines
    }

    private func section(_ group: ScalingGroup) -> String {
        guard let svg = ScalingPlot.svg(group) else { return "" }
        return """
            <h2>\(XMLText.escaped(group.name)) by size</h2>
            <p>\(XMLText.escaped(group.line))</p>
            <div class="plots"><figure>
            \(svg)</figure></div>

            """
    }

    private func section(_ result: BenchmarkResult, number: Int) -> String {
        var text = "<h2 id=\"b\(number)\">\(XMLText.escaped(result.id.description))</h2>\n"
        if let failure = result.failure { text += "<p class=\"bad\">\(XMLText.escaped(failure.text))</p>\n" }
        text += facts(result)
        if let line = RecordSummary(result)?.line, !line.isEmpty { text += "<p>\(XMLText.escaped(line))</p>\n" }
        var figures = ""
        if let svg = EpochPlot.svg(result) {
            figures += HTMLFigure.text("Epochs by process", svg, legend: HTMLFigure.epochLegend(result))
        }
        if let svg = LatencyPlot.svg(result) {
            let curves = LatencySummary.curves(result).map { ("dash \($0.title)", HTMLFigure.curveTitle($0.title)) }
            figures += HTMLFigure.text("Latency by percentile", svg, legend: curves)
        }
        if let svg = OutlierPlot.svg(result) {
            let causes = OutlierPlot.legend(result).map { ("dot \(CausePalette.style($0))", $0.title) }
            figures += HTMLFigure.text("Slow operations by cause", svg, legend: causes)
        }
        if let waterfall = RecordSummary(result)?.waterfall {
            figures += HTMLFigure.text("Stages of an average operation", WaterfallPlot.svg(waterfall), legend: [])
        }
        if !figures.isEmpty { text += "<div class=\"plots\">\n\(figures)</div>\n" }
        if let waterfall = RecordSummary(result)?.waterfall {
            text += "<h3>Stages</h3>\n<p>\(XMLText.escaped(waterfall.line))</p>\n"
            text += HTMLTable.text(waterfall.table(barWidth: 0).withoutEmptyColumns(), notes: Footnotes())
        }
        if let causes = CauseSummary(result) {
            text += "<h3>Causes</h3>\n<p>\(XMLText.escaped(causes.line))</p>\n" + HTMLTable.text(causes)
        }
        return text
    }

    /// Every metric that has a value, large.
    private func facts(_ result: BenchmarkResult) -> String {
        var facts = result.series.compactMap { series -> (String, String, String?)? in
            guard let summary = MetricSummary(series) else { return nil }
            return (summary.metric.title, summary.text, summary.halfWidthText)
        }
        facts += ThroughputSummary.rates(result).map { ("Throughput", $0.text, nil) }
        guard !facts.isEmpty else { return "" }
        let items = facts.map { title, value, spread in
            let spread = spread.map { " <small>± \(XMLText.escaped($0))</small>" } ?? ""
            return "<div><dt>\(XMLText.escaped(title))</dt><dd>\(XMLText.escaped(value))\(spread)</dd></div>"
        }
        return "<dl class=\"facts\">\(items.joined())</dl>\n"
    }
}
