internal import Glibc

/// Finds where the level of a growing history steps: one value a commit, a run or a day.
///
/// Assumption: between steps, values scatter around one level; neighbors may resemble each other with a correlation
/// that falls off as ρ, ρ², … Wild values, alone or a few in a row, are no step, nor is a steady climb.
/// A level that wanders slowly under its noise is told from one that steps only in part: of such series one in four, or
/// two when it takes twenty values to turn, shows a step.
///
/// 1. The noise and ρ come from what neighbors differ by (``SeriesNoise``), since a step is one difference among many.
/// 2. ``RobustSegmentation`` cuts the series with a penalty that lets more cuts pass than are real.
/// 3. Every cut must pass a test of the levels beside it (``StepTest``), whose p-value counts all places at which the
///    series might have been cut; the least certain is taken back first.
/// 4. Its place is where the values of both sides are likeliest, neighbors' resemblance accounted for (``StepPlace``).
///
/// Values are taken one at a time, and a series given at once gives the same bits: what was learned about the noise
/// holds until the series has grown by an eighth, then everything is cut again. An appended value takes O(log n)
/// amortized; reading ``changes`` is O(n).
package struct HistoryDetector: Hashable, Sendable {
    /// The share of histories without a step in which one is reported.
    package static let usualFalseAlarmRate = 0.01
    /// Shorter levels are not told from wild values.
    package static let shortestLevel = 4
    /// Values beyond are not taken any more: the segmentation's indices have 32 bits.
    package static let mostValues = 1 << 26

    /// How far from its level a value is wild, in deviations.
    static let reach = 3.0
    /// Of ln n · (1 + ρ)/(1 − ρ), in units of the noise's variance: the penalty of a cut before it is tested.
    static let penaltyFactor = 2.0

    static let mostPasses = 6
    /// A penalty that bears hundreds of wild values in a row would keep as many pieces of cost; the tests know the whole
    /// inflation.
    static let greatestPenaltyInflation = 5.0

    package let falseAlarmRate: Double
    /// Values given so far, those that are no numbers included.
    package private(set) var count = 0

    /// The values that are numbers, and their indices where those are not the same.
    private(set) var values: [Double] = []
    private(set) var indices: [Int32] = []
    private(set) var scale = HistoryScale()
    private var segmentation = RobustSegmentation(reach: HistoryDetector.reach, penalty: 0)
    private var nextCalibration = 2 * HistoryDetector.shortestLevel

    /// - Parameter falseAlarmRate: the greatest p-value of a step; between 0 and 1, what is outside is brought to the
    ///   nearer end, NaN to 0.
    package init(falseAlarmRate: Double = HistoryDetector.usualFalseAlarmRate) {
        self.falseAlarmRate = falseAlarmRate >= 0 ? min(falseAlarmRate, 1) : 0
    }

    /// A detector that was given these values, as if one after the other, but without what is thrown away on the way.
    package init(
        _ series: some Sequence<Double>, falseAlarmRate: Double = HistoryDetector.usualFalseAlarmRate
    ) {
        self.init(falseAlarmRate: falseAlarmRate)
        for value in series { take(value) }
        var calibrated = nextCalibration
        // A series that was constant is calibrated with the first value that differs.
        if let different = values.firstIndex(where: { $0 != values[0] }) {
            calibrated = max(calibrated, different + 1)
        }
        guard values.count >= calibrated else { return }
        while Self.calibration(after: calibrated) <= values.count {
            calibrated = Self.calibration(after: calibrated)
        }
        calibrate(values.prefix(calibrated))
        guard scale.deviation > 0 else { return }
        for value in values[calibrated...] { segmentation.append(scale.unitless(value)) }
    }

    /// Takes the next value; NaN, infinity and values beyond a quarter of the greatest number keep their index but are
    /// not looked at.
    package mutating func append(_ value: Double) {
        guard take(value) else { return }
        if values.count == nextCalibration
            || (scale.deviation == 0 && values.count > nextCalibration && value != values[0])
        {
            calibrate(values[...])
        } else if scale.deviation > 0 {
            segmentation.append(scale.unitless(value))
        }
    }

    /// Whether the value is one to look at.
    @discardableResult private mutating func take(_ value: Double) -> Bool {
        count += 1
        guard abs(value) < .greatestFiniteMagnitude / 4, count <= Self.mostValues else { return false }
        values.append(value)
        indices.append(Int32(count - 1))
        return true
    }

    private static func calibration(after count: Int) -> Int { max(count + 1, count + count / 8) }

    private mutating func calibrate(_ prefix: ArraySlice<Double>) {
        let scale = HistoryScale(Array(prefix))
        guard scale.deviation > 0 else { return }
        self.scale = scale
        nextCalibration = Self.calibration(after: prefix.count)
        let penalty =
            Self.penaltyFactor * log(Double(prefix.count)) * min(scale.inflation, Self.greatestPenaltyInflation)
        segmentation = RobustSegmentation(reach: Self.reach, penalty: penalty)
        for value in prefix { segmentation.append(scale.unitless(value)) }
    }

    /// The steps as of now.
    package var changes: HistoryChanges {
        var warnings: [StatisticalWarning] = []
        if values.count < count { warnings.append(.unusable(count - values.count, of: count)) }
        if values.count < 2 * Self.shortestLevel {
            warnings.append(
                StatisticalWarning(
                    .tooFewValues,
                    "\(values.count) values are too few to tell a step: at least \(2 * Self.shortestLevel) are needed"
                ))
        }
        guard values.count >= 2 * Self.shortestLevel, scale.deviation > 0 else {
            return HistoryChanges(
                changes: [], count: count, noise: 0, correlation: 0, driftCount: 0, warnings: warnings)
        }
        let cut = HistoryLevels(
            values.map(scale.unitless), cuts: segmentation.cuts, correlation: scale.correlation)
        // What is left of the values without their levels tells the correlation twice as well as differences, and
        // whether the level wanders. Again as long as that takes cuts back.
        var levels = cut.merged(falseAlarmRate: falseAlarmRate)
        var wandering = 1.0
        for _ in 0..<Self.mostPasses {
            wandering = max(wandering, levels.residualInflation)
            let next = cut.corrected(to: levels.residualCorrelation, inflation: wandering)
                .merged(falseAlarmRate: falseAlarmRate)
            let isDone = next.cuts == levels.cuts
            levels = next
            if isDone { break }
        }
        let drifts = levels.dropDrifts()
        let steps = levels.located(shortest: Self.shortestLevel)
        let found = steps.map { step in
            HistoryChange(
                index: Int(indices[step.place]),
                interval: Int(indices[step.interval.lowerBound])...Int(indices[step.interval.upperBound]),
                before: Median.of(values[step.before]) ?? 0, after: Median.of(values[step.after]) ?? 0,
                pValue: step.pValue)
        }
        if drifts > 0 {
            warnings.append(
                StatisticalWarning(
                    .drift, "the level drifts steadily at \(drifts) places that are not reported as changes"))
        }
        return HistoryChanges(
            changes: found, count: count, noise: scale.deviation * scale.unit,
            correlation: levels.correlation,
            driftCount: drifts, warnings: warnings)
    }
}

