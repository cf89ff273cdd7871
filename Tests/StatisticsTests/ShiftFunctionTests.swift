import Glibc
import Statistics
import Testing

@Suite struct ShiftFunctionTests {
    /// Runs of operations of 100 ns, of which a share takes longer, with bursts and a level of its own in each run.
    private func runs(_ count: Int, tailShare: Double, tail: Double, _ random: inout SeededGenerator) -> [[Double]] {
        (0..<count).map { _ in
            let level = 100 * exp(0.01 * random.normal())
            let share = tailShare * exp(0.2 * random.normal())
            return (0..<6000).map { _ in
                level * exp(0.05 * random.normal()) * (random.happens(share) ? tail : 1)
            }
        }
    }

    @Test func aShiftedTailIsToldFromTheBody() throws {
        var random = SeededGenerator(seed: 191)
        let (a, b) = (
            runs(12, tailShare: 0.004, tail: 3, &random), runs(12, tailShare: 0.012, tail: 3, &random)
        )
        let function = ShiftFunction(a: a, b: b)
        #expect(function.shifts.map(\.quantile) == [0.5, 0.9, 0.99, 0.999, 1])
        let (body, tail) = (function.shifts[0], function.shifts[2])
        #expect(body.adjustedPValue > 0.05 && body.interval?.contains(1) == true)
        #expect(tail.adjustedPValue < 0.001 && (tail.ratio ?? 0) > 1.5 && (tail.interval?.lower ?? 0) > 1.3)
        let frequency = try #require(function.frequency)
        #expect(frequency.ratio > 2 && frequency.interval.lower > 1.3 && frequency.pValue < 0.001)
        #expect(
            function.warnings.map(\.description) == [
                "runs of 6000 values are too short for p99.99: measure longer runs"
            ])
    }

    @Test func equalSidesDifferNoMoreOftenThanPromised() {
        var random = SeededGenerator(seed: 192)
        var (alarms, frequencies) = (0, 0)
        for _ in 0..<40 {
            let function = ShiftFunction(
                a: runs(8, tailShare: 0.004, tail: 3, &random), b: runs(8, tailShare: 0.004, tail: 3, &random))
            alarms += function.shifts.contains { $0.adjustedPValue <= 0.05 } ? 1 : 0
            frequencies += (function.frequency?.pValue ?? 1) <= 0.05 ? 1 : 0
        }
        #expect(Double(alarms) <= mostPlausible(40, 0.05) && Double(frequencies) <= mostPlausible(40, 0.05))
    }

    @Test func hostileRuns() {
        let empty = ShiftFunction(a: [], b: [])
        #expect(empty.shifts.isEmpty && empty.frequency == nil && empty.warnings.map(\.code) == [.tooFewValues])
        #expect(ShiftFunction(a: [hostileValues], b: [[], []]).shifts.isEmpty)
        let constant = [[Double]](repeating: [Double](repeating: 5, count: 100), count: 5)
        let same = ShiftFunction(a: constant, b: constant)
        #expect(same.shifts.map(\.pValue).allSatisfy { $0 == 1 } && same.shifts.allSatisfy { $0.ratio == 1 })
        let negative = ShiftFunction(a: [[-1, 2], [-3, 4]], b: [[-1, 2]], quantiles: [0, 1, .nan, 7])
        #expect(negative.shifts.count == 2 && negative.shifts[0].ratio == nil)
        #expect(isClose(negative.shifts[1].ratio, 2 / 8.0.squareRoot()))
    }
}
