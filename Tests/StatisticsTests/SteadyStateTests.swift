import Glibc
import Statistics
import Testing

@Suite struct SteadyStateTests {
    /// Epoch times around levels, with 0.5 % heavy-tailed noise and one spike in fifty.
    private func epochs(_ levels: [(Double, Int)], _ random: inout SeededGenerator) -> [Double] {
        levels.flatMap { Array(repeating: $0, count: $1) }.map {
            $0 * (1 + 0.003 * random.studentT3() + (random.happens(0.02) ? 1.5 : 0))
        }
    }

    private func classify(_ levels: [(Double, Int)], seed: UInt64) -> SteadyState.Classification? {
        var random = SeededGenerator(seed: seed)
        return SteadyState(epochs: epochs(levels, &random))?.classification
    }

    @Test func oneLevelIsFlat() {
        var random = SeededGenerator(seed: 61)
        let flat = (0..<300).filter { _ in
            SteadyState(epochs: epochs([(1000, 60)], &random))?.classification == .flat
        }
        // A spike on the first epoch, one time in fifty, is a warm-up of one epoch.
        #expect(flat.count >= 285)
    }

    @Test func aSlowStartIsAWarmUp() throws {
        #expect(classify([(1500, 20), (1100, 15), (1000, 65)], seed: 62) == .warmup(settledAt: 35))
        var random = SeededGenerator(seed: 63)
        let state = try #require(SteadyState(epochs: epochs([(1300, 10), (1000, 50)], &random)))
        #expect(state.classification == .warmup(settledAt: 10))
        #expect(abs((state.level ?? 0) - 1000) < 5)
        #expect(state.changePoints.positions == [10])
    }

    @Test func coldFirstEpochsAreAWarmUp() {
        var random = SeededGenerator(seed: 64)
        let steady = (0..<40).map { _ in 1000 * (1 + 0.003 * random.normal()) }
        #expect(SteadyState(epochs: steady)?.classification == .flat)
        #expect(SteadyState(epochs: [1800] + steady)?.classification == .warmup(settledAt: 1))
        #expect(SteadyState(epochs: [9000, 1300, 1040] + steady)?.classification == .warmup(settledAt: 3))
        #expect(SteadyState(epochs: [500] + steady)?.classification == .flat, "fast is not cold")
        #expect(SteadyState(epochs: [1800] + steady)?.level == Median.of(steady))
    }

    @Test func aLaterLevelThatIsSlowerIsASlowdown() {
        #expect(classify([(1000, 50), (1100, 50)], seed: 65) == .slowdown(at: 50))
        #expect(classify([(1400, 20), (1000, 40), (1080, 40)], seed: 66) == .slowdown(at: 60))
    }

    @Test func aLevelThatCameLateIsNotSteady() throws {
        #expect(classify([(1000, 85), (1200, 15)], seed: 67) == .noSteadyState)
        #expect(classify([(1200, 85), (1000, 15)], seed: 67) == .noSteadyState)
        var random = SeededGenerator(seed: 67)
        let late = epochs([(1200, 85), (1000, 15)], &random)
        #expect(SteadyState(epochs: late, steadyShare: 0.1)?.classification == .warmup(settledAt: 85))
        #expect(try #require(SteadyState(epochs: late)).level == nil)
    }

    @Test func levelsThatDifferByLessThanMattersAreOne() {
        let epochs = (0..<80).map { 1000 + ($0 >= 40 ? 8 : 0) + Double($0 % 3) }
        #expect(SteadyState(epochs: epochs, relevance: 0.01)?.classification == .flat)
        #expect(SteadyState(epochs: epochs, relevance: 0.005)?.classification == .slowdown(at: 40))
        // The noise of a single epoch is 30: a difference of 15 does not matter, however surely it is there.
        var random = SeededGenerator(seed: 69)
        let noisy = (0..<2000).map { 1000 + 30 * random.normal() + ($0 >= 1000 ? 15 : 0) }
        #expect(SteadyState(epochs: noisy, relevance: 0.001)?.changePoints.positions.isEmpty == false)
        #expect(SteadyState(epochs: noisy, relevance: 0.001)?.classification == .flat)
    }

    @Test func returningToAnEarlierLevelIsSteadyFromTheReturnOn() {
        #expect(classify([(1000, 40), (1200, 20), (1000, 40)], seed: 70) == .warmup(settledAt: 60))
    }

    @Test func hostileInput() throws {
        #expect(SteadyState(epochs: []) == nil)
        #expect(SteadyState(epochs: [Double](repeating: 5, count: SteadyState.fewestEpochs - 1)) == nil)
        #expect(SteadyState(epochs: [Double](repeating: .nan, count: 50)) == nil)
        let equal = try #require(SteadyState(epochs: [Double](repeating: 5, count: 12)))
        #expect(equal.classification == .flat && equal.level == 5)
        let zero = try #require(SteadyState(epochs: [Double](repeating: 0, count: 12)))
        #expect(zero.classification == .flat && zero.level == 0)
        let holed = try #require(SteadyState(epochs: [.nan, .infinity] + [Double](repeating: 5, count: 30)))
        #expect(holed.warnings.map(\.code) == [.unusableValues] && holed.level == 5)
        for value in [-1] + hostileValues {
            let state = SteadyState(epochs: [Double](repeating: 5, count: 30), relevance: value, steadyShare: value)
            #expect(state?.classification == .flat)
        }
    }
}
