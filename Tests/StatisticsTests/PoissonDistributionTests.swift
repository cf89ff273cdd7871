import Statistics
import Testing

/// Expected numbers: SciPy 1.17, `scipy.stats.poisson(mean)`: `pmf(k)`, `cdf(k)`, `sf(k)`, `ppf(q)`. From a mean of 10⁶
/// on the masses are mpmath's, `exp(k*log(m) - m - loggamma(k + 1))` with 40 digits: SciPy's `pmf` keeps 4 there.
@Suite struct PoissonDistributionTests {
    @Test(arguments: [
        (0.5, 0, 0.6065306597126334, 0.6065306597126334, 0.3934693402873665),
        (3.7, 5, 0.1428689297039648, 0.830088295075957, 0.16991170492404292),
        (100, 70, 0.00031056089812003264, 0.0009714440282774196, 0.9990285559717226),
        (1e6, 1_002_500, 1.7552021682925722e-05, 0.9937837689739604, 0.006216231026039605),
        (1e9, 999_950_000, 3.6144629136696949e-06, 0.05692405262470511, 0.9430759473752949),
        (1e12, 1_000_001_000_000, 2.4197064386226878e-07, 0.8413448670538446, 0.15865513294615538),
        (2, 40, 1.8237520563982966e-37, 1.0, 9.340628519599106e-39),
    ])
    func agreesWithSciPy(mean: Double, k: Int, mass: Double, below: Double, above: Double) throws {
        let distribution = try #require(PoissonDistribution(mean: mean))
        #expect(isClose(distribution.mass(k), mass, relative: 1e-10))
        #expect(isClose(distribution.cumulative(k), below, relative: 1e-10))
        #expect(isClose(distribution.upperTail(k), above, relative: 1e-10))
    }

    @Test(arguments: [(0.5, 0.9, 1), (3.7, 0.975, 8), (1e6, 0.025, 998_041), (1e9, 0.975, 1_000_061_980)])
    func quantilesAgreeWithSciPy(mean: Double, q: Double, expected: Int) {
        #expect(PoissonDistribution(mean: mean)?.quantile(q) == expected)
    }

    @Test func massesSumToTheTails() throws {
        for mean in [0.01, 1, 7.5, 60] {
            let distribution = try #require(PoissonDistribution(mean: mean))
            var sum = 0.0
            for k in 0...200 {
                sum += distribution.mass(k)
                #expect(isClose(distribution.cumulative(k), sum, relative: 1e-12), "mean \(mean) k \(k)")
                #expect(abs(distribution.cumulative(k) + distribution.upperTail(k) - 1) < 1e-14)
            }
        }
    }

    @Test func hugeMeansAreStillNearTheNormalOnes() throws {
        let distribution = try #require(PoissonDistribution(mean: 1e18))
        #expect(
            isClose(
                distribution.cumulative(1_000_000_000_000_000_000 - 2_000_000_000), 0.02275013194817921, relative: 1e-6)
        )
        #expect(distribution.quantile(0.5) != nil)
    }

    @Test func impossibleParametersAreRefused() throws {
        for mean in [-1] + hostileValues { #expect(PoissonDistribution(mean: mean) == nil) }
        let nothing = try #require(PoissonDistribution(mean: 0))
        #expect(nothing.mass(0) == 1 && nothing.cumulative(0) == 1 && nothing.upperTail(0) == 0)
        #expect(nothing.quantile(0.999) == 0 && nothing.upperTail(-1) == 1)
        for q in [-0.1, 1, 1.1] + hostileValues { #expect(nothing.quantile(q) == nil) }
        #expect(PoissonDistribution(mean: 1e300)?.quantile(0.5) == nil, "no Int is that great")
        #expect(try #require(PoissonDistribution(mean: 3)).upperTail(.max) == 0)
    }
}
