import Glibc
import Statistics
import Testing

@Suite struct PairedComparisonTests {
    /// Eleven rounds around a ratio, 0.1 % apart: at 95 % the interval is from rank 2 to rank 10, ±0.4 %.
    private func rounds(around ratio: Double) -> [Double] {
        [3, -4, 0, 5, -1, 2, -5, 1, -2, 4, -3].map { log(ratio) + 0.001 * $0 }
    }

    @Test func theIntervalIsThatOfTheMedianRatio() throws {
        let comparison = PairedComparison(logRatios: rounds(around: 1.02), tolerance: 0.01)
        #expect(isClose(comparison.ratio, 1.02))
        let interval = try #require(comparison.interval)
        #expect(isClose(interval.lower, 1.02 * exp(-0.004)) && isClose(interval.upper, 1.02 * exp(0.004)))
        #expect(isClose(interval.confidence, 1 - 2 * 12 / 2048.0), "ranks 2 and 10 of 11")
        #expect(isClose(comparison.pValue, 2 / 2048.0))
        #expect(comparison.rounds == 11 && comparison.warnings.isEmpty)
    }

    @Test(arguments: [
        (1.02, Verdict.slower), (0.98, .faster), (1.0, .equivalent), (1.004, .equivalent), (0.996, .equivalent),
        (1.01, .notResolved), (0.993, .notResolved), (1.013, .notResolved), (1.015, .slower),
    ])
    func theWholeIntervalMustLieOnOneSideOfTheTolerance(ratio: Double, verdict: Verdict) {
        #expect(PairedComparison(logRatios: rounds(around: ratio), tolerance: 0.01).verdict == verdict)
    }

    @Test func exchangingTheSidesExchangesTheVerdict() {
        for ratio in [0.985, 0.99, 0.994, 1, 1.006, 1.0101, 1.0142, 1.2] {
            let there = PairedComparison(logRatios: rounds(around: ratio), tolerance: 0.01)
            let back = PairedComparison(logRatios: rounds(around: ratio).map { -$0 }, tolerance: 0.01)
            let exchanged: [Verdict: Verdict] = [.faster: .slower, .slower: .faster]
            #expect(back.verdict == exchanged[there.verdict, default: there.verdict])
        }
    }

    @Test func exactCountsAreComparedExactly() {
        let same = PairedComparison(logRatios: [Double](repeating: 0, count: 8), tolerance: 0)
        #expect(same.verdict == .equivalent && same.ratio == 1 && same.pValue == 1)
        let more = PairedComparison(logRatios: [Double](repeating: log(1001.0 / 1000), count: 8), tolerance: 0)
        #expect(more.verdict == .slower)
    }

    @Test func aControlThatMovedLeavesNothingResolved() throws {
        let moved = ConfidenceInterval(lower: 1.013, upper: 1.02, confidence: 0.95)
        let comparison = PairedComparison(logRatios: rounds(around: 1.05), tolerance: 0.01, control: moved)
        #expect(comparison.verdict == .notResolved)
        let warning = try #require(comparison.warnings.first)
        #expect(warning.code == .controlMoved)
        #expect(
            warning.description == "comparing A with itself gave +1.3 % to +2.0 %, outside the tolerance: the "
                + "measurement favors one side, so there is no verdict")
        let quiet = ConfidenceInterval(lower: 0.999, upper: 1.004, confidence: 0.95)
        #expect(PairedComparison(logRatios: rounds(around: 1.05), tolerance: 0.01, control: quiet).warnings.isEmpty)
        let wide = ConfidenceInterval(lower: 0.9, upper: 1.1, confidence: 0.95)
        let doubtful = PairedComparison(logRatios: rounds(around: 1.05), tolerance: 0.01, control: wide)
        #expect(doubtful.verdict == .slower && doubtful.warnings.map(\.code) == [.wideControl])
    }

    @Test func tooFewRoundsResolveNothing() {
        let comparison = PairedComparison(logRatios: [0.1, 0.1, 0.1, 0.1, 0.1], tolerance: 0.01)
        #expect(comparison.verdict == .notResolved && comparison.interval == nil)
        #expect(isClose(comparison.ratio, exp(0.1)))
        #expect(comparison.warnings.map(\.description) == ["5 rounds give no interval: at least 6 rounds are needed"])
        let none = PairedComparison(logRatios: [], tolerance: 0.01)
        #expect(none.ratio == nil && none.interval == nil && none.verdict == .notResolved && none.pValue == 1)
    }

    @Test func hostileInputIsLeftOutAndCounted() {
        let comparison = PairedComparison(
            logRatios: rounds(around: 1.02) + hostileValues + [1e300, -1e300], tolerance: 0.01)
        #expect(comparison.verdict == .slower && comparison.rounds == 11)
        #expect(comparison.warnings.map(\.code) == [.unusableValues])
        for parameter in [-1] + hostileValues {
            #expect(
                PairedComparison(logRatios: rounds(around: 1), tolerance: parameter).verdict != .equivalent
                    || parameter > 0)
            let unsure = PairedComparison(logRatios: rounds(around: 2), tolerance: 0.01, confidence: parameter)
            #expect(unsure.verdict == .notResolved && unsure.warnings.map(\.code) == [.tooFewValues])
        }
    }

    @Test func roundsThatResembleTheirNeighborsAreReported() {
        let drifting = (0..<40).map { 0.001 * sin(Double($0) / 6) }
        #expect(PairedComparison(logRatios: drifting, tolerance: 0.01).warnings.map(\.code) == [.dependentValues])
        var random = SeededGenerator(seed: 3)
        let warned = (0..<1000).filter { _ in
            !PairedComparison(logRatios: random.logRatios(50, truth: 1), tolerance: 0.01).warnings.isEmpty
        }
        #expect(warned.count <= 5, "one in 700 independent series")
    }

    @Test func aHundredNoisyRoundsFindOnePercent() {
        var random = SeededGenerator(seed: 17)
        let trials = 1000
        var (falseAlarms, found, same) = (0, 0, 0)
        for _ in 0..<trials {
            let idle = PairedComparison(logRatios: random.logRatios(100, truth: 1), tolerance: 0.005)
            if idle.verdict == .faster || idle.verdict == .slower { falseAlarms += 1 }
            if idle.verdict == .equivalent { same += 1 }
            if PairedComparison(logRatios: random.logRatios(100, truth: 1.01), tolerance: 0.005).verdict == .slower {
                found += 1
            }
        }
        #expect(falseAlarms == 0)
        #expect(found >= 970)
        #expect(same >= 970)
    }

    @Test func theIntervalHoldsTheTruthAsOftenAsItSays() throws {
        var random = SeededGenerator(seed: 23)
        let trials = 4000
        let missed = (0..<trials).filter { _ in
            let interval = PairedComparison(logRatios: random.logRatios(60, truth: 1.01), tolerance: 0).interval
            return interval?.contains(1.01) != true
        }
        #expect(Double(missed.count) <= mostPlausible(trials, 0.05))
        #expect(missed.count > trials / 50, "an interval that never misses is too wide")
    }
}
