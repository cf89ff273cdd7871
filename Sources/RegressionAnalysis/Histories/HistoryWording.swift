internal import Benchmarking
internal import BenchmarkSuites
internal import ProfileFormats
internal import Statistics

/// Numbers and places of a history as people read them, the same in every format.
struct HistoryWording {
    let history: SeriesHistory

    private var kind: UnitText.Kind { UnitText.kind(of: history.series.metric) }
    private var metric: BenchmarkMetric { history.series.metric }

    /// What tells the series from others of the same benchmark; empty parts are left out.
    func name(showsMachine: Bool) -> String {
        var parts = [PlainText.of(history.series.benchmark.description, limit: 200), metric.id]
        if let branch = history.series.branch { parts.append("on \(PlainText.of(branch, limit: 100))") }
        if showsMachine { parts.append("machine \(history.series.machine.number)") }
        return parts.joined(separator: " · ")
    }

    func value(_ value: Double) -> String {
        UnitText.text(value, kind, uncertainty: metric.isDeterministic ? 0 : uncertainty)
    }

    /// A tenth of what single values scatter by.
    private var uncertainty: Double? { history.noise > 0 ? history.noise / 10 : nil }

    /// `104.2 ns ± 0.3 ns`
    var newest: String {
        guard let level = history.levels.last, level.median.isFinite else { return "–" }
        let text = UnitText.text(
            level.median, kind,
            uncertainty: metric.isDeterministic ? 0 : level.interval.map(\.halfWidth).flatMap { $0 > 0 ? $0 : nil })
        guard let half = level.interval?.halfWidth, half > 0, !metric.isDeterministic,
            let spread = UnitText.uncertainty(half, of: level.median, kind)
        else { return text }
        return "\(text) ± \(spread)"
    }

    /// `no trend`, or `rising 1.2 % in 100 runs (0.4 … 2.1 %)`
    var trend: String {
        let trend = history.trend
        let count = history.series.points.count
        if count < 2 * HistoryDetector.shortestLevel, history.steps.isEmpty {
            return "too few runs to tell a step, which takes \(2 * HistoryDetector.shortestLevel)"
        }
        if history.series.points.allSatisfy({ $0.value == history.series.points[0].value }) { return "always the same" }
        switch trend.verdict {
        case .none: return "no trend"
        case .tooFew:
            let count = history.levels.last?.range.count ?? count
            return "\(count) run\(count == 1 ? "" : "s") at this level, too few for a trend"
        case .rising, .falling:
            guard let slope = trend.slope, let interval = trend.interval, let level = history.levels.last?.median
            else { return "no trend" }
            let unit = level == 0 ? 1 : abs(level)
            func share(_ value: Double) -> String {
                level == 0 ? self.value(abs(value) * 100) : Self.percent(abs(value) / unit)
            }
            let ends = [interval.lower, interval.upper].sorted { abs($0) < abs($1) }
            return "\(trend.verdict.rawValue) \(share(slope)) in 100 runs (\(share(ends[0])) … \(share(ends[1])))"
        }
    }

    /// A slope's share in 100 runs.
    private static func percent(_ share: Double) -> String { magnitude(share * 100) + " %" }

    func change(_ step: HistoryStep) -> String {
        guard let share = step.share else { return "\(value(step.before)) → \(value(step.after))" }
        return Self.signed(share)
    }

    static func signed(_ share: Double) -> String {
        let text = magnitude(abs(share))
        return text == "0" ? "0 %" : (share > 0 ? "+" : "−") + text + " %"
    }

    static func probability(_ step: HistoryStep) -> String {
        guard let p = step.pValue else { return "exact" }
        guard p >= 1e-6 else { return "p < 1e-6" }
        return p < 0.001 ? "p < 0.001" : "p = \(NumberText.fixed(p, decimals: 3))"
    }

    /// `between 1a2b3c4 and 5d6e7f8`
    static func place(_ step: HistoryStep) -> String { place(step.lastBefore, step.firstAfter) }

    static func place(_ before: StoredPoint, _ after: StoredPoint) -> String {
        if let commit = before.commit, commit == after.commit {
            return "within \(short(commit)): the machine, not the source"
        }
        return "between \(name(before)) and \(name(after))"
    }

    static func name(_ point: StoredPoint) -> String { point.commit.map(short) ?? "run \(point.run)" }

    /// Identifiers of git are cut, other words are not.
    static func short(_ commit: String) -> String {
        let isHex = commit.utf8.count >= 40 && commit.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        return PlainText.of(isHex ? String(commit.prefix(9)) : commit)
    }

    /// A share as per cent: to a hundredth below ten, coarser above, with two digits where it is tiny.
    private static func magnitude(_ share: Double) -> String {
        let percent = share * 100
        guard percent.isFinite, percent < 1e9 else { return "∞" }
        let decimals = percent < 0.01 ? 4 : percent < 10 ? 2 : percent < 100 ? 1 : 0
        var text = NumberText.fixed(percent, decimals: decimals)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
