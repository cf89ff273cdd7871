import Statistics
import Testing

/// Expected numbers: SciPy 1.17 `theilslopes(y, x, alpha=confidence, method='joint')`.
@Suite struct TheilSenFitTests {
    private let x = [1, 2.5, 3, 4, 6, 7.5, 9, 11, 12, 14]
    private let y = [2.1, 4.2, 5.9, 8.3, 11.8, 15.6, 18.1, 21.7, 50, 27.5]

    @Test func agreesWithSciPy() throws {
        let fit = try #require(TheilSenFit(x: x, y: y))
        #expect(isClose(fit.slope, 2.026086956521739) && isClose(fit.intercept, -0.1565217391304321))
        let wide = try #require(fit.slopeInterval(confidence: 0.95))
        #expect(isClose(wide.lower, 1.9333333333333336) && isClose(wide.upper, 2.4000000000000004))
        let narrow = try #require(fit.slopeInterval(confidence: 0.9))
        #expect(isClose(narrow.lower, 1.94) && isClose(narrow.upper, 2.28))
        #expect(isClose(fit.value(at: 10), 20.260869565217394 - 0.1565217391304321))
    }

    @Test func agreesWithSciPyOnTies() throws {
        let fit = try #require(TheilSenFit(x: [1, 1, 2, 2, 3, 3, 4, 5, 5, 6], y: [1, 2, 2, 4, 4, 4, 5, 7, 6, 7.5]))
        #expect(isClose(fit.slope, 1.1666666666666667) && isClose(fit.intercept, 0.5))
        let interval = try #require(fit.slopeInterval(confidence: 0.95))
        #expect(interval.lower == 1 && interval.upper == 1.5)
    }

    @Test func aQuarterOfWildPointsDoesNotMoveTheLine() throws {
        var random = SeededGenerator(seed: 8)
        let x = (0..<200).map { Double($0) }
        let y = x.map { 3 + 0.5 * $0 + 0.1 * random.normal() + (random.happens(0.25) ? 1000 : 0) }
        let fit = try #require(TheilSenFit(x: x, y: y))
        #expect(abs(fit.slope - 0.5) < 0.01)
        #expect(try #require(fit.slopeInterval(confidence: 0.95)).contains(0.5))
    }

    @Test func theIntervalHoldsTheSlopeAsOftenAsItSays() throws {
        var random = SeededGenerator(seed: 9)
        let x = (0..<25).map { Double($0) }
        let trials = 2000
        var missed = 0
        for _ in 0..<trials {
            let fit = try #require(TheilSenFit(x: x, y: x.map { 0.2 * $0 + random.studentT3() }))
            if try !#require(fit.slopeInterval(confidence: 0.95)).contains(0.2) { missed += 1 }
        }
        #expect(Double(missed) <= mostPlausible(trials, 0.05) && missed > trials / 50)
    }

    @Test func hostileInput() throws {
        #expect(TheilSenFit(x: [], y: []) == nil)
        #expect(TheilSenFit(x: [1], y: [1]) == nil)
        #expect(TheilSenFit(x: [2, 2], y: [1, 3]) == nil)
        let many = [Double](repeating: 0, count: TheilSenFit.mostPoints + 1)
        #expect(TheilSenFit(x: many, y: many) == nil)
        let fit = try #require(TheilSenFit(x: [1, 2, .nan, 3], y: [2, 4, 5, 6]))
        #expect(fit.slope == 2 && fit.intercept == 0 && fit.warnings.map(\.code) == [.unusableValues])
        #expect(fit.slopeInterval(confidence: 0.95) == nil, "three points")
        for confidence in [0, 1] + hostileValues { #expect(fit.slopeInterval(confidence: confidence) == nil) }
        let flat = try #require(TheilSenFit(x: [1, 2, 3, 4, 5, 6], y: [7, 7, 7, 7, 7, 7]))
        #expect(flat.slope == 0 && flat.intercept == 7)
    }
}
