import Glibc
import Statistics
import Testing

@Suite struct OrderStatisticIntervalTests {
    /// SciPy 1.17: with t = (1 − confidence)/2, `lower` is the least k with `binom.cdf(k, n, p) > t`, `upper` the least
    /// k with `binom.sf(k, n, p) <= t`, plus 1; the confidence is `cdf(upper - 1) - cdf(lower - 1)`.
    @Test(arguments: [
        (6, 0.5, 0.95, 1, 6, 0.96875), (10, 0.5, 0.95, 2, 9, 0.978515625),
        (100, 0.5, 0.95, 40, 61, 0.9647997997822952), (100, 0.9, 0.95, 84, 96, 0.955690107191223),
        (3688, 0.999, 0.95, 3680, 3688, 0.9616237518034272), (100_000, 0.999, 0.99, 99_873, 99_926, 0.9920634521299514),
        (1_000_000_000, 0.9999, 0.95, 999_899_380, 999_900_620, 0.9500873251136891),
    ])
    func ranksAgreeWithSciPy(n: Int, p: Double, confidence: Double, lower: Int, upper: Int, reached: Double) throws {
        let interval = try #require(OrderStatisticInterval(count: n, quantile: p, confidence: confidence))
        #expect(interval.lowerRank == lower && interval.upperRank == upper)
        #expect(isClose(interval.confidence, reached, relative: 1e-9))
    }

    @Test func aQuantileNeedsEnoughValues() {
        func least(_ p: Double, _ confidence: Double = 0.95) -> Int? {
            OrderStatisticInterval.minimumSampleCount(quantile: p, confidence: confidence)
        }
        #expect(least(0.5) == 6)
        #expect(least(0.99) == 368)
        #expect(least(0.999) == 3688)
        #expect(least(0.9999) == 36_887)
        #expect(least(0.99999) == 368_887)
        #expect(least(0.001) == 3688)
        #expect(least(0.5, 0.9375) == 5, "2·0.5⁵ is exactly the error")
        for p in [0, 1, -1, 2] + hostileValues {
            #expect(least(p) == nil)
            #expect(least(0.5, p) == nil)
            #expect(OrderStatisticInterval(count: 100, quantile: p, confidence: 0.95) == nil)
            #expect(OrderStatisticInterval(count: 100, quantile: 0.5, confidence: p) == nil)
        }
        #expect(OrderStatisticInterval(count: 0, quantile: 0.5, confidence: 0.5) == nil)
        #expect(OrderStatisticInterval(count: -5, quantile: 0.5, confidence: 0.5) == nil)
    }

    @Test func thereIsAnIntervalExactlyFromTheLeastNumberOfValuesOn() throws {
        for p in [0.01, 0.2, 0.5, 0.63, 0.9, 0.99, 0.999] {
            for confidence in [0.5, 0.9, 0.95, 0.99, 0.9999] {
                let least = try #require(OrderStatisticInterval.minimumSampleCount(quantile: p, confidence: confidence))
                for n in max(1, least - 2)...(least + 2) {
                    let interval = OrderStatisticInterval(count: n, quantile: p, confidence: confidence)
                    #expect((interval != nil) == (n >= least), "n \(n) p \(p) confidence \(confidence)")
                    if let interval {
                        #expect(interval.confidence >= confidence - 1e-12)
                        #expect(1 <= interval.lowerRank && interval.lowerRank < interval.upperRank)
                        #expect(interval.upperRank <= n)
                    }
                }
            }
        }
    }

    /// Skewed times whose quantiles are known: of exp(N(0,1)) the p-quantile is exp(Φ⁻¹(p)).
    @Test(arguments: [(40, 0.5), (150, 0.9), (600, 0.99)])
    func holdsTheTrueQuantileAsOftenAsItSays(n: Int, p: Double) throws {
        let ranks = try #require(OrderStatisticInterval(count: n, quantile: p, confidence: 0.95))
        let truth = exp(NormalDistribution.standard.quantile(p))
        var random = SeededGenerator(seed: UInt64(n))
        let trials = 4000
        var missed = 0
        for _ in 0..<trials {
            let values = (0..<n).map { _ in exp(random.normal()) }.sorted()
            if try !#require(ranks.interval(ofSorted: values)).contains(truth) { missed += 1 }
        }
        // Both ways: an interval that is too wide is wrong as well.
        let expected = 1 - ranks.confidence
        #expect(Double(missed) <= mostPlausible(trials, expected))
        #expect(Double(trials - missed) <= mostPlausible(trials, 1 - expected))
    }

    @Test func valuesMustReachTheRanks() throws {
        let ranks = try #require(OrderStatisticInterval(count: 10, quantile: 0.5, confidence: 0.95))
        #expect(ranks.interval(ofSorted: [1, 2, 3]) == nil)
        #expect(ranks.interval(ofSorted: [1, 2, 3, 4, 5, 6, 7, 8, 9, .infinity]) == nil)
        let equal = try #require(ranks.interval(ofSorted: [Double](repeating: 4, count: 10)))
        #expect(equal.lower == 4 && equal.upper == 4)
        let rising = try #require(ranks.interval(ofSorted: (1...10).map { Double($0) }))
        #expect(rising.lower == 2 && rising.upper == 9 && rising.halfWidth == 3.5)
    }
}
