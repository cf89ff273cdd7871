internal import BenchmarkSuites
internal import Benchmarking
internal import ProfileFormats
internal import Statistics

extension HistoryOverview {
    /// One page for any browser, without scripts and without anything from outside.
    package func html(title: String = "History") -> String {
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(XMLText.escaped(title))</title>
            <style>
            \(BenchmarkHTMLStyle.text)
            \(Self.style)
            </style>
            </head>
            <body>
            <h1>\(XMLText.escaped(title))</h1>
            <p class="\(openRegressions.isEmpty ? "good" : "bad")">\(XMLText.escaped(summary))</p>

            """
        for machine in machines {
            let number = machines.count > 1 ? "Machine \(machine.number)" : "Machine"
            page += "<p class=\"muted\">\(number): \(XMLText.escaped(machine.title))</p>\n"
        }
        for note in notes { page += "<p class=\"warn\">\(XMLText.escaped(note))</p>\n" }
        page += alertTable()
        page += Self.legend
        let showsMachine = machines.count > 1
        for index in histories.indices { page += section(index, showsMachine: showsMachine) }
        return page + "</body>\n</html>\n"
    }

    // MARK: Alerts

    private func alertTable() -> String {
        guard !alerts.isEmpty else { return "" }
        var text = """
            <div class="scroll"><table>
            <thead><tr><th class="t" scope="col">alert</th><th class="t" scope="col">state</th>\
            <th class="t" scope="col">series</th><th scope="col">change</th><th class="t" scope="col">place</th>\
            <th class="t" scope="col">certainty</th></tr></thead>
            <tbody>

            """
        for alert in alerts {
            let style = alert.state != .open ? "muted" : alert.isRegression ? "bad" : "good"
            for (number, member) in alert.members.enumerated() {
                let (history, step) = (history(member), step(member))
                let wording = HistoryWording(history: history)
                let name = wording.name(showsMachine: machines.count > 1)
                let state = [Self.state(alert), decision(alert)].compactMap(\.self)
                let cells = [
                    number == 0 ? "<code>\(alert.id)</code>" : "",
                    number == 0
                        ? "<span class=\"\(style)\">\(XMLText.escaped(state.joined(separator: " – ")))</span>" : "",
                    "<a href=\"#s\(member.history + 1)\">\(XMLText.escaped(name))</a>",
                    XMLText.escaped(wording.change(step)),
                    number == 0 ? XMLText.escaped(place(alert)) : "", HistoryWording.probability(step),
                ]
                let row = cells.enumerated().map { index, cell in
                    "<td\(index == 3 ? "" : index == 1 ? " class=\"t w\"" : " class=\"t\"")>\(cell.replacing("p < ", with: "p &lt; "))</td>"
                }
                text += "<tr>\(row.joined())</tr>\n"
            }
        }
        return text + "</tbody></table></div>\n"
    }

    // MARK: Series

    private func section(_ index: Int, showsMachine: Bool) -> String {
        let history = histories[index]
        let wording = HistoryWording(history: history)
        let count = history.series.points.count
        var text = "<h2 id=\"s\(index + 1)\">\(XMLText.escaped(wording.name(showsMachine: showsMachine)))</h2>\n"
        let left = history.series.isCut ? ", older ones left out" : ""
        text +=
            "<p>\(XMLText.escaped("\(wording.newest), \(wording.trend); \(count) run\(count == 1 ? "" : "s")\(left)"))</p>\n"
        for (number, step) in history.steps.enumerated() {
            let alert = alert(history: index, step: number).map { ", alert \($0.id)" } ?? ""
            let style = step.direction == .worse ? "bad" : step.direction == .better ? "good" : "muted"
            let line =
                "\(Self.word(step)) \(wording.change(step)) (\(wording.value(step.before)) → \(wording.value(step.after))) "
                + "\(HistoryWording.place(step)), \(HistoryWording.probability(step))\(alert)"
            text += "<p class=\"\(style)\">\(XMLText.escaped(line))</p>\n"
        }
        for warning in history.warnings {
            text += "<p class=\"muted\">\(XMLText.escaped(warning.description))</p>\n"
        }
        return text + "<figure>\n\(HistoryPlot.svg(history))</figure>\n"
    }

    private static let legend = """
        <ul class="legend"><li><i class="dot dashes-epoch"></i>run</li>\
        <li><i class="dash dashes-median"></i>level and its 95 % interval</li>\
        <li><i class="dash dashes-trend"></i>trend, where it is one</li>\
        <li><i class="dot step-worse"></i>step for the worse, where it lies with 95 %</li>\
        <li><i class="dot step-better"></i>step for the better</li></ul>

        """

    private static let style = """
        code{font:13px ui-monospace,"DejaVu Sans Mono",monospace}
        p{overflow-wrap:anywhere}
        .w{white-space:normal;min-width:160px;max-width:280px}
        .legend{margin-top:18px}
        .value{fill:var(--accent);fill-opacity:.75}
        .zone-worse{fill:var(--bad);fill-opacity:.2}.zone-better{fill:var(--good);fill-opacity:.2}
        .zone-neither{fill:var(--muted);fill-opacity:.2}
        .step-worse{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:4 3;background:var(--bad)}
        .step-better{stroke:var(--good);stroke-width:1.5;stroke-dasharray:4 3;background:var(--good)}
        .step-neither{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:4 3}
        .legend i.step-worse{background:var(--bad)}.legend i.step-better{background:var(--good)}
        .trend{fill:none;stroke:var(--third);stroke-width:2;stroke-dasharray:7 4}
        .dashes-trend{background:var(--third)}
        """
}

/// A series as dots with its levels, their intervals, and where its steps lie.
enum HistoryPlot {
    private static let mostDots = 2000

    static func svg(_ history: SeriesHistory) -> String {
        let points = history.series.points
        let values = points.map(\.value)
        let wording = HistoryWording(history: history)
        let (lower, upper) = range(history, values)
        let scale = PlotScale.linear(lower, upper)
        let unit = UnitText.Scale(max(abs(lower), abs(upper)), UnitText.kind(of: history.series.metric))
        let step = scale.ticks.count > 1 ? (scale.ticks[1] - scale.ticks[0]) / unit.divisor : 1
        var plot = Plot(
            title: "\(history.series.benchmark), \(history.series.metric.title) by run",
            x: PlotScale(
                lower: -0.5, upper: Double(values.count) - 0.5, isLogarithmic: false,
                ticks: PlotScale.linear(0, Double(max(1, values.count - 1)), tickCount: 8).ticks.filter {
                    $0 == $0.rounded()
                }),
            y: scale, xTitle: "run, in the order of commits",
            yTitle: history.series.metric.title + (unit.suffix.isEmpty ? "" : ",\(unit.suffix)"),
            xLabel: { index in
                let place = Int(index)
                guard points.indices.contains(place) else { return "" }
                return HistoryWording.name(points[place])
            },
            yLabel: { NumberText.fixed($0 / unit.divisor, decimals: decimals(step)) })
        for step in history.steps {
            let (low, high) = (Double(step.interval.lowerBound) - 1, Double(step.interval.upperBound))
            plot.zone(
                from: plot.pixelX(low), to: plot.pixelX(high), lower: scale.lower, upper: scale.upper,
                style: "zone-\(step.direction.rawValue)",
                hint: "\(wording.change(step)) \(HistoryWording.place(step)), \(HistoryWording.probability(step))")
            plot.stroke(
                plot.pixelX(Double(step.index) - 0.5), from: scale.lower, to: scale.upper,
                style: "step-\(step.direction.rawValue)")
        }
        for level in history.levels where level.median.isFinite {
            let (start, end) = (
                plot.pixelX(Double(level.range.lowerBound) - 0.5), plot.pixelX(Double(level.range.upperBound) - 0.5)
            )
            if let interval = level.interval, interval.halfWidth > 0 {
                plot.zone(
                    from: start, to: end, lower: interval.lower, upper: interval.upper, style: "band",
                    hint: "95 %: \(wording.value(interval.lower)) … \(wording.value(interval.upper))")
            }
            plot.bar(
                level.median, from: start, to: end, style: "median",
                hint: "\(wording.value(level.median)), \(level.range.count) runs")
        }
        draw(points, &plot, wording, scale)
        if history.trend.verdict == .rising || history.trend.verdict == .falling, let slope = history.trend.slope,
            let level = history.levels.last
        {
            let half = Double(level.range.count - 1) / 2
            let ends = [(Double(level.range.lowerBound), -half), (Double(level.range.upperBound - 1), half)]
            plot.line(
                ends.map { (plot.pixelX($0.0), plot.pixelY(level.median + slope * $0.1)) }, style: "trend")
        }
        return plot.svg()
    }

    private static func draw(
        _ points: [StoredPoint], _ plot: inout Plot, _ wording: HistoryWording, _ scale: PlotScale
    ) {
        let stride = max(1, points.count / mostDots)
        for index in Swift.stride(from: 0, to: points.count, by: stride) {
            let point = points[index]
            guard point.value.isFinite else { continue }
            let hint = "\(HistoryWording.name(point)): \(wording.value(point.value))"
            if point.value > scale.upper {
                plot.more(plot.pixelX(Double(index)), hint: hint)
            } else {
                plot.dot(
                    plot.pixelX(Double(index)), plot.pixelY(point.value), radius: points.count > 300 ? 1.6 : 2.4,
                    style: "value", hint: points.count > 500 ? nil : hint)
            }
        }
    }

    /// All levels with what scatters around them; one wild value does not flatten the rest.
    private static func range(_ history: SeriesHistory, _ values: [Double]) -> (Double, Double) {
        let finite = values.filter(\.isFinite).sorted()
        guard let least = finite.first, let greatest = finite.last else { return (0, 1) }
        var (low, high) = (least, greatest)
        let medians = history.levels.map(\.median).filter(\.isFinite)
        if history.noise > 0, let bottom = medians.min(), let top = medians.max() {
            low = max(low, bottom - 6 * history.noise)
            high = min(high, top + 6 * history.noise)
        }
        let margin = max((high - low) * 0.08, abs(high) * 0.002)
        return (low - margin, high + margin)
    }

    private static func decimals(_ step: Double) -> Int {
        var (decimals, scaled) = (0, step)
        while scaled < 0.9999, decimals < 6 {
            scaled *= 10
            decimals += 1
        }
        return decimals
    }
}
