import Statistics
import Testing

/// Expected numbers: SciPy 1.17, `scipy.stats.norm.ppf(p)` and `.cdf(x)`.
@Suite struct NormalDistributionTests {
    @Test(arguments: [
        (1e-300, -37.0470962993612), (1e-20, -9.262340089798409), (0.025, -1.9599639845400545),
        (0.3, -0.5244005127080409), (0.5, 0.0), (0.75, 0.6744897501960817), (0.975, 1.959963984540054),
        (1 - 1e-10, 6.361340889697422),
    ])
    func quantilesAgreeWithSciPy(p: Double, expected: Double) {
        #expect(abs(NormalDistribution.standard.quantile(p) - expected) <= 4e-15 * max(1, abs(expected)))
    }

    @Test(arguments: [
        (-10, 7.61985302416047e-24), (-1.96, 0.024997895148220435), (0, 0.5), (0.5, 0.6914624612740131),
        (3, 0.9986501019683699),
    ])
    func probabilitiesAgreeWithSciPy(x: Double, expected: Double) {
        #expect(isClose(NormalDistribution.standard.cumulative(x), expected))
        #expect(isClose(NormalDistribution.standard.upperTail(-x), expected))
    }

    @Test func quantileUndoesTheProbability() {
        let distribution = NormalDistribution(mean: 100, standardDeviation: 15)
        for x in stride(from: 10.0, through: 190, by: 7.3) {
            let below = distribution.cumulative(x)
            if below < 0.5 { #expect(isClose(distribution.quantile(below), x, relative: 1e-13)) }
            let above = distribution.upperTail(x)
            if above < 0.5 { #expect(isClose(2 * 100 - distribution.quantile(above), x, relative: 1e-13)) }
        }
        #expect(isClose(distribution.density(100), 0.026596152026762177), "1 / (15·√(2π))")
    }

    @Test func theMedianDeviationOfNormalValues() {
        let quartile = NormalDistribution.standard.quantile(0.75)
        #expect(isClose(NormalDistribution.deviationsPerMedianDeviation, 1 / quartile))
    }

    @Test func theEndsAreInfiniteAndTheOutsideIsNoNumber() {
        let standard = NormalDistribution.standard
        #expect(standard.quantile(0) == -.infinity && standard.quantile(1) == .infinity)
        for p in [-1, 2] + hostileValues { #expect(standard.quantile(p).isNaN) }
        #expect(standard.quantile(.leastNonzeroMagnitude).isFinite)
        #expect(standard.cumulative(-.infinity) == 0 && standard.cumulative(.infinity) == 1)
    }
}
