import Glibc
import Statistics
import Testing

@Suite struct SequentialComparisonTests {
    /// Runs a comparison to its end; the verdict and the rounds it took.
    private func run(
        _ plan: SequentialComparison, truth: Double, _ random: inout SeededGenerator
    ) throws -> (verdict: Verdict, rounds: Int) {
        var ratios: [Double] = []
        var look = plan.looks.first
        while let rounds = look {
            ratios += random.logRatios(rounds - ratios.count, truth: truth)
            let judgement = try #require(plan.judge(ratios))
            if judgement.isFinal { return (judgement.comparison.verdict, rounds) }
            look = judgement.nextLook
        }
        return (.notResolved, ratios.count)
    }

    @Test func looksGrowGeometricallyUpToTheLast() throws {
        let plan = try #require(SequentialComparison(tolerance: 0.01))
        #expect(plan.looks == [12, 18, 27, 41, 62, 93, 128])
        let slow = try #require(
            SequentialComparison(tolerance: 0.01, firstLook: 10, growth: 1.001, maximumRounds: 14))
        #expect(slow.looks == [10, 11, 12, 13, 14])
    }

    @Test func theLevelLiesBetweenOneLookAndBonferroni() throws {
        let plan = try #require(SequentialComparison(tolerance: 0.01, confidence: 0.98))
        #expect(plan.nominalConfidence > 0.98 && plan.nominalConfidence < 1 - 0.02 / 7 + 1e-9)
        #expect(plan.missProbability <= 0.02)
        #expect(plan.missProbability > 0.01, "a level that is much too strict wastes rounds")
        let single = try #require(SequentialComparison(tolerance: 0.01, firstLook: 100, maximumRounds: 100))
        let ranks = try #require(
            OrderStatisticInterval(count: 100, quantile: 0.5, confidence: single.nominalConfidence))
        #expect(isClose(1 - single.missProbability, ranks.confidence))
    }

    /// All 2¹⁴ sequences of signs, one by one.
    @Test func theMissProbabilityIsThatOfAllPaths() throws {
        let plan = try #require(
            SequentialComparison(tolerance: 0, confidence: 0.9, firstLook: 6, growth: 1.3, maximumRounds: 14))
        #expect(plan.looks == [6, 8, 11, 14])
        let ranks = plan.looks.map {
            OrderStatisticInterval(count: $0, quantile: 0.5, confidence: plan.nominalConfidence)
        }
        var missed = 0
        for path in 0..<(1 << 14) {
            let misses = zip(plan.looks, ranks).contains { look, ranks in
                guard let ranks else { return false }
                let below = (path & ((1 << look) - 1)).nonzeroBitCount
                return below < ranks.lowerRank || below >= ranks.upperRank
            }
            if misses { missed += 1 }
        }
        #expect(isClose(plan.missProbability, Double(missed) / Double(1 << 14)))
        #expect(plan.missProbability > 0 && plan.missProbability <= 0.1)
    }

    /// With no tolerance every difference that is "found" between equals is a false alarm: the hardest case.
    @Test func looksTogetherRaiseNoMoreFalseAlarmsThanDeclared() throws {
        let plan = try #require(SequentialComparison(tolerance: 0, confidence: 0.98, maximumRounds: 100))
        var random = SeededGenerator(seed: 31)
        let trials = 3000
        var alarms = 0
        for _ in 0..<trials where try run(plan, truth: 1, &random).verdict != .notResolved { alarms += 1 }
        #expect(Double(alarms) <= 0.03 * Double(trials))
        #expect(Double(alarms) <= mostPlausible(trials, plan.missProbability))
        #expect(Double(trials - alarms) <= mostPlausible(trials, 1 - plan.missProbability), "the probability is exact")
    }

    @Test func lookingWithoutSpendingWouldCryWolf() throws {
        let plan = try #require(SequentialComparison(tolerance: 0, confidence: 0.98, maximumRounds: 100))
        var random = SeededGenerator(seed: 31)
        let trials = 3000
        let alarms = (0..<trials).filter { _ in
            let ratios = random.logRatios(100, truth: 1)
            return plan.looks.contains {
                PairedComparison(logRatios: Array(ratios.prefix($0)), tolerance: 0, confidence: 0.98).verdict
                    != .notResolved
            }
        }
        #expect(Double(alarms.count) > 0.03 * Double(trials))
    }

    @Test func onePercentIsFoundEarlyAndEqualsAreFoundEqual() throws {
        let plan = try #require(SequentialComparison(tolerance: 0.005, confidence: 0.98, maximumRounds: 100))
        var random = SeededGenerator(seed: 41)
        let trials = 1000
        var (found, alarms, equivalent, rounds) = (0, 0, 0, 0)
        for _ in 0..<trials {
            let slower = try run(plan, truth: 1.01, &random)
            if slower.verdict == .slower { found += 1 }
            rounds += slower.rounds
            let same = try run(plan, truth: 1, &random)
            if same.verdict == .faster || same.verdict == .slower { alarms += 1 }
            if same.verdict == .equivalent { equivalent += 1 }
        }
        #expect(found >= 970)
        #expect(alarms <= 30)
        #expect(equivalent >= 970)
        #expect(rounds < 60 * trials, "it stops early")
    }

    @Test func aJudgementUsesTheRoundsOfItsLookAlone() throws {
        let plan = try #require(SequentialComparison(tolerance: 0.01))
        #expect(plan.judge([Double](repeating: 0.5, count: 11)) == nil)
        let noisy = (0..<17).map { $0 % 2 == 0 ? 0.3 : -0.3 }
        let first = try #require(plan.judge(noisy))
        #expect(first.comparison.rounds == 12 && first.nextLook == 18)
        #expect(first.comparison.verdict == .notResolved)
        #expect(first.comparison.interval?.confidence == 1 - plan.missProbability)
        let last = try #require(plan.judge((0..<500).map { $0 % 2 == 0 ? 0.3 : -0.3 }))
        #expect(last.comparison.rounds == 128 && last.isFinal)
        let clear = try #require(plan.judge([.nan] + [Double](repeating: 0.5, count: 12)))
        #expect(clear.isFinal && clear.comparison.verdict == .slower)
        #expect(clear.comparison.warnings.map(\.code) == [.unusableValues])
    }

    @Test func aControlThatMovedHoldsTheVerdictBack() throws {
        let plan = try #require(SequentialComparison(tolerance: 0.01))
        let slower = [Double](repeating: 0.05, count: 20)
        let judgement = try #require(plan.judge(slower, control: [Double](repeating: 0.03, count: 20)))
        #expect(judgement.comparison.verdict == .notResolved && judgement.nextLook == 27)
        #expect(judgement.comparison.warnings.map(\.code) == [.controlMoved])
        #expect(plan.judge(slower, control: [Double](repeating: 0, count: 20))?.comparison.verdict == .slower)
    }

    @Test func impossiblePlansAreRefused() {
        #expect(SequentialComparison(tolerance: 0.01, firstLook: 0) == nil)
        #expect(SequentialComparison(tolerance: 0.01, firstLook: 200) == nil)
        #expect(SequentialComparison(tolerance: 0.01, growth: 1) == nil)
        #expect(SequentialComparison(tolerance: 0.01, maximumRounds: .max) == nil)
        #expect(SequentialComparison(tolerance: 0.01, firstLook: 3, maximumRounds: 5) == nil, "no interval at 98 %")
        #expect(SequentialComparison(tolerance: 0.01, growth: 1e300) != nil)
        for value in [0, 1] + hostileValues { #expect(SequentialComparison(tolerance: 0.01, confidence: value) == nil) }
        for value in hostileValues where value != .infinity {
            #expect(SequentialComparison(tolerance: 0.01, growth: value) == nil)
        }
    }

    @Test func longPlansAreQuicklyMade() throws {
        let plan = try #require(
            SequentialComparison(tolerance: 0, firstLook: 16, growth: 2, maximumRounds: SequentialComparison.mostRounds)
        )
        #expect(plan.missProbability <= 0.02 && plan.missProbability > 0.015)
    }
}
