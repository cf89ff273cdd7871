import Glibc
import Statistics
import Testing

@Suite struct ResamplingTests {
    /// B. Efron & R. Tibshirani, *An Introduction to the Bootstrap*, tables 14.1 and 14.2: the variance of the spatial
    /// test data has the 90 % BCa interval (115.8, 259.6); SciPy with 200,000 draws says (115.4, 260.3).
    private let spatial: [Double] = [
        48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41,
    ]

    private func variance(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    }

    @Test func theTextbooksExample() throws {
        let interval = try #require(
            Bootstrap.interval(of: spatial, confidence: 0.9, resamples: 50_000, statistic: variance))
        #expect(abs(interval.lower - 115.4) < 2 && abs(interval.upper - 260.3) < 2)
        #expect(Bootstrap.interval(of: spatial, confidence: 0.9, resamples: 50_000, statistic: variance) == interval)
    }

    @Test func ratiosOfTwoSamplesOfRuns() throws {
        var random = SeededGenerator(seed: 171)
        var held = 0
        for trial in 0..<100 {
            func runs(_ level: Double) -> [[Double]] {
                (0..<15).map { _ in
                    let run = level * exp(0.05 * random.normal())
                    return (0..<20).map { _ in run * exp(0.2 * random.normal()) }
                }
            }
            let interval = try #require(
                Bootstrap.interval(of: runs(1), and: runs(1.2), resamples: 400, seed: UInt64(trial)) { a, b in
                    (Median.of(b.joined()) ?? .nan) / (Median.of(a.joined()) ?? .nan)
                })
            held += interval.contains(1.2) ? 1 : 0
        }
        // Bootstraps of 15 units are some percent too narrow.
        #expect(held >= 84)
    }

    @Test func blocksBearCorrelationThatSingleValuesDoNot() throws {
        var random = SeededGenerator(seed: 172)
        var (blocks, singles) = (0, 0)
        for trial in 0..<120 {
            var previous = 0.0
            let series = (0..<400).map { _ -> Double in
                previous = 0.8 * previous + random.normal()
                return previous
            }
            func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
            func holds(_ length: Int) throws -> Bool {
                try #require(
                    Bootstrap.interval(
                        ofSeries: series, blockLength: length, resamples: 300, seed: UInt64(trial), statistic: mean)
                ).contains(0)
            }
            blocks += try holds(40) ? 1 : 0
            singles += try holds(1) ? 1 : 0
        }
        #expect(blocks >= 96 && singles <= 72)
    }

    @Test func permutationsAgreeWithSciPy() throws {
        let (a, b, p) = References.permutation
        func distance(_ x: [Double], _ y: [Double]) -> Double {
            abs(x.reduce(0, +) / Double(x.count) - y.reduce(0, +) / Double(y.count))
        }
        let exact = try #require(PermutationTest(a, b, statistic: distance))
        #expect(exact.isExact && exact.deals == 462 && isClose(exact.pValue, p))
        let drawn = try #require(PermutationTest(a, b, mostDeals: 400, statistic: distance))
        #expect(!drawn.isExact && abs(drawn.pValue - p) < 0.04 && drawn.pValue > 0)
    }

    @Test func hostileSamples() {
        #expect(Bootstrap.interval(of: [1.0], statistic: { $0[0] }) == nil)
        #expect(Bootstrap.interval(of: [1.0, 2], statistic: { _ in .nan }) == nil)
        #expect(Bootstrap.interval(of: [3.0, 3, 3], statistic: { $0[0] })?.halfWidth == 0)
        for confidence in [0, 1, 2] + hostileValues {
            #expect(Bootstrap.interval(of: [1.0, 2], confidence: confidence, statistic: { $0[0] }) == nil)
        }
        #expect(Bootstrap.interval(ofSeries: [1, 2, 3, 4], blockLength: 2, statistic: { $0[0] }) == nil)
        #expect(Bootstrap.interval(ofSeries: [1, 2, 3, 4], blockLength: 0, statistic: { $0[0] }) == nil)
        #expect(PermutationTest([Double](), [1], statistic: { _, _ in 0 }) == nil)
        #expect(PermutationTest([1.0], [1], statistic: { _, _ in .nan }) == nil)
        #expect(PermutationTest([1.0, 1], [1, 1], statistic: { _, _ in 0 })?.pValue == 1)
    }
}
