internal import Glibc

/// Whether B costs more than A, from rounds that ran both.
///
/// Each round gives ln(cost of B / cost of A). What drifts or disturbs for longer than a round hits both alike and
/// cancels; a round that was wrecked is one sign among many. The estimate is the median ratio, its interval the exact
/// one of the sign test, and the verdict needs the *whole* interval on one side of the tolerance δ: above 1 + δ is
/// slower, below 1/(1 + δ) is faster, between them is equivalent, and anything else is not resolved.
///
/// Assumption: rounds are independent and equally often disturbed in A's and in B's half (alternate who goes first).
package struct PairedComparison: Hashable, Sendable, Codable {
    /// B's cost in units of A's; nil without a usable round.
    package let ratio: Double?
    /// The interval of the ratio; nil with too few rounds.
    package let interval: ConfidenceInterval?
    /// The probability of so lopsided a split when the median ratio is 1. For a correction over many comparisons.
    package let pValue: Double
    package let verdict: Verdict
    /// Rounds that were used.
    package let rounds: Int
    package let warnings: [StatisticalWarning]

    /// - Parameters:
    ///   - logRatios: ln(B/A) of each round, in the order of measuring. Those that are not finite, or beyond e^±700,
    ///     are left out with a warning.
    ///   - tolerance: δ, the relative difference that does not matter: 0.01 for 1 %. Negative or NaN counts as 0.
    ///   - confidence: of the interval; 0.95 by custom, closer to 1 when there are several comparisons
    ///     (``HolmCorrection``). Outside 0…1 there is no interval.
    ///   - control: the interval of the ratio that comparing A with itself gave in the same session. When it lies
    ///     wholly outside the tolerance the measurement itself is lopsided, and nothing is resolved.
    package init(
        logRatios: [Double], tolerance: Double, confidence: Double = 0.95, control: ConfidenceInterval? = nil
    ) {
        let usable = Self.usable(logRatios)
        let test = SignTest(usable)
        var warnings: [StatisticalWarning] = []
        if usable.count < logRatios.count {
            warnings.append(.unusable(logRatios.count - usable.count, of: logRatios.count))
        }
        rounds = usable.count
        ratio = test.map { exp($0.median) }
        pValue = test?.pValue() ?? 1
        interval = test?.interval(confidence: confidence).map {
            ConfidenceInterval(lower: exp($0.lower), upper: exp($0.upper), confidence: $0.confidence)
        }
        let tolerated = Self.tolerated(tolerance)
        var verdict = interval.map { Verdict(ratio: $0, tolerated: tolerated) } ?? .notResolved
        if interval == nil {
            let needed = OrderStatisticInterval.minimumSampleCount(quantile: 0.5, confidence: confidence)
            let remedy = needed.map { "at least \($0) rounds are needed" } ?? "the confidence must lie between 0 and 1"
            warnings.append(StatisticalWarning(.tooFewValues, "\(rounds) rounds give no interval: \(remedy)"))
        }
        if let control, !control.overlaps(tolerated) {
            verdict = .notResolved
            warnings.append(
                StatisticalWarning(
                    .controlMoved,
                    "comparing A with itself gave \(Percent(control.lower)) to \(Percent(control.upper)), outside the "
                        + "tolerance: the measurement favors one side, so there is no verdict"))
        } else if let control, !control.isWithin(tolerated) {
            warnings.append(
                StatisticalWarning(
                    .wideControl,
                    "comparing A with itself gave \(Percent(control.lower)) to \(Percent(control.upper)), wider than "
                        + "the tolerance: take more rounds or a wider tolerance"))
        }
        if let correlation = Autocorrelation.lag1OfSides(usable), usable.count >= 12,
            // Three standard errors: a false warning in one of 700 independent series.
            correlation > 3 / Double(usable.count).squareRoot()
        {
            warnings.append(
                StatisticalWarning(
                    .dependentValues,
                    "neighboring rounds resemble each other (correlation \(Percent.hundredths(correlation))): the true "
                        + "interval is wider; make rounds longer or look for what drifts"))
        }
        self.verdict = verdict
        self.warnings = warnings
    }

    /// The same comparison, with the confidence that its interval has among several looks, and a note of rounds that
    /// were left out before it was made.
    init(_ other: PairedComparison, confidence: Double, leftOut: Int) {
        ratio = other.ratio
        interval = other.interval.map {
            ConfidenceInterval(lower: $0.lower, upper: $0.upper, confidence: confidence)
        }
        pValue = other.pValue
        verdict = other.verdict
        rounds = other.rounds
        warnings = (leftOut > 0 ? [.unusable(leftOut, of: leftOut + other.rounds)] : []) + other.warnings
    }

    /// The ratios that count as equal: symmetric in who is called A.
    package static func tolerated(_ tolerance: Double) -> ClosedRange<Double> {
        let greatest = tolerance > 0 ? min(1 + tolerance, .greatestFiniteMagnitude) : 1
        return (1 / greatest)...greatest
    }

    /// The greatest logarithm of a ratio that is still a number, with room to spare.
    static func usable(_ logRatios: [Double]) -> [Double] { logRatios.filter { abs($0) <= 700 } }
}

/// A ratio as people read it in a warning: `+1.2 %`.
struct Percent: CustomStringConvertible {
    let description: String

    init(_ ratio: Double) {
        let percent = (ratio - 1) * 100
        description = (percent < 0 ? "-" : "+") + Self.hundredths(abs(percent)) + " %"
    }

    static func hundredths(_ value: Double) -> String {
        guard abs(value) < 1e15 else { return "\(value)" }
        return "\((value * 100).rounded() / 100)"
    }
}
