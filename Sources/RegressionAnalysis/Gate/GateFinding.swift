package import Benchmarking
package import Statistics

/// What a comparison against a baseline says.
package enum GateVerdict: String, Hashable, Sendable, Codable, CaseIterable {
    /// Worse by more than the tolerance.
    case regressed
    /// The difference, whatever it is, lies within the tolerance.
    case same
    /// Better by more than the tolerance.
    case improved
    /// The data do not tell.
    case notResolved = "not-resolved"

    /// For people.
    package var title: String { self == .notResolved ? "not resolved" : rawValue }
}

/// One metric of one benchmark against its baseline.
///
/// Changes are shares of the baseline (0.05 is 5 % more), or amounts in the metric's unit where a share makes no sense
/// because values are not all above 0.
package struct GateFinding: Hashable, Sendable {
    /// Where the interval and the verdict come from.
    package enum Basis: String, Hashable, Sendable, Codable {
        /// Replicates by ranks.
        case ranks
        /// Few replicates, by Welch's t.
        case welch
        /// Counts of events of each process.
        case rates
        /// Counts of operations as if they were independent of each other: too sure of itself where slow ones come in
        /// bursts.
        case counts
        /// Exact counts that do not vary.
        case exact
        /// There is nothing to judge by.
        case none
    }

    package var id: BenchmarkID
    package var metric: GateMetric
    /// Whether it decides about passing.
    package var gates: Bool
    package var verdict = GateVerdict.notResolved
    package var basis = Basis.none
    /// Medians over processes, in the metric's unit; for the tail's frequency, shares of operations.
    package var baseline: Double?
    package var candidate: Double?
    /// Candidate against baseline; more is above 0 whether or not it is better.
    package var change: Double?
    /// At 95 %, of this comparison alone.
    package var interval: ConfidenceInterval?
    package var isRelative = true
    /// What counted as equal: a change from −tolerance/(1 + tolerance), or −tolerance for amounts, to +tolerance.
    package var tolerance: Double
    package var isToleranceDeclared: Bool
    /// What a comparison of the baseline with itself may show: changes below cannot be told from none.
    package var noiseFloor: Double?
    /// The smallest change for the worse that data like these show in 80 of 100 cases.
    package var smallestVisible: Double?
    /// Probability of data as clear without a change beyond the tolerance; corrected for the number of comparisons.
    package var adjustedPValue: Double?
    /// About how many more processes of each side would resolve it; nil when resolved, or when more than 1,000 would.
    package var moreReplicates: Int?
    /// Processes of each side.
    package var baselineReplicates = 0
    package var candidateReplicates = 0
    /// Whether a change for the worse beyond the tolerance is ruled out, resolved or not.
    package var excludesRegression = false
    /// Whether a tolerance was asked for that is finer than the noise.
    package var isToleranceBelowNoise = false
    /// Why it is not resolved, or what to know about it; one line.
    package var note: String?

    package init(id: BenchmarkID, metric: GateMetric, gates: Bool, tolerance: Double, isToleranceDeclared: Bool) {
        self.id = id
        self.metric = metric
        self.gates = gates
        self.tolerance = tolerance
        self.isToleranceDeclared = isToleranceDeclared
    }
}
