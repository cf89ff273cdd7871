package import Benchmarking
package import Statistics

/// What comparing two builds, or two commands, found. Stored as JSON; a reader accepts its own ``schemaVersion`` and
/// older ones.
package struct ComparisonReport: Codable, Hashable, Sendable {
    /// The version of the JSON that this tool writes.
    package static let schemaVersion = 1

    package var schemaVersion = ComparisonReport.schemaVersion
    /// Who measured, such as `tickscope 0.1.0`.
    package var tool: String
    /// Nanoseconds since 1970.
    package var startedAtNanoseconds: Int64
    package var durationNanoseconds: Int64
    package var machine: MachineFingerprint
    /// Path of the program, or the command: the one that B is measured against.
    package var a: String
    package var b: String
    /// The processor that all ran on; nil when they were not pinned.
    package var processor: Int?
    /// The relative difference that does not matter: 0.01 for 1 %.
    package var tolerance: Double
    /// With which all intervals hold their true ratios at once.
    package var confidence: Double
    package var results: [ComparisonResult] = []
    /// Benchmarks that cannot be compared, since the other program has none of their name.
    package var onlyInA: [BenchmarkID] = []
    package var onlyInB: [BenchmarkID] = []
    /// Of all results.
    package var warnings: [BenchmarkWarning] = []

    /// What a program that compared exits with: 0 without a regression; 1 when something is slower than the tolerance
    /// allows, or when something could not be measured; else, when strict, 3 when something was not resolved.
    package func exitCode(isStrict: Bool) -> Int32 {
        if results.contains(where: { $0.verdict == .slower }) { return 1 }
        if results.contains(where: { $0.failure != nil }) { return 1 }
        return isStrict && results.contains { $0.verdict == .notResolved } ? 3 : 0
    }
}

/// What comparing one metric of one benchmark found. Ratios are B's cost in units of A's.
package struct ComparisonResult: Codable, Hashable, Sendable {
    package var id: BenchmarkID
    package var mode: BenchmarkMode
    /// Identifier of a ``BenchmarkMetric``, with `ns` as its unit: `time`, and of commands `cpu-time`, too.
    package var metric: String
    /// Medians of all rounds, nanoseconds an operation, the measuring loop included.
    package var a: Double?
    package var b: Double?
    package var ratio: Double?
    /// Holds the true ratio; its confidence is that of this interval by itself, however often was looked.
    package var interval: ConfidenceInterval?
    package var verdict = Verdict.notResolved
    /// A against itself in the same session.
    package var controlRatio: Double?
    package var controlInterval: ConfidenceInterval?
    /// The probability of so lopsided a split without a difference, and the same corrected for all results.
    package var pValue = 1.0
    package var adjustedPValue = 1.0
    package var rounds = 0
    /// The median ratio of each block of fresh processes.
    package var blockRatios: [Double] = []
    /// Whether blocks disagree by more than their rounds do, so that the interval is that of blocks.
    package var isBetweenBlocks = false
    /// Operations between two stamps.
    package var operationsPerEpoch: UInt64 = 1
    /// Seconds that were spent measuring, of all three arms; starts of processes not counted.
    package var seconds = 0.0
    package var warnings: [BenchmarkWarning] = []
    /// Why there are no numbers; nil when all went well.
    package var failure: ComparisonFailure?

    package init(id: BenchmarkID, mode: BenchmarkMode, metric: BenchmarkMetric) {
        self.id = id
        self.mode = mode
        self.metric = metric.id
    }

    package var blocks: Int { blockRatios.count }

    /// Takes over what was judged.
    mutating func set(_ comparison: BlockedComparison, _ costs: some Sequence<RoundCosts>) {
        a = Median.of(costs.map(\.a))
        b = Median.of(costs.map(\.b))
        ratio = comparison.ratio
        interval = comparison.interval
        verdict = comparison.verdict
        controlRatio = comparison.controlRatio
        controlInterval = comparison.controlInterval
        pValue = comparison.pValue
        rounds = comparison.rounds
        blockRatios = comparison.blockRatios
        isBetweenBlocks = comparison.isWidened
        warnings += comparison.warnings.map {
            BenchmarkWarning($0.code.rawValue.replacing(" ", with: "-"), $0.description)
        }
    }
}

extension [ComparisonResult] {
    /// Corrects for the number of results. Each interval was made for all of them already; who is called faster or slower
    /// must withstand Holm's correction as well.
    mutating func correct(familyError: Double) {
        let correction = HolmCorrection(pValues: map(\.pValue), familyError: familyError)
        for (index, entry) in zip(indices, correction.entries) {
            self[index].adjustedPValue = entry.adjustedPValue
            let isClaimed = self[index].verdict == .faster || self[index].verdict == .slower
            if isClaimed, !entry.isRejected { self[index].verdict = .notResolved }
        }
    }
}
