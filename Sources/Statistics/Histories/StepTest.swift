/// Whether two neighboring levels of a series differ.
enum StepTest {
    /// Values' worth of trust in the noise of the whole series, when the noise of one level is estimated.
    static let priorCount = 8.0

    /// At how many places a series might have been cut: neighboring ones share nearly all values, so a fifth of them counts;
    /// of short series, whose correlation is not known as well, up to a third. With it at most as many series without a
    /// step show one as ``HistoryDetector/falseAlarmRate`` says, from 60 values on, for noise with a correlation of up to
    /// 0.6; ten times fewer where neighbors are independent. Where neighbors have a correlation of 0.5, of series of 24 to
    /// 60 values up to 1.3 in 100 show one, of shorter ones up to 9, for nothing is known of it there.
    static func placeCount(_ count: Int) -> Double {
        max(1, Double(count) / (3 + 2 * min(1, Double(count) / 300)))
    }

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
        let pValue = placeCount(count) * student.twoSided((after.center - before.center) / square.squareRoot())
        // What is too small for a number is still no impossibility.
        return min(1, max(.leastNormalMagnitude, pValue))
    }
}
