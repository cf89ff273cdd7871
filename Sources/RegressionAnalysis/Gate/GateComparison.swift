internal import Benchmarking
internal import Glibc
internal import Statistics

/// A metric of both sides, before it is known how many comparisons there are.
struct GateComparison {
    enum Sides {
        /// One value a process.
        case replicates([Double], [Double])
        /// One count of events, out of so many operations, a process.
        case rates([RateComparison.Run], [RateComparison.Run])
        /// An interval of the ratio at a confidence, from counts of operations.
        case counts((Double) -> (ratio: Double, interval: ConfidenceInterval)?)
        case nothing(String)
    }

    var finding: GateFinding
    var sides: Sides
    var declaredAmount = 0.0
    /// The smallest difference that the measurement tells apart.
    var resolution = 0.0

    /// Whether it takes part in the correction for many comparisons.
    var isStatistical: Bool {
        guard finding.gates else { return false }
        switch sides {
        case .replicates(let a, let b): return !(finding.metric.isDeterministic && Self.areConstant(a, b))
        case .rates, .counts: return true
        case .nothing: return false
        }
    }

    static func areConstant(_ a: [Double], _ b: [Double]) -> Bool {
        a.allSatisfy { $0 == a.first } && b.allSatisfy { $0 == b.first }
    }
}

/// The two one-sided tests of a comparison, on the scale on which its bounds lie, where more is worse.
struct GateTest {
    var shift: Double
    var interval: ConfidenceInterval
    var worsePValue: Double
    var betterPValue: Double
    /// The other way round: that it is not as bad, or not as good, as the bound.
    var noise: Double
    var margin: Double
    var bound: Double
    var moreReplicates: Int?
}

extension GateComparison {
    /// The finding without its verdict, and the test that gives it.
    /// - Parameter level: the p-value that the strictest of all comparisons has to reach.
    mutating func evaluate(level: Double) -> GateTest? {
        switch sides {
        case .nothing(let reason):
            finding.note = reason
            return nil
        case .replicates(let a, let b): return evaluate(a, b, level)
        case .rates(let a, let b): return evaluate(a, b, level)
        case .counts(let compare): return evaluate(compare, level)
        }
    }

    // MARK: Replicates

    private mutating func evaluate(_ allA: [Double], _ allB: [Double], _ level: Double) -> GateTest? {
        let (a, b) = (allA.filter(\.isFinite), allB.filter(\.isFinite))
        finding.baselineReplicates = a.count
        finding.candidateReplicates = b.count
        guard let medianA = Median.of(a), let medianB = Median.of(b) else {
            finding.note = a.isEmpty ? "the baseline has no values" : "there are no values to judge"
            return nil
        }
        finding.baseline = medianA
        finding.candidate = medianB
        finding.isRelative = (a + b).allSatisfy { $0 > 0 }
        if finding.metric.isDeterministic, Self.areConstant(a, b) {
            judgeExactly(medianA, medianB)
            return nil
        }
        finding.change = finding.isRelative ? medianB / medianA - 1 : medianB - medianA
        // Without logarithms the tolerated share is an amount.
        let share = finding.isRelative ? 1 : abs(medianA)
        let unit = finding.isRelative ? 1 / medianA : 1
        let asked = max(finding.tolerance * share, declaredAmount * unit)
        let resolved = resolution * unit
        finding.tolerance = max(asked, finding.metric.isDeterministic ? 0 : resolved)
        let bound = finding.isRelative ? log1p(finding.tolerance) : finding.tolerance
        let sign = finding.metric.polarity == .higherIsBetter ? -1.0 : 1.0
        func scaled(_ values: [Double]) -> [Double] {
            values.map { sign * (finding.isRelative ? log($0) : $0) }
        }
        guard let test = ShiftTest(baseline: scaled(a), candidate: scaled(b), level: level) else {
            finding.note =
                "\(a.count) and \(b.count) processes do not show the noise: measure with --processes 10"
            return nil
        }
        finding.basis = test.method == .ranks ? .ranks : .welch
        let noise = max(test.noise, finding.isRelative ? log1p(resolved) : resolved)
        finding.isToleranceBelowNoise =
            finding.isToleranceDeclared && !finding.metric.isDeterministic
            && (finding.isRelative ? log1p(asked) : asked) < noise
        let distance = abs(abs(test.shift) - bound)
        return GateTest(
            shift: test.shift, interval: test.interval, worsePValue: test.pValue(greaterThan: bound),
            betterPValue: test.pValue(lessThan: -bound), noise: noise, margin: test.margin(level: level), bound: bound,
            moreReplicates: test.moreReplicates(distance: distance, level: level))
    }

