package import Statistics

internal import Glibc

/// Whether B costs more than A, from rounds that were measured in blocks of fresh processes.
///
/// Where code and data of a process lie differs from process to process and changes what it costs. That is no noise of
/// rounds: more rounds in the same processes do not average it away. So the blocks are tested for disagreeing by more
/// than their rounds do (``MedianTest``), for B against A and for A against itself. When they disagree, the unit of
/// replication is the block: the interval is widened to the exact one of the blocks' medians, and says so.
package struct BlockedComparison: Hashable, Sendable {
    /// B's cost in units of A's; nil without a usable round.
    package let ratio: Double?
    package let interval: ConfidenceInterval?
    /// The same of A against itself.
    package let controlRatio: Double?
    package let controlInterval: ConfidenceInterval?
    package let verdict: Verdict
    /// The probability of so lopsided a split without a difference, corrected for the looks so far.
    package let pValue: Double
    package let rounds: Int
    /// The median ratio of each block.
    package let blockRatios: [Double]
    /// Whether the blocks disagree, so that the interval is that of their medians.
    package let isWidened: Bool
    /// Blocks after which to judge again; nil when there is nothing more to be gained.
    package let nextLook: Int?
    package let warnings: [StatisticalWarning]

    /// The level at which blocks count as disagreeing. Widening without need costs little, missing it costs the truth.
    private static let disagreementLevel = 0.05

    /// Judges at the greatest planned look that the rounds reach. Before the first one there is an interval, of all
    /// rounds, but no verdict.
    /// - Parameters:
    ///   - blocks: of as many rounds each as the plan was made for.
    ///   - plan: its looks are numbers of rounds.
    ///   - resolution: the step of the clock as a share of an epoch. Equal readings are known to half of it.
    package init(_ blocks: [[RoundCosts]], plan: SequentialComparison, resolution: Double = 0) {
        let total = blocks.reduce(0) { $0 + $1.count }
        let looks = plan.looks.filter { $0 <= total }
        let judged = looks.last ?? total
        let arm = Arm(blocks.map { $0.map { log($0.b / $0.a) } }, rounds: judged, plan: plan, step: resolution)
        let control = Arm(
            blocks.map { $0.map { log($0.control / $0.a) } }, rounds: judged, plan: plan, step: resolution)
        let paired = PairedComparison(
            logRatios: arm.logRatios, tolerance: plan.tolerance, confidence: plan.nominalConfidence,
            control: control.interval)
        let tolerated = PairedComparison.tolerated(plan.tolerance)
        rounds = paired.rounds
        ratio = paired.ratio
        interval = arm.interval.map {
            ConfidenceInterval(
                lower: $0.lower, upper: $0.upper, confidence: arm.isExact ? 1 - plan.missProbability : $0.confidence)
        }
        controlRatio = control.ratio
        controlInterval = control.interval
        blockRatios = arm.blockRatios
        isWidened = arm.isWidened
        pValue = min(1, Double(max(1, looks.count)) * (arm.isWidened ? arm.blockPValue : paired.pValue))
        var warnings = paired.warnings
        if arm.isWidened {
            // Blocks that disagree are what makes neighboring rounds alike; the interval takes account of it.
            warnings.removeAll { $0.code == .dependentValues }
            let least = arm.blockRatios.min() ?? 1
            let greatest = arm.blockRatios.max() ?? 1
            warnings.append(
                StatisticalWarning(
                    .blocksDisagree,
                    "fresh processes differ (\(PercentText.signed(least)) to \(PercentText.signed(greatest))), more than "
                        + "their rounds do: may be code layout; the interval is that of processes"))
        }
        let isMoved = control.interval.map { !$0.overlaps(tolerated) } ?? false
        let isJudged = !isMoved && arm.isExact && !looks.isEmpty
        verdict = (isJudged ? arm.interval : nil).map { Verdict(ratio: $0, tolerated: tolerated) } ?? .notResolved
        self.warnings = warnings
        let perBlock = max(1, blocks.first?.count ?? 1)
        let next = plan.looks.first { $0 > judged }.map { ($0 + perBlock - 1) / perBlock }
        nextLook = verdict == .notResolved ? next : nil
    }

    /// The ratios of two arms, block by block.
    private struct Arm {
        let logRatios: [Double]
        var ratio: Double?
        var interval: ConfidenceInterval?
        var blockRatios: [Double] = []
        var blockPValue = 1.0
        var isWidened = false
        /// Whether the interval has the planned confidence.
        var isExact = true

        init(_ blocks: [[Double]], rounds: Int, plan: SequentialComparison, step: Double) {
            logRatios = Array(blocks.joined().prefix(rounds))
            let usable = blocks.map { $0.filter(\.isFinite) }
            let all = SignTest(logRatios)
            ratio = all.map { exp($0.median) }
            var logInterval = all?.interval(confidence: plan.nominalConfidence)
            let medians = usable.compactMap { Median.of($0) }
            blockRatios = medians.map { exp($0) }
            if let test = MedianTest(usable), test.pValue < BlockedComparison.disagreementLevel,
                let blockTest = SignTest(medians), let least = medians.min(), let greatest = medians.max()
            {
                isWidened = true
                blockPValue = blockTest.pValue()
                let between = blockTest.interval(confidence: plan.nominalConfidence)
                isExact = between != nil
                // With too few blocks their range: its error is that all of them lie on one side.
                let block =
                    between
                    ?? ConfidenceInterval(
                        lower: least, upper: greatest, confidence: 1 - pow(0.5, Double(medians.count - 1)))
                logInterval = ConfidenceInterval(
                    lower: min(block.lower, logInterval?.lower ?? block.lower),
                    upper: max(block.upper, logInterval?.upper ?? block.upper), confidence: block.confidence)
            }
            interval = logInterval.map {
                ConfidenceInterval(
                    lower: exp($0.lower - step / 2), upper: exp($0.upper + step / 2), confidence: $0.confidence)
            }
        }
    }
}

extension StatisticalWarning.Code {
    /// Fresh processes of the same program differ by more than their rounds.
    package static let blocksDisagree = StatisticalWarning.Code(rawValue: "blocks disagree")
}
