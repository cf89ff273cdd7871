internal import Benchmarking
internal import Statistics

/// What `tickscope history` shows: series, and the alerts that their steps make.
package struct HistoryOverview: Sendable {
    package let histories: [SeriesHistory]
    package let alerts: [HistoryAlert]
    package let falseAlarmRate: Double
    /// How many commits of the repository lie in an alert's interval, by its identifier, as far as known.
    package var commitCounts: [String: Int] = [:]
    /// One line each.
    package var notes: [String] = []

    package init(
        _ histories: [SeriesHistory], alerts: [HistoryAlert],
        falseAlarmRate: Double = HistoryDetector.usualFalseAlarmRate
    ) {
        self.histories = histories
        self.alerts = alerts
        self.falseAlarmRate = falseAlarmRate
    }

    package var openRegressions: [HistoryAlert] { alerts.filter { $0.isRegression && $0.state == .open } }
    package var openImprovements: [HistoryAlert] { alerts.filter { !$0.isRegression && $0.state == .open } }

    /// The machines of all series.
    package var machines: [StoredMachine] {
        Array(Set(histories.map(\.series.machine))).sorted { $0.number < $1.number }
    }

    package func history(_ member: HistoryAlert.Member) -> SeriesHistory { histories[member.history] }

    package func step(_ member: HistoryAlert.Member) -> HistoryStep { histories[member.history].steps[member.step] }

    /// The runs between which the cause of an alert lies: the latest that is before it for one of its series, and the
    /// earliest that is after it.
    package func bounds(_ alert: HistoryAlert) -> (before: StoredPoint, after: StoredPoint) {
        let steps = alert.members.map(step)
        let before = steps.map(\.lastBefore).max { $0.place < $1.place }
        let after = steps.map(\.firstAfter).min { $0.place < $1.place }
        let nothing = StoredPoint(run: 0, place: 0, startedAtNanoseconds: 0, commit: nil, value: .nan, replicates: 0)
        return (before ?? nothing, after ?? nothing)
    }

    /// The alert that a step belongs to.
    func alert(history: Int, step: Int) -> HistoryAlert? {
        alerts.first { $0.members.contains(HistoryAlert.Member(history: history, step: step)) }
    }

    /// The member whose level changed most.
    func largest(_ alert: HistoryAlert) -> HistoryAlert.Member? {
        alert.members.max { abs(step($0).share ?? 0) < abs(step($1).share ?? 0) }
    }

    /// One line.
    package var summary: String {
        func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        let states = Dictionary(grouping: alerts, by: \.state).mapValues(\.count)
        var parts = [count(openRegressions.count, "open regression")]
        if !openImprovements.isEmpty { parts.append(count(openImprovements.count, "improvement")) }
        for (state, word) in [(HistoryAlert.State.acknowledged, "acknowledged"), (.recovered, "recovered")] {
            if let number = states[state] { parts.append("\(number) \(word)") }
        }
        if let number = states[.resolved] { parts.append("\(number) resolved") }
        return "\(histories.count) series: "
            + parts.joined(separator: ", ")
    }
}
