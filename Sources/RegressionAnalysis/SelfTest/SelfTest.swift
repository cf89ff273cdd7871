package import Statistics

/// What our own detector of steps does on noise whose steps are known: how often it cries wolf, and what it finds.
package struct SelfTest: Hashable, Sendable {
    /// Results on one kind of noise.
    package struct Row: Hashable, Sendable {
        package let family: NoiseFamily
        /// Series without a step in which one was reported, and the rate's 95 % interval.
        package let falseAlarms: Int
        package let falseAlarmInterval: ConfidenceInterval
        /// At steps of 1, 2 and 3 deviations.
        package let detections: [Detection]
    }

    package struct Detection: Hashable, Sendable {
        /// In deviations.
        package let height: Double
        package let score: DetectionScore
        /// The share of steps that were found, within five values, and its 95 % interval.
        package let power: Double
        package let powerInterval: ConfidenceInterval
        /// The share of true places that lie in the interval of a reported step.
        package let coverage: Double
    }

    package let rows: [Row]
    /// Series without a step, a kind of noise; a third as many for each height of a step.
    package let trials: Int
    package let length: Int
    package let falseAlarmRate: Double

    package static let allowedTrials = 30...100_000
    static let heights = [1.0, 2, 3]

    /// Takes about a third of a millisecond a series.
    /// - Parameters:
    ///   - trials: brought into ``allowedTrials``.
    ///   - seed: equal seeds give equal results.
    package init(
        trials: Int = 600, length: Int = 300, seed: UInt64 = 1,
        falseAlarmRate: Double = HistoryDetector.usualFalseAlarmRate
    ) {
        let trials = min(max(trials, Self.allowedTrials.lowerBound), Self.allowedTrials.upperBound)
        let length = max(60, length)
        self.trials = trials
        self.length = length
        self.falseAlarmRate = falseAlarmRate
        var random = RepeatableGenerator(seed: seed)
        rows = NoiseFamily.six.map { family in
            let alarms = (0..<trials).reduce(0) { count, _ in
                let series = family.series(length, &random)
                return count + (HistoryChanges(series, falseAlarmRate: falseAlarmRate).changes.isEmpty ? 0 : 1)
            }
            return Row(
                family: family, falseAlarms: alarms, falseAlarmInterval: Self.interval(alarms, of: trials),
                detections: Self.heights.map { height in
                    Self.detect(height, family, trials / 3, length, falseAlarmRate, &random)
                })
        }
    }

    private static func detect(
        _ height: Double, _ family: NoiseFamily, _ trials: Int, _ length: Int, _ rate: Double,
        _ random: inout RepeatableGenerator
    ) -> Detection {
        var score = DetectionScore()
        var held = 0
        for _ in 0..<trials {
            var series = family.series(length, &random)
            // In the middle two thirds.
            let place = length / 6 + Int(random.next() % UInt64(length * 2 / 3))
            for i in place..<length { series[i] += height * family.deviation }
            let changes = HistoryChanges(series, falseAlarmRate: rate).changes
            score.add(reported: changes.map(\.index), truth: [place])
            if changes.contains(where: { $0.interval.contains(place) }) { held += 1 }
        }
        return Detection(
            height: height, score: score, power: Double(score.found) / Double(trials),
            powerInterval: interval(score.found, of: trials), coverage: Double(held) / Double(trials))
    }

    private static func interval(_ count: Int, of trials: Int) -> ConfidenceInterval {
        ProportionInterval.clopperPearson(successes: count, trials: trials, confidence: 0.95)
            ?? ConfidenceInterval(lower: 0, upper: 1, confidence: 1)
    }

    /// Whether some rate of false alarms is surely above what is promised.
    package var hasFailed: Bool { rows.contains { $0.falseAlarmInterval.lower > falseAlarmRate } }
}