/// What puts a history's values near 0 and in units of their noise.
struct HistoryScale: Hashable, Sendable {
    /// A power of two near the greatest value, so that no square overflows.
    private(set) var unit = 1.0
    private(set) var center = 0.0
    /// In multiples of the unit; 0 when all values are equal.
    private(set) var deviation = 0.0
    private(set) var correlation = 0.0

    init() {}

    init(_ values: [Double]) {
        let greatest = values.lazy.map { abs($0) }.max() ?? 0
        unit = greatest > 0 ? Double(sign: .plus, exponent: greatest.exponent, significand: 1) : 1
        let scaled = values.map { $0 / unit }
        center = Median.of(scaled) ?? 0
        let noise = SeriesNoise(scaled)
        deviation = noise.deviation
        correlation = noise.correlation
        inflation = Self.inflation(correlation: correlation, count: values.count)
    }

    private(set) var inflation = 1.0

    /// By how much correlation widens the noise of a mean, in units of variance: (1 + ρ)/(1 − ρ). Of a ρ that is one
    /// standard error (1/√n) greater than it seems, for a ρ that seems too small costs more than one too great.
    static func inflation(correlation: Double, count: Int) -> Double {
        let cautious = min(correlation + 1 / Double(max(1, count)).squareRoot(), 0.95)
        return (1 + cautious) / (1 - cautious)
    }

    func unitless(_ value: Double) -> Double {
        min(max((value / unit - center) / deviation, -1e6), 1e6)
    }
}
