internal import BenchmarkSuites
internal import Benchmarking
internal import Statistics

extension HistoryOverview {
    /// A report for a terminal: each series with its steps, then the alerts, then a summary.
    /// - Parameter width: columns of the terminal.
    package func text(width: Int = 80, usesColor: Bool = false) -> String {
        let style = TextStyle(usesColor: usesColor)
        let machines = machines
        var lines: [String] = []
        if machines.count > 1 {
            lines += machines.map { "machine \($0.number)  \($0.title)" } + [""]
        }
        // Nothing is to be seen of what never happened; a pattern that means just that gets it nevertheless.
        let quiet = histories.map { history in history.series.points.allSatisfy { $0.value == 0 } }
        let folds = quiet.contains(false)
        for (index, history) in histories.enumerated() where !folds || !quiet[index] {
            lines += block(index, history, showsMachine: machines.count > 1, width: width, style) + [""]
        }
        if folds, quiet.contains(true) {
            let count = quiet.count { $0 }
            lines += [
                style(
                    "not shown \(count) count\(count == 1 ? "" : "s") that \(count == 1 ? "was" : "were") always 0",
                    .faint), "",
            ]
        }
        let shown = alerts.filter { $0.state != .resolved }
        if !shown.isEmpty {
            lines += shown.flatMap { alertLines($0, style) } + [""]
        }
        for note in notes { lines.append(style("note      \(note)", .yellow)) }
        lines.append(style(summary, openRegressions.isEmpty ? .green : .red))
        return lines.map { $0 + "\n" }.joined()
    }

    private func block(
        _ index: Int, _ history: SeriesHistory, showsMachine: Bool, width: Int, _ style: TextStyle
    ) -> [String] {
        let wording = HistoryWording(history: history)
        let values = history.series.points.map(\.value)
        var lines = [style(wording.name(showsMachine: showsMachine), .bold)]
        let spark = Sparkline(
            values, changes: history.steps.map(\.index), levels: span(history), width: max(20, min(width, 120) - 2))
        lines.append("  \(spark.line)")
        if !history.steps.isEmpty { lines.append("  \(spark.marks)") }
        let count = values.count
        let runs = "\(count) run\(count == 1 ? "" : "s")" + (history.series.isCut ? ", older ones left out" : "")
        lines.append("  \(wording.newest), \(wording.trend); \(runs)")
        for (number, step) in history.steps.enumerated() {
            let alert = alert(history: index, step: number).map { ", alert \($0.id)" } ?? ""
            let line =
                "  \(Self.word(step)) \(wording.change(step)) \(HistoryWording.place(step)), "
                + "\(HistoryWording.probability(step))\(alert)"
            lines.append(style(line, step.direction == .worse ? .red : .green))
        }
        for warning in history.warnings { lines.append(style("  note: \(warning.description)", .faint)) }
        return lines
    }

    /// All levels and three deviations around them.
    private func span(_ history: SeriesHistory) -> ClosedRange<Double>? {
        let medians = history.levels.map(\.median).filter(\.isFinite)
        guard history.noise > 0, let least = medians.min(), let greatest = medians.max() else { return nil }
        return (least - 3 * history.noise)...(greatest + 3 * history.noise)
    }

    static func word(_ step: HistoryStep) -> String {
        switch step.direction {
        case .worse: "worse"
        case .better: "better"
        case .neither: "changed"
        }
    }

    // MARK: Alerts

    private func alertLines(_ alert: HistoryAlert, _ style: TextStyle) -> [String] {
        let color: TextStyle.Emphasis =
            alert.state != .open ? .faint : alert.isRegression ? .red : .green
        return [style("alert \(alert.id)  \(Self.state(alert))  \(what(alert))", color)]
            + (decision(alert).map { ["               \($0)"] } ?? [])
    }

    /// `open regression`
    static func state(_ alert: HistoryAlert) -> String {
        let noun = alert.isRegression ? "regression" : "improvement"
        return alert.state == .open ? "open \(noun)" : "\(alert.state.rawValue) \(noun)"
    }

    /// How much, where, and how sure.
    func what(_ alert: HistoryAlert) -> String {
        guard let member = largest(alert) else { return "" }
        let others = alert.members.count - 1
        let wording = HistoryWording(history: history(member))
        let more = others > 0 ? " and \(others) more" : ""
        let id = PlainText.of(history(member).series.benchmark.description, limit: 200)
        return "\(id) \(history(member).series.metric.id) \(wording.change(step(member)))\(more), \(place(alert)), "
            + HistoryWording.probability(step(member))
    }

    /// `between a and b, 3 commits on main`
    func place(_ alert: HistoryAlert) -> String {
        let (before, after) = bounds(alert)
        let branch = alert.branch.map { " on \(PlainText.of($0, limit: 100))" } ?? ""
        let count = commitCounts[alert.id].map { ", \($0) commit\($0 == 1 ? "" : "s")" } ?? ""
        return HistoryWording.place(before, after) + count + branch
    }

    /// What was decided, and until when.
    func decision(_ alert: HistoryAlert) -> String? {
        let reason = alert.reason.map { PlainText.of($0, limit: 200) } ?? ""
        let time = alert.expiresAtNanoseconds.map {
            CalendarText.utc(seconds: $0 / 1_000_000_000, separator: " ") + " UTC"
        }
        if alert.isExpired { return "acknowledged until \(time ?? "now"): \(reason)" }
        guard alert.state == .acknowledged || alert.state == .resolved else { return nil }
        let until = alert.state == .acknowledged ? time.map { " until \($0)" } ?? "" : ""
        let text = "\(alert.state.rawValue)\(until)"
        return reason.isEmpty ? text : "\(text): \(reason)"
    }
}
