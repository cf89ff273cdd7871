internal import BenchmarkSuites
internal import Benchmarking
internal import FoundationEssentials
internal import Statistics

extension HistoryOverview {
    package static let schemaVersion = 1

    private struct Document: Encodable {
        var schemaVersion: Int
        var falseAlarmRate: Double
        var openRegressions: Int
        var alerts: [Alert]
        var series: [Series]
        var machines: [Machine]
        var notes: [String]
    }

    private struct Place: Encodable {
        var run: Int64
        var commit: String?
    }

    private struct Alert: Encodable {
        struct Step: Encodable {
            var series: Int
            var step: Int
        }

        var id: String
        var state: String
        var isRegression: Bool
        var isRecorded: Bool
        var branch: String?
        var after: Place
        var through: Place
        var commits: Int?
        var reason: String?
        var expiresAt: String?
        var firstSeenAt: String
        var steps: [Step]
    }

    private struct Level: Encodable {
        var first: Int
        var last: Int
        var median: Double?
        var interval: [Double]?
    }

    private struct Step: Encodable {
        var index: Int
        var interval: [Int]
        var after: Place
        var through: Place
        var before: Double
        var now: Double
        var change: Double?
        var direction: String
        var p: Double?
        var alert: String?
    }

    private struct Trend: Encodable {
        var verdict: String
        var perRun: Double?
        var interval: [Double]?
    }

    private struct Series: Encodable {
        var benchmark: BenchmarkID
        var metric: String
        var unit: String
        var branch: String?
        var machine: Int64
        var isCut: Bool
        var runs: [Int64]
        var commits: [String?]
        var values: [Double?]
        var levels: [Level]
        var steps: [Step]
        var trend: Trend
        var noise: Double
        var correlation: Double
        var warnings: [String]
    }

    private struct Machine: Encodable {
        var number: Int64
        var title: String
    }

    /// One line, keys sorted; `docs/regressions.md` says what they mean.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let document = Document(
            schemaVersion: Self.schemaVersion, falseAlarmRate: falseAlarmRate, openRegressions: openRegressions.count,
            alerts: alerts.map(alert), series: histories.indices.map(series),
            machines: machines.map { Machine(number: $0.number, title: $0.title) }, notes: notes)
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }

    private func alert(_ alert: HistoryAlert) -> Alert {
        let (before, after) = bounds(alert)
        return Alert(
            id: alert.id, state: alert.state.rawValue, isRegression: alert.isRegression, isRecorded: alert.isRecorded,
            branch: alert.branch, after: place(before), through: place(after), commits: commitCounts[alert.id],
            reason: alert.reason, expiresAt: alert.expiresAtNanoseconds.map(Self.time),
            firstSeenAt: Self.time(alert.firstSeenAtNanoseconds),
            steps: alert.members.map { Alert.Step(series: $0.history, step: $0.step) })
    }

    private func series(_ index: Int) -> Series {
        let history = histories[index], series = history.series
        return Series(
            benchmark: series.benchmark, metric: series.metric.id, unit: series.metric.unit, branch: series.branch,
            machine: series.machine.number, isCut: series.isCut, runs: series.points.map(\.run),
            commits: series.points.map(\.commit), values: series.points.map { Self.finite($0.value) },
            levels: history.levels.map { level in
                Level(
                    first: level.range.lowerBound, last: level.range.upperBound - 1, median: Self.finite(level.median),
                    interval: level.interval.map { [$0.lower, $0.upper] })
            },
            steps: history.steps.enumerated().map { number, step in
                Step(
                    index: step.index, interval: [step.interval.lowerBound, step.interval.upperBound],
                    after: place(step.lastBefore), through: place(step.firstAfter), before: step.before,
                    now: step.after,
                    change: step.share, direction: step.direction.rawValue, p: step.pValue,
                    alert: alert(history: index, step: number)?.id)
            },
            trend: Trend(
                verdict: history.trend.verdict.rawValue, perRun: history.trend.slope,
                interval: history.trend.interval.map { [$0.lower, $0.upper] }),
            noise: history.noise, correlation: history.correlation, warnings: history.warnings.map(\.description))
    }

    private func place(_ point: StoredPoint) -> Place { Place(run: point.run, commit: point.commit) }

    private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

    private static func time(_ nanoseconds: Int64) -> String {
        CalendarText.utc(seconds: nanoseconds / 1_000_000_000) + "Z"
    }
}
