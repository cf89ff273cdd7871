/// One step in a history of results.
package struct HistoryChange: Hashable, Sendable {
    /// The index of the first value of the new level, in the series as it was given.
    package let index: Int
    /// Where the step lies with 95 % confidence: indices, both included.
    package let interval: ClosedRange<Int>
    /// The median of the values between the previous step and this one.
    package let before: Double
    /// The median of the values between this step and the next.
    package let after: Double
    /// The probability that a series of this length without any step shows one that is as clear, anywhere.
    package let pValue: Double
}

/// The steps of a history and what they rest on.
package struct HistoryChanges: Hashable, Sendable {
    /// In order; none when nothing steps.
    package let changes: [HistoryChange]
    /// How many values were given, those that are no numbers included.
    package let count: Int
    /// The standard deviation of values around their level, wild ones bounded; 0 when all are equal.
    package let noise: Double
    /// The correlation of neighbors within a level, from 0 to 0.9.
    package let correlation: Double
    /// Steps that were left out because the values climb or fall steadily there.
    package let driftCount: Int
    package let warnings: [StatisticalWarning]

    /// The steps of a whole series: what a ``HistoryDetector`` says after it was given all values. O(n log n).
    package init(_ values: some Sequence<Double>, falseAlarmRate: Double = HistoryDetector.usualFalseAlarmRate) {
        self = HistoryDetector(values, falseAlarmRate: falseAlarmRate).changes
    }

    init(
        changes: [HistoryChange], count: Int, noise: Double, correlation: Double, driftCount: Int,
        warnings: [StatisticalWarning]
    ) {
        self.changes = changes
        self.count = count
        self.noise = noise
        self.correlation = correlation
        self.driftCount = driftCount
        self.warnings = warnings
    }
}
