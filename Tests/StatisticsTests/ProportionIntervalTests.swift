import Statistics
import Testing

@Suite struct ProportionIntervalTests {
    /// SciPy 1.16: `binomtest(k, n).proportion_ci(confidence_level=c, method="exact")`.
    @Test(arguments: [
        (0, 100, 0.95, 0.0, 0.03621669264519054), (10, 10, 0.95, 0.6915028921812371, 1.0),
        (13, 100, 0.95, 0.07107304618545972, 0.21204067708744978),
        (7, 1000, 0.99, 0.002041386571444228, 0.0170469318350892),
    ])
    func intervalsAgreeWithSciPy(count: Int, trials: Int, confidence: Double, lower: Double, upper: Double) throws {
        let interval = try #require(
            ProportionInterval.clopperPearson(successes: count, trials: trials, confidence: confidence))
        #expect(isClose(interval.lower, lower, relative: 1e-9) && isClose(interval.upper, upper, relative: 1e-9))
    }

    @Test func impossibleParameters() {
        for (count, trials) in [(0, 0), (-1, 5), (6, 5), (0, -1)] {
            #expect(ProportionInterval.clopperPearson(successes: count, trials: trials, confidence: 0.95) == nil)
        }
        for confidence in [0, 1] + hostileValues {
            #expect(ProportionInterval.clopperPearson(successes: 1, trials: 5, confidence: confidence) == nil)
        }
    }
}
