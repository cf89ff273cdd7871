internal import Benchmarking

/// Steps of one direction for which one cause is likely: they may lie at the same commit of the same branch.
package struct HistoryAlert: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case open, acknowledged, resolved
        /// Every series is back where it was, or better.
        case recovered
    }

    /// One step of one series, as indices of what the alert was made from.
    package struct Member: Hashable, Sendable {
        package var history: Int
        package var step: Int
    }

    /// Seven hexadecimal digits, the same for good once they are recorded.
    package let id: String
    package let isRegression: Bool
    package let branch: String?
    /// The clearest first.
    package internal(set) var members: [Member]
    /// Where all of its steps may lie.
    package internal(set) var places: PlaceInterval
    package internal(set) var state: State
    /// Whether it was acknowledged for a time that is over.
    package internal(set) var isExpired = false
    package internal(set) var reason: String?
    package internal(set) var expiresAtNanoseconds: Int64?
    package internal(set) var firstSeenAtNanoseconds: Int64
    /// Whether the store knows it.
    package internal(set) var isRecorded: Bool
}

/// The alerts of histories, recognized among those that a store remembers.
///
/// A step is that of a remembered alert when it is one of the same series in the same direction and lies within two
/// points of where it was first seen: a step's place may move a little as points arrive, while two steps of one series
/// are four points apart (``HistoryDetector/shortestLevel``). A step of another series joins an alert when they may lie
/// at the same commit; what is left over begins new alerts, the clearest first.
package struct AlertBook: Sendable {
    package private(set) var alerts: [HistoryAlert] = []
    /// What a store does not know yet, for ``SQLiteStore/record(_:)``.
    package private(set) var unrecorded: [StoredAlert] = []

    /// Smaller changes raise no alert, unless they are of exact counts.
    package static let usualSmallestShare = 0.01
    /// Points by which a step may move and still be the same.
    static let slack = 2
    /// A regression of which less than this share is left has gone.
    static let recoveredShare = 0.25

    private let histories: [SeriesHistory]
    private let now: Int64

    /// - Parameters:
    ///   - stored: what the store remembers.
    ///   - now: nanoseconds since 1970.
    package init(
        _ histories: [SeriesHistory], stored: [StoredAlert], smallestShare: Double = Self.usualSmallestShare, now: Int64
    ) {
        self.histories = histories
        self.now = now
        var left = recognize(stored)
        left.removeAll { member in
            let share = step(member).share
            return step(member).pValue != nil && share.map { abs($0) < smallestShare } ?? false
        }
        left.sort { (step($0).pValue ?? 0, $0.history, $0.step) < (step($1).pValue ?? 0, $1.history, $1.step) }
        for member in left { place(member) }
        alerts.removeAll(where: \.members.isEmpty)
        for index in alerts.indices {
            let members = alerts[index].members
            alerts[index].members = members.sorted { (step($0).pValue ?? 0) < (step($1).pValue ?? 0) }
            if alerts[index].state == .open, members.allSatisfy(hasRecovered) {
                alerts[index].state = .recovered
            }
        }
        alerts.sort { ($0.places.through, $0.id) > ($1.places.through, $1.id) }
    }

    private func step(_ member: HistoryAlert.Member) -> HistoryStep { histories[member.history].steps[member.step] }

    // MARK: Remembered alerts

    /// Gives remembered alerts their steps; returns the steps that are none of theirs.
    private mutating func recognize(_ stored: [StoredAlert]) -> [HistoryAlert.Member] {
        struct Candidate {
            var member: HistoryAlert.Member
            var alert: Int
            var step: Int
            var distance: Int
        }
        var remembered: [Int64: [(alert: Int, step: Int)]] = [:]
        for (alert, entry) in stored.enumerated() {
            for (step, place) in entry.steps.enumerated() {
                remembered[place.series, default: []].append((alert, step))
            }
        }
        var all: [HistoryAlert.Member] = []
        var candidates: [Candidate] = []
        for (index, history) in histories.enumerated() {
            for (number, step) in history.steps.enumerated() where step.direction != .neither {
                let member = HistoryAlert.Member(history: index, step: number)
                all.append(member)
                for (alert, place) in remembered[history.series.number] ?? [] {
                    let entry = stored[alert]
                    guard entry.isRegression == (step.direction == .worse), entry.branch == history.series.branch,
                        entry.steps[place].machine == history.series.machine.number,
                        let distance = Self.distance(step, entry.steps[place], history.series.points),
                        distance <= (step.pValue == nil ? 0 : Self.slack)
                    else { continue }
                    candidates.append(Candidate(member: member, alert: alert, step: place, distance: distance))
                }
            }
        }
        var members: [[HistoryAlert.Member]] = stored.map { _ in [] }
        var taken: Set<HistoryAlert.Member> = []
        var used: Set<[Int]> = []
        for candidate in candidates.sorted(by: { ($0.distance, $0.alert) < ($1.distance, $1.alert) })
        where !taken.contains(candidate.member) && used.insert([candidate.alert, candidate.step]).inserted {
            taken.insert(candidate.member)
            members[candidate.alert].append(candidate.member)
        }
        alerts = zip(stored, members).map(restored)
        return all.filter { !taken.contains($0) }
    }

    private func restored(_ entry: StoredAlert, _ members: [HistoryAlert.Member]) -> HistoryAlert {
        let intervals = members.isEmpty ? entry.steps.map(\.places) : members.map { step($0).places }
        let whole = intervals.dropFirst().reduce(intervals.first ?? PlaceInterval(after: 0, through: 0)) {
            $0.intersection($1) ?? $0
        }
        let isExpired = entry.state == .acknowledged && entry.expiresAtNanoseconds.map { $0 <= now } ?? false
        let state: HistoryAlert.State =
            switch entry.state {
            case .open: .open
            case .acknowledged: isExpired ? .open : .acknowledged
            case .resolved: .resolved
            }
        return HistoryAlert(
            id: entry.id, isRegression: entry.isRegression, branch: entry.branch, members: members, places: whole,
            state: state, isExpired: isExpired, reason: entry.reason, expiresAtNanoseconds: entry.expiresAtNanoseconds,
            firstSeenAtNanoseconds: entry.firstSeenAtNanoseconds, isRecorded: true)
    }

    /// By how many points a step lies beside a remembered one; nil when those points are not among the series'.
    private static func distance(_ step: HistoryStep, _ stored: StoredAlertStep, _ points: [StoredPoint]) -> Int? {
        let first =
            points.lastIndex { $0.run == stored.afterRun }.map { $0 + 1 }
            ?? points.firstIndex { $0.place > stored.places.after }
        let last =
            points.lastIndex { $0.run == stored.throughRun } ?? points.lastIndex { $0.place <= stored.places.through }
        guard let first, let last else { return nil }
        return max(0, step.interval.lowerBound - max(first, last), min(first, last) - step.interval.upperBound)
    }

    // MARK: New steps

    private mutating func place(_ member: HistoryAlert.Member) {
        let (series, step) = (histories[member.history].series, step(member))
        let isRegression = step.direction == .worse
        let remembered = StoredAlertStep(
            series: series.number, machine: series.machine.number, afterRun: step.lastBefore.run,
            throughRun: step.firstAfter.run, places: step.places)
        // A cause that was dealt with is not at work again in silence.
        for index in alerts.indices
        where alerts[index].isRegression == isRegression && alerts[index].branch == series.branch
            && alerts[index].state != .resolved
        {
            guard let common = alerts[index].places.intersection(step.places) else { continue }
            alerts[index].places = common
            alerts[index].members.append(member)
            remember(alerts[index], remembered)
            return
        }
        let alert = HistoryAlert(
            id: identifier(series, step), isRegression: isRegression, branch: series.branch, members: [member],
            places: step.places, state: .open, firstSeenAtNanoseconds: now, isRecorded: false)
        alerts.append(alert)
        remember(alert, remembered)
    }

    private mutating func remember(_ alert: HistoryAlert, _ step: StoredAlertStep) {
        if let index = unrecorded.firstIndex(where: { $0.id == alert.id }) {
            unrecorded[index].steps.append(step)
            return
        }
        unrecorded.append(
            StoredAlert(
                id: alert.id, isRegression: alert.isRegression, branch: alert.branch, state: .open,
                firstSeenAtNanoseconds: alert.firstSeenAtNanoseconds,
                changedAtNanoseconds: alert.firstSeenAtNanoseconds,
                steps: [step]))
    }

    /// From what is known of the step alone, so that two who see it first give it the same name.
    private func identifier(_ series: StoredSeries, _ step: HistoryStep) -> String {
        let parts = [
            step.direction.rawValue, series.branch ?? "", series.benchmark.description, series.metric.id,
            String(series.machine.number), String(step.firstAfter.run),
        ]
        var salt = 0
        while true {
            // FNV-1a, 64 bits.
            let text = parts.joined(separator: "\u{1F}") + (salt > 0 ? "\u{1F}\(salt)" : "")
            let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            let digits = String(hash, radix: 16)
            let id = String((String(repeating: "0", count: 16 - digits.count) + digits).prefix(7))
            if !alerts.contains(where: { $0.id == id }) { return id }
            salt += 1
        }
    }

    private func hasRecovered(_ member: HistoryAlert.Member) -> Bool {
        let history = histories[member.history], step = step(member)
        guard history.steps.dropFirst(member.step + 1).contains(where: { $0.direction != step.direction }),
            let newest = history.levels.last?.median
        else { return false }
        return (newest - step.before) / (step.after - step.before) < Self.recoveredShare
    }
}
