import Statistics
import Testing

@Suite struct RateComparisonTests {
    private let a = zip([12, 7, 15, 9], [1000.0, 900, 1100, 1000]).map { RateComparison.Run(count: $0, exposure: $1) }
    private let b = zip([25, 14, 30, 22, 19], [1000.0, 1000, 1200, 900, 1000]).map {
        RateComparison.Run(count: $0, exposure: $1)
    }

    @Test func agreesWithAGeneralizedLinearModel() throws {
        let expected = References.quasiPoisson
        let comparison = try #require(RateComparison(a: a, b: b, allowsUnderdispersion: true))
        #expect(isClose(comparison.ratio, expected.ratio, relative: 1e-8))
        #expect(isClose(comparison.dispersion, expected.dispersion, relative: 1e-8))
        #expect(isClose(comparison.interval.lower, expected.lower, relative: 1e-7))
        #expect(isClose(comparison.interval.upper, expected.upper, relative: 1e-7))
        #expect(isClose(comparison.pValue, expected.p, relative: 1e-6))
        #expect(RateComparison(a: a, b: b)?.dispersion == 1)
    }

    @Test func runsThatDifferByMoreThanChanceWidenTheInterval() throws {
        let wild = [40, 2, 60, 1].map { RateComparison.Run(count: $0, exposure: 1000) }
        let comparison = try #require(RateComparison(a: a, b: wild))
        #expect(comparison.dispersion > 5 && comparison.pValue > 0.1)
        #expect(comparison.ratio > 2)
    }

    @Test func impossibleCounts() {
        let none = [RateComparison.Run(count: 0, exposure: 10)]
        #expect(RateComparison(a: none, b: b) == nil && RateComparison(a: [], b: b) == nil)
        #expect(RateComparison(a: [a[0]], b: [b[0]]) == nil)
        for exposure in [0, -1] + hostileValues {
            #expect(RateComparison(a: a + [.init(count: 1, exposure: exposure)], b: b) == nil)
        }
        #expect(RateComparison(a: a + [.init(count: -1, exposure: 1)], b: b) == nil)
        for confidence in [0, 1] + hostileValues { #expect(RateComparison(a: a, b: b, confidence: confidence) == nil) }
    }
}
