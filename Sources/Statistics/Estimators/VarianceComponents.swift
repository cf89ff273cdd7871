/// How much of the scatter of results each level of repetition brings in (iterations, processes, builds …), and with it
/// how often to repeat each, and an honest interval of the mean.
///
/// Assumption: a balanced nested design; the repetitions of each level are independent draws. Levels are counted from
/// the innermost. Sᵢ² is the mean, over all groups, of the unbiased variance of the means one level below; T₁² = S₁² and
/// Tᵢ² = Sᵢ² − Sᵢ₋₁²/rᵢ₋₁, at least 0, is what level i itself adds.
/// Source: T. Kalibera & R. Jones, *Rigorous Benchmarking in Reasonable Time*, 2013, and *Quantifying Performance Changes
/// with Effect Size Confidence Intervals*, 2012.
package struct VarianceComponents: Hashable, Sendable {
    /// Repetitions of each level, the innermost first.
    package let repetitions: [Int]
    package let mean: Double
    /// Sᵢ².
    package let variances: [Double]
    /// Tᵢ².
    package let components: [Double]

    /// - Parameters:
    ///   - values: all values, the innermost level running fastest.
    ///   - repetitions: of each level, the innermost first; each at least 2, their product the number of values.
    /// - Returns: nil when the numbers do not fit, or a value is not finite or too great to be squared.
    package init?(_ values: [Double], repetitions: [Int]) {
        var expected = 1
        for count in repetitions {
            let (product, overflow) = expected.multipliedReportingOverflow(by: count)
            guard count >= 2, !overflow else { return nil }
            expected = product
        }
        guard !repetitions.isEmpty, values.count == expected, values.allSatisfy({ abs($0) < 1e150 }) else { return nil }
        var means = values
        var variances: [Double] = []
        for count in repetitions {
            let groups = stride(from: 0, to: means.count, by: count).map { means[$0..<($0 + count)] }
            let centers = groups.map { group in group.reduce(0) { $0 + $1 / Double(count) } }
            let squares = zip(groups, centers).map { group, center in
                group.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(count - 1)
            }
            variances.append(squares.reduce(0, +) / Double(groups.count))
            means = centers
        }
        self.repetitions = repetitions
        self.variances = variances
        mean = means[0]
        components = variances.indices.map { i in
            i == 0 ? variances[0] : max(0, variances[i] - variances[i - 1] / Double(repetitions[i - 1]))
        }
    }

    /// Values of runs: the inner level is what each run measured, the outer one the runs, all equally long.
    package init?(runs: [[Double]]) {
        guard let length = runs.first?.count, runs.allSatisfy({ $0.count == length }) else { return nil }
        self.init(Array(runs.joined()), repetitions: [length, runs.count])
    }

    /// Ȳ ± t(1 − α/2, r − 1)·√(S²/r) with the outermost level's S² and r. Nil when the confidence is not between 0 and 1.
    package func interval(confidence: Double = 0.95) -> ConfidenceInterval? {
        guard let half = halfWidth(confidence) else { return nil }
        return ConfidenceInterval(lower: mean - half, upper: mean + half, confidence: confidence)
    }

    private func halfWidth(_ confidence: Double) -> Double? {
        let outermost = repetitions.count - 1
        guard confidence > 0, confidence < 1,
            let student = StudentDistribution(degreesOfFreedom: Double(repetitions[outermost] - 1))
        else { return nil }
        return student.quantile(1 - (1 - confidence) / 2)
            * (variances[outermost] / Double(repetitions[outermost])).squareRoot()
    }

    /// How often to repeat each level but the outermost, so that a given time tells most: rᵢ = ⌈√((cᵢ₊₁/cᵢ)·(Tᵢ²/Tᵢ₊₁²))⌉.
    /// The outermost is repeated as often as the time allows.
    /// - Parameter costs: of one more repetition of each level without those within it, such as the time of a process
    ///   start; greater than 0, one a level.
    /// - Returns: nil when the costs do not fit; a level above which nothing varies gets no number: nil, as often as one
    ///   likes.
    package func recommendedRepetitions(costs: [Double]) -> [Int?]? {
        guard costs.count == repetitions.count, costs.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        return (0..<(costs.count - 1)).map { i in
            guard components[i + 1] > 0 else { return nil }
            let count = (costs[i + 1] / costs[i] * (components[i] / components[i + 1])).squareRoot().rounded(.up)
            return count < 1e15 ? max(1, Int(count)) : nil
        }
    }

    /// The interval of the ratio of this mean to another's (new to old), after E. Fieller: with h = t²·S²/r of each,
    /// (Ȳ·Ȳ′ ± √((Ȳ·Ȳ′)² − (Ȳ² − h)(Ȳ′² − h′)))/(Ȳ² − h), Ȳ the old mean. At most nearly the stated confidence.
    /// - Returns: nil when the old mean is not clearly different from 0 (Ȳ² ≤ h), or the confidence not between 0 and 1.
    package func ratio(to old: VarianceComponents, confidence: Double = 0.95) -> ConfidenceInterval? {
        guard let newHalf = halfWidth(confidence), let oldHalf = old.halfWidth(confidence) else { return nil }
        let denominator = old.mean * old.mean - oldHalf * oldHalf
        let product = old.mean * mean
        let root = product * product - denominator * (mean * mean - newHalf * newHalf)
        guard denominator > 0, root >= 0 else { return nil }
        let (low, high) = ((product - root.squareRoot()) / denominator, (product + root.squareRoot()) / denominator)
        guard low.isFinite, high.isFinite else { return nil }
        return ConfidenceInterval(lower: low, upper: high, confidence: confidence)
    }
}