    /// Every difference of counts that do not vary is a change of the program.
    private mutating func judgeExactly(_ a: Double, _ b: Double) {
        finding.basis = .exact
        finding.noiseFloor = 0
        finding.change = finding.isRelative ? b / a - 1 : b - a
        let allowed = max(finding.tolerance * abs(a), declaredAmount)
        if !finding.isRelative { finding.tolerance = allowed }
        let worse = finding.metric.polarity == .higherIsBetter ? a - b : b - a
        finding.verdict = worse > allowed ? .regressed : -worse > allowed ? .improved : .same
        finding.excludesRegression = finding.verdict != .regressed
    }

    // MARK: Frequencies

    private mutating func evaluate(_ a: [RateComparison.Run], _ b: [RateComparison.Run], _ level: Double) -> GateTest? {
        finding.baselineReplicates = a.count
        finding.candidateReplicates = b.count
        func rate(_ runs: [RateComparison.Run]) -> Double {
            runs.reduce(0) { $0 + Double($1.count) } / max(1, runs.reduce(0) { $0 + $1.exposure })
        }
        finding.baseline = rate(a)
        finding.candidate = rate(b)
        guard let rates = RateComparison(a: a, b: b),
            let student = StudentDistribution(degreesOfFreedom: Double(a.count + b.count - 2))
        else {
            finding.note = "too few processes, or operations of this kind, to compare how often they occur"
            return nil
        }
        finding.basis = .rates
        finding.change = rates.ratio - 1
        let interval = ConfidenceInterval(
            lower: log(rates.interval.lower), upper: log(rates.interval.upper),
            confidence: rates.interval.confidence)
        let bound = log1p(finding.tolerance)
        let shift = log(rates.ratio)
        let quantile = student.quantile(1 - (1 - interval.confidence) / 2)
        let error = interval.halfWidth / quantile
        func pValue(_ distance: Double) -> Double {
            guard error > 0 else { return distance > 0 ? 0 : 1 }
            return distance > 0 ? min(1, 2 * student.upperTail(distance / error)) : 1
        }
        finding.isToleranceBelowNoise = finding.isToleranceDeclared && bound < interval.halfWidth
        let multiple = student.quantile(1 - level / 2) + NormalDistribution.standard.quantile(0.8)
        let needed = (error * multiple / max(1e-12, abs(abs(shift) - bound)))
        let more = (needed * needed - 1) * Double(min(a.count, b.count))
        return GateTest(
            shift: shift, interval: interval, worsePValue: pValue(shift - bound), betterPValue: pValue(-bound - shift),
            noise: interval.halfWidth, margin: error * multiple, bound: bound,
            moreReplicates: more <= 1000 ? max(1, Int(more.rounded(.up))) : nil)
    }

    // MARK: Counts of operations

    private mutating func evaluate(
        _ compare: (Double) -> (ratio: Double, interval: ConfidenceInterval)?, _ level: Double
    ) -> GateTest? {
        guard let usual = compare(ShiftTest.confidence), let strict = compare(1 - level) else {
            finding.note = "too few operations beyond it: measure longer"
            return nil
        }
        finding.basis = .counts
        finding.change = usual.ratio - 1
        finding.note = "by counts of operations, as if slow ones never came in bursts: measure anew for processes apart"
        let interval = ConfidenceInterval(
            lower: log(usual.interval.lower), upper: log(usual.interval.upper), confidence: usual.interval.confidence)
        if let baseline = finding.baseline, finding.metric.id != GateMetric.tailFrequency.id {
            finding.tolerance = max(finding.tolerance, max(declaredAmount, resolution) / baseline)
        }
        let bound = log1p(finding.tolerance)
        finding.isToleranceBelowNoise = finding.isToleranceDeclared && bound < interval.halfWidth
        // Already at the level that all comparisons together need.
        return GateTest(
            shift: log(usual.ratio), interval: interval, worsePValue: log(strict.interval.lower) > bound ? 0 : 1,
            betterPValue: log(strict.interval.upper) < -bound ? 0 : 1, noise: interval.halfWidth,
            margin: interval.halfWidth, bound: bound, moreReplicates: nil)
    }
}
