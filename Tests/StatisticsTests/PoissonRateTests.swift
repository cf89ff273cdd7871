import Statistics
import Testing

@Suite struct PoissonRateTests {
    /// SciPy 1.17: `chi2.ppf(t, 2k)/2` and `chi2.ppf(1 - t, 2k + 2)/2` with t = (1 − confidence)/2.
    @Test(arguments: [
        (0, 0.95, 0.0, 3.6888794541139354), (1, 0.95, 0.025317807984289897, 5.571643390938898),
        (5, 0.95, 1.623486390118421, 11.66833207932267), (10, 0.9, 5.425405697091292, 16.962219235721903),
        (100, 0.99, 76.12049584368918, 128.76058012010245),
        (1_000_000, 0.95, 998040.9833402939, 1001961.9119454322),
    ])
    func intervalsAgreeWithSciPy(count: Int, confidence: Double, lower: Double, upper: Double) throws {
        let whole = try #require(PoissonRate(count: count, exposure: 1)?.interval(confidence: confidence))
        #expect(isClose(whole.lower, lower, relative: 1e-11) && isClose(whole.upper, upper, relative: 1e-11))
        let thousandth = try #require(PoissonRate(count: count, exposure: 1000)?.interval(confidence: confidence))
        #expect(isClose(thousandth.upper, upper / 1000, relative: 1e-11))
    }

    @Test func tellsWhetherSlowOperationsExceedABaseRate() throws {
        // 9 slow ones in a million where 3 are usual: poisson.sf(8, 3) = 0.0038, in SciPy.
        let rate = try #require(PoissonRate(count: 9, exposure: 1e6))
        #expect(rate.rate == 9e-6)
        #expect(isClose(rate.probabilityOfAtLeastAsMany(rate: 3e-6), 0.003802992061675955, relative: 1e-10))
        #expect(rate.probabilityOfAtLeastAsMany(rate: 0) == 0)
        #expect(PoissonRate(count: 0, exposure: 1e6)?.probabilityOfAtLeastAsMany(rate: 3e-6) == 1)
        for base in [-1] + hostileValues { #expect(rate.probabilityOfAtLeastAsMany(rate: base) == nil) }
    }

    @Test func extremesStayFinite() throws {
        for count in [1, 1_000_000_000, Int.max] {
            for confidence in [0.5, 0.95, 1 - 1e-12] {
                let interval = try #require(PoissonRate(count: count, exposure: 1)?.interval(confidence: confidence))
                #expect(interval.lower > 0 && interval.lower < Double(count) && Double(count) < interval.upper)
            }
        }
    }

    @Test func impossibleParametersAreRefused() throws {
        #expect(PoissonRate(count: -1, exposure: 1) == nil)
        for exposure in [0, -1] + hostileValues { #expect(PoissonRate(count: 1, exposure: exposure) == nil) }
        let rate = try #require(PoissonRate(count: 3, exposure: 1))
        for confidence in [0, 1, -1] + hostileValues { #expect(rate.interval(confidence: confidence) == nil) }
        #expect(PoissonRate(count: 3, exposure: .leastNonzeroMagnitude)?.interval(confidence: 0.95) == nil)
    }
}
