import Glibc
import Statistics
import Testing

@Suite struct HalfSampleModeTests {
    /// By hand, after Bickel & Frühwirth: of 1 2 4 4.5 5 9 20 the closest four are 2…5, of those the closest two 4 and
    /// 4.5.
    @Test func keepsTheClosestHalfAgainAndAgain() {
        #expect(HalfSampleMode.of([20, 4, 9, 1, 5, 2, 4.5]) == 4.25)
    }

    @Test func fewValues() {
        #expect(HalfSampleMode.of([3]) == 3)
        #expect(HalfSampleMode.of([3, 5]) == 4)
        #expect(HalfSampleMode.of([1, 2, 9]) == 1.5)
        #expect(HalfSampleMode.of([1, 8, 9]) == 8.5)
        #expect(HalfSampleMode.of([1, 5, 9]) == 5)
        #expect(HalfSampleMode.of([6, 6, 6, 6, 6]) == 6)
    }

    @Test func aClockOfCoarseStepsHasItsCommonestReadingAsMode() {
        func readings(_ counts: [(Double, Int)]) -> [Double] { counts.flatMap { Array(repeating: $0, count: $1) } }
        #expect(HalfSampleMode.of(readings([(26, 55), (52, 45)])) == 26)
        #expect(HalfSampleMode.of(readings([(26, 40), (52, 60)])) == 52)
        #expect(HalfSampleMode.of(readings([(26, 30), (52, 40), (78, 30)])) == 52)
    }

    /// The mode of exp(N(0, σ²)) is exp(−σ²): below its median 1 and its mean exp(σ²/2). With σ = 0.5: 0.779, 1, 1.133.
    @Test func findsTheModeOfSkewedTimesWithInterruptions() {
        var random = SeededGenerator(seed: 11)
        let modes = (0..<50).map { _ in
            HalfSampleMode.of((0..<2000).map { _ in exp(0.5 * random.normal()) * (random.happens(0.05) ? 40 : 1) }) ?? 0
        }
        let middle = Median.of(modes) ?? 0
        #expect(abs(middle - 0.779) < 0.06)
    }
}
