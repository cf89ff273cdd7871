import Glibc
import Statistics
import Testing

@Suite struct VarianceComponentsTests {
    /// Worked by hand: means 2, 4, 6 of variances 2, 8, 2; t(0.975, 2) = 4.302652729911275.
    @Test func twoLevelsByHand() throws {
        let components = try #require(VarianceComponents(runs: [[1, 3], [2, 6], [5, 7]]))
        #expect(components.mean == 4 && components.variances == [4, 4] && components.components == [4, 2])
        let interval = try #require(components.interval())
        #expect(isClose(interval.upper - 4, 4.302652729911275 * (4.0 / 3).squareRoot(), relative: 1e-10))
        // √(8/1 · 4/2) = 4.
        #expect(components.recommendedRepetitions(costs: [1, 8]) == [4])
        #expect(VarianceComponents(runs: [[1, 3], [1, 3]])?.recommendedRepetitions(costs: [1, 1]) == [nil])
    }

    @Test func componentsOfThreeLevelsAreRecovered() throws {
        var random = SeededGenerator(seed: 181)
        var values: [Double] = []
        for _ in 0..<60 {
            let build = 100 + 3 * random.normal()
            for _ in 0..<20 {
                let run = build + 2 * random.normal()
                for _ in 0..<10 { values.append(run + random.normal()) }
            }
        }
        let components = try #require(VarianceComponents(values, repetitions: [10, 20, 60]))
        for (component, truth) in zip(components.components, [1.0, 4, 9]) {
            #expect(abs(component - truth) < 0.45 * truth)
        }
    }

    @Test func ratiosHoldTheTruthAsOftenAsTheySay() {
        var random = SeededGenerator(seed: 182)
        func runs(_ level: Double) -> [[Double]] {
            (0..<8).map { _ in
                let run = level * (1 + 0.03 * random.normal())
                return (0..<5).map { _ in run * (1 + 0.02 * random.normal()) }
            }
        }
        let held = (0..<300).filter { _ in
            guard let old = VarianceComponents(runs: runs(1)), let new = VarianceComponents(runs: runs(1.1)) else {
                return false
            }
            return new.ratio(to: old)?.contains(1.1) ?? false
        }.count
        #expect(Double(300 - held) <= mostPlausible(300, 0.05))
    }

    @Test func impossibleDesigns() {
        #expect(VarianceComponents([], repetitions: []) == nil && VarianceComponents([1], repetitions: [1]) == nil)
        #expect(VarianceComponents([1, 2, 3], repetitions: [2, 2]) == nil && VarianceComponents(runs: []) == nil)
        #expect(VarianceComponents(runs: [[1, 2], [1]]) == nil)
        #expect(VarianceComponents([1, 2], repetitions: [.max, 2]) == nil)
        for value in hostileValues + [1e200] { #expect(VarianceComponents([1, value], repetitions: [2]) == nil) }
        let constant = VarianceComponents(runs: [[3, 3], [3, 3]])
        #expect(constant?.interval()?.halfWidth == 0 && constant?.interval(confidence: 1) == nil)
        #expect(
            constant?.recommendedRepetitions(costs: [1]) == nil
                && constant?.recommendedRepetitions(costs: [0, 1]) == nil)
        let zero = VarianceComponents(runs: [[-1, 1], [1, -1]])
        #expect(zero.flatMap { constant?.ratio(to: $0) } == nil)
    }
}
