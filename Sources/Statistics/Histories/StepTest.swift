/// Whether two neighboring levels of a series differ.
enum StepTest {
    /// Values' worth of trust in the noise of the whole series, when the noise of one level is estimated.
    static let priorCount = 8.0

    /// Neighboring places at which a series may be cut share nearly all values: a third of them counts. With it, at 300
    /// values, at most as many series without a step show one as ``HistoryDetector/falseAlarmRate`` says, for noise
    /// with a correlation of up to 0.6; ten times fewer where neighbors are independent.
    static let valuesPerPlace = 3.0

    /// Welch's t of two bounded means, times the number of places (Bonferroni): the two levels were chosen for how much
    /// they differ.
    ///
    /// Each level has a noise of its own, drawn towards that of the whole series (which is 1) as if by ``priorCount``
    /// more values; a mean's variance is widened by the inflation that correlation brings. Degrees of freedom after B.
    /// Welch, *The Generalization of "Student's" Problem*, 1947, the values counted that the prior stands for, and all
    /// of them divided by the inflation.
    /// - Parameter count: of the whole series, which might have been cut anywhere.
    static func pValue(
        _ before: HistoryLevels.Level, _ after: HistoryLevels.Level, inflation: Double, count: Int
    ) -> Double {
        func error(_ level: HistoryLevels.Level) -> (square: Double, freedom: Double) {
            let size = Double(level.range.count)
            let variance = ((size - 1) * level.variance + priorCount) / (size - 1 + priorCount)
            return (variance * inflation / size, max(1, (size - 1) / inflation + priorCount))
        }
        let (a, b) = (error(before), error(after))
        let square = a.square + b.square
        let freedom =
            square * square / (a.square * a.square / a.freedom + b.square * b.square / b.freedom)
        guard let student = StudentDistribution(degreesOfFreedom: freedom) else { return 1 }
        let places = max(1, Double(count) / valuesPerPlace)
        let pValue = places * student.twoSided((after.center - before.center) / square.squareRoot())
        // What is too small for a number is still no impossibility.
        return min(1, max(.leastNormalMagnitude, pValue))
    }
}
