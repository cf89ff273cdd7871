/// A paired comparison that may stop as soon as it is resolved.
///
/// Looking at the data again and again, and stopping when they happen to look decided, finds differences that are not
/// there: each look is another chance to be wrong. So the looks are declared before the first round (numbers of rounds
/// that grow geometrically), and each look's interval is widened until all of them *together* hold the true median with
/// the stated confidence. A verdict at any look is then wrong with at most that error.
///
/// As in Pocock's design all looks use one nominal level (S. J. Pocock, *Group Sequential Methods in the Design and
/// Analysis of Clinical Trials*, 1977; intervals at each look: C. Jennison & B. W. Turnbull, *Interim Analyses: the
/// Repeated Confidence Interval Approach*, 1989). Here it is not taken from the normal approximation but is exact: the
/// number of values below the median is a walk whose steps are 0 or 1 with probability ½ each, whatever the noise, so
/// the probability that some look's interval misses the median is a sum over paths (``missProbability``).
package struct SequentialComparison: Hashable, Sendable {
    package let tolerance: Double
    /// The confidence of all looks together that was asked.
    package let confidence: Double
    /// Numbers of rounds after which to look, rising.
    package let looks: [Int]
    /// The confidence of each look's interval by itself.
    package let nominalConfidence: Double
    /// The exact probability that any look's interval misses the true median: at most 1 − confidence.
    package let missProbability: Double

    /// Rounds beyond which a comparison is no longer planned: the exact level takes O(n^1.5) steps.
    package static let mostRounds = 1 << 14

    /// - Parameters:
    ///   - tolerance: δ, the relative difference that does not matter. Negative or NaN counts as 0.
    ///   - confidence: of all looks together.
    ///   - firstLook: rounds before the first look; at least 1. A look too early to resolve anything costs nothing.
    ///   - growth: of the number of rounds from look to look; greater than 1.
    ///   - maximumRounds: the last look, at most ``mostRounds``.
    /// - Returns: nil when a parameter is out of range, or the rounds do not suffice for an interval.
    package init?(
        tolerance: Double, confidence: Double = 0.98, firstLook: Int = 12, growth: Double = 1.5,
        maximumRounds: Int = 128
    ) {
        guard confidence > 0, confidence < 1, firstLook >= 1, growth > 1, firstLook <= maximumRounds,
            maximumRounds <= Self.mostRounds
        else { return nil }
        var looks = [firstLook]
        while let last = looks.last, last < maximumRounds {
            let next = (Double(last) * growth).rounded(.up)
            looks.append(next < Double(maximumRounds) ? max(last + 1, Int(next)) : maximumRounds)
        }
        guard let level = Self.nominalLevel(looks: looks, confidence: confidence) else { return nil }
        self.tolerance = tolerance
        self.confidence = confidence
        self.looks = looks
        nominalConfidence = level
        missProbability = SignWalk(looks: looks, confidence: level).missProbability
    }

    /// What is known after some rounds.
    package struct Judgement: Hashable, Sendable {
        package let comparison: PairedComparison
        /// Usable rounds after which to judge again; nil when nothing more is to be gained.
        package let nextLook: Int?

        package var isFinal: Bool { nextLook == nil }
    }

    /// Judges at the greatest look that the usable rounds reach, by the rounds up to that look alone; nil before the
    /// first one. Final when resolved or at the last look.
    /// - Parameters:
    ///   - logRatios: ln(B/A) of all rounds so far, in the order of measuring.
    ///   - control: the same of A against itself; judged by its own first rounds of the same number.
    package func judge(_ logRatios: [Double], control: [Double]? = nil) -> Judgement? {
        let usable = PairedComparison.usable(logRatios)
        guard let look = looks.last(where: { $0 <= usable.count }) else { return nil }
        let controlRounds = control.map { Array(PairedComparison.usable($0).prefix(look)) }
        let controlInterval = controlRounds.flatMap {
            PairedComparison(logRatios: $0, tolerance: tolerance, confidence: nominalConfidence).interval
        }
        let comparison = PairedComparison(
            PairedComparison(
                logRatios: Array(usable.prefix(look)), tolerance: tolerance, confidence: nominalConfidence,
                control: controlInterval),
            confidence: 1 - missProbability, leftOut: logRatios.count - usable.count)
        let next = looks.first { $0 > look }
        return Judgement(comparison: comparison, nextLook: comparison.verdict == .notResolved ? next : nil)
    }

    /// The lowest confidence of single looks with which all of them together reach the asked one; nil when no look has
    /// an interval at it. Lies between that confidence and Bonferroni's, 1 − error/looks.
    private static func nominalLevel(looks: [Int], confidence: Double) -> Double? {
        let error = 1 - confidence
        var (safe, wrong) = (error / Double(looks.count), error)
        if SignWalk(looks: looks, confidence: confidence).missProbability <= error { safe = error }
        for _ in 0..<16 where safe < wrong {
            let middle = (safe + wrong) / 2
            if SignWalk(looks: looks, confidence: 1 - middle).missProbability <= error {
                safe = middle
            } else {
                wrong = middle
            }
        }
        let level = 1 - safe
        let last = looks.last ?? 0
        guard OrderStatisticInterval(count: last, quantile: 0.5, confidence: level) != nil else { return nil }
        return level
    }
}
