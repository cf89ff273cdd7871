import Statistics
import Testing

/// Expected numbers: SciPy 1.17, `scipy.stats.binom(n, p)`: `pmf(k)`, `cdf(k)`, `sf(k)`, `ppf(q)`.
@Suite struct BinomialDistributionTests {
    @Test(arguments: [
        (10, 0.3, 4, 0.20012094899999988, 0.8497316674000001, 0.15026833259999992),
        (100, 0.5, 35, 0.0008638556657416474, 0.0017588208614850794, 0.998241179138515),
        (1000, 0.001, 5, 0.003048807927758811, 0.999411929898237, 0.0005880701017629785),
        (1_000_000, 0.999, 998_900, 9.456721803971117e-05, 0.0009574669700286278, 0.9990425330299714),
        (1_000_000_000, 0.5, 499_980_000, 1.1337165228325317e-05, 0.10295727405085833, 0.8970427259491417),
        (1_000_000_000, 0.5, 500_000_000, 2.523132521389378e-05, 0.5000126156626065, 0.49998738433739354),
        (1_000_000_000, 0.999, 999_001_500, 0.00012946074101333308, 0.9333816424165807, 0.06661835758341926),
        (1_000_000_000, 1e-09, 3, 0.06131324016458379, 0.9810118431851594, 0.018988156814840566),
        (50, 0.02, 50, 1.1258999068426252e-85, 1.0, 0.0),
    ])
    func agreesWithSciPy(n: Int, p: Double, k: Int, mass: Double, below: Double, above: Double) throws {
        let distribution = try #require(BinomialDistribution(trials: n, probability: p))
        // 0.999 as a Double is off by 10⁻¹⁷, which n = 10⁹ makes 10⁻⁸ of a trial.
        #expect(isClose(distribution.mass(k), mass, relative: 1e-10))
        #expect(isClose(distribution.cumulative(k), below, relative: 1e-10))
        #expect(isClose(distribution.upperTail(k), above, relative: 1e-10))
    }

    @Test(arguments: [
        (10, 0.3, 0.5, 3), (100, 0.5, 0.025, 40), (1_000_000, 0.999, 0.975, 999_061),
        (1_000_000_000, 0.5, 0.025, 499_969_010), (1_000_000_000, 0.999, 0.975, 999_001_959),
        (1_000_000_000, 1e-09, 0.999, 5), (20, 0.5, 1e-09, 0),
    ])
    func quantilesAgreeWithSciPy(n: Int, p: Double, q: Double, expected: Int) {
        #expect(BinomialDistribution(trials: n, probability: p)?.quantile(q) == expected)
    }

    @Test func massesSumToOneAndToTheTails() throws {
        for (n, p) in [(1, 0.5), (17, 0.03), (40, 0.9), (333, 0.4)] {
            let distribution = try #require(BinomialDistribution(trials: n, probability: p))
            var sum = 0.0
            for k in 0...n {
                sum += distribution.mass(k)
                #expect(isClose(distribution.cumulative(k), sum, relative: 1e-12), "n \(n) p \(p) k \(k)")
                #expect(abs(distribution.cumulative(k) + distribution.upperTail(k) - 1) < 1e-14)
            }
            #expect(isClose(sum, 1))
        }
    }

    @Test func quantileIsTheFirstCountThatReachesTheProbability() throws {
        for (n, p) in [(1, 0.5), (30, 0.07), (200, 0.6), (5000, 0.999)] {
            let distribution = try #require(BinomialDistribution(trials: n, probability: p))
            for q in [1e-12, 0.001, 0.1, 0.5, 0.77, 0.999, 1 - 1e-9] {
                let k = try #require(distribution.quantile(q))
                #expect(distribution.cumulative(k) >= q)
                #expect(k == 0 || distribution.cumulative(k - 1) < q)
            }
        }
    }

    @Test func certainOutcomes() throws {
        let never = try #require(BinomialDistribution(trials: 9, probability: 0))
        #expect(never.mass(0) == 1 && never.mass(1) == 0 && never.cumulative(0) == 1 && never.upperTail(0) == 0)
        let always = try #require(BinomialDistribution(trials: 9, probability: 1))
        #expect(always.mass(9) == 1 && always.mass(8) == 0 && always.cumulative(8) == 0 && always.upperTail(8) == 1)
        #expect(never.quantile(1) == 0 && always.quantile(1e-9) == 9)
        #expect(BinomialDistribution(trials: 0, probability: 0.5)?.cumulative(0) == 1)
    }

    @Test func countsBeyondTheExactRangeAreStillNearTheNormalOnes() throws {
        let distribution = try #require(BinomialDistribution(trials: .max, probability: 0.5))
        let deviation = distribution.variance.squareRoot()
        let twoBelow = Int(distribution.mean - 2 * deviation)
        #expect(isClose(distribution.cumulative(twoBelow), 0.02275013194817921, relative: 1e-6))
        #expect(isClose(distribution.quantile(0.5).map { Double($0) }, distribution.mean, relative: 1e-9))
    }

    @Test func impossibleParametersAreRefused() throws {
        #expect(BinomialDistribution(trials: -1, probability: 0.5) == nil)
        for p in [-0.1, 1.1] + hostileValues { #expect(BinomialDistribution(trials: 5, probability: p) == nil) }
        let distribution = try #require(BinomialDistribution(trials: 5, probability: 0.5))
        for q in [-0.1, 1.1] + hostileValues { #expect(distribution.quantile(q) == nil) }
        #expect(distribution.mass(-1) == 0 && distribution.mass(6) == 0)
        #expect(distribution.cumulative(.min) == 0 && distribution.cumulative(.max) == 1)
        #expect(distribution.upperTail(.min) == 1 && distribution.upperTail(.max) == 0)
    }
}
