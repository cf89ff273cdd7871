/// An alert as a store keeps it: what was seen, and what was decided about it.
package struct StoredAlert: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case open
        /// Known, for a reason, for good or until a time.
        case acknowledged
        case resolved
    }

    package var id: String
    package var isRegression: Bool
    package var branch: String?
    package var state: State
    /// Since 1970.
    package var firstSeenAtNanoseconds: Int64
    /// When it was last decided about.
    package var changedAtNanoseconds: Int64
    package var reason: String?
    /// When an acknowledgement ends; nil for never.
    package var expiresAtNanoseconds: Int64?
    package var steps: [StoredAlertStep]

    package init(
        id: String, isRegression: Bool, branch: String?, state: State, firstSeenAtNanoseconds: Int64,
        changedAtNanoseconds: Int64, reason: String? = nil, expiresAtNanoseconds: Int64? = nil,
        steps: [StoredAlertStep] = []
    ) {
        self.id = id
        self.isRegression = isRegression
        self.branch = branch
        self.state = state
        self.firstSeenAtNanoseconds = firstSeenAtNanoseconds
        self.changedAtNanoseconds = changedAtNanoseconds
        self.reason = reason
        self.expiresAtNanoseconds = expiresAtNanoseconds
        self.steps = steps
    }
}

/// A step of one series where it was first seen: what an alert is recognized by when points are added.
package struct StoredAlertStep: Hashable, Sendable {
    package var series: Int64
    /// 0 where it is not known.
    package var machine: Int64
    package var afterRun: Int64
    package var throughRun: Int64
    package var places: PlaceInterval

    package init(series: Int64, machine: Int64, afterRun: Int64, throughRun: Int64, places: PlaceInterval) {
        self.series = series
        self.machine = machine
        self.afterRun = afterRun
        self.throughRun = throughRun
        self.places = places
    }
}
