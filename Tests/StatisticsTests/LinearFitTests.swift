import Statistics
import Testing

@Suite struct LinearFitTests {
    /// The certified values of the National Institute of Standards and Technology's reference data set *Norris* (ozone
    /// monitors; Statistical Reference Datasets, linear regression, lower difficulty).
    @Test func agreesWithCertifiedValues() throws {
        let points: [(y: Double, x: Double)] = [
            (0.1, 0.2), (338.8, 337.4), (118.1, 118.2), (888.0, 884.6), (9.2, 10.1), (228.1, 226.5), (668.5, 666.3),
            (998.5, 996.3), (449.1, 448.6), (778.9, 777.0), (559.2, 558.2), (0.3, 0.4), (0.1, 0.6), (778.1, 775.5),
            (668.8, 666.9), (339.3, 338.0), (448.9, 447.5), (10.8, 11.6), (557.7, 556.0), (228.3, 228.1),
            (998.0, 995.8), (888.8, 887.6), (119.6, 120.2), (0.3, 0.3), (0.6, 0.3), (557.6, 556.8), (339.3, 339.1),
            (888.0, 887.2), (998.5, 999.0), (778.9, 779.0), (10.2, 11.1), (117.6, 118.3), (228.9, 229.2),
            (668.4, 669.1), (449.2, 448.9), (0.2, 0.5),
        ]
        let fit = try #require(LinearFit(x: points.map(\.x), y: points.map(\.y)))
        #expect(isClose(fit.slope, 1.00211681802045))
        #expect(isClose(fit.intercept, -0.262323073774029, relative: 1e-10))
        #expect(isClose(fit.slopeStandardError, 0.000429796848199937, relative: 1e-10))
        #expect(isClose(fit.interceptStandardError, 0.232818234301152, relative: 1e-10))
        #expect(isClose(fit.residualDeviation, 0.884796396144373, relative: 1e-10))
        #expect(isClose(fit.rSquared, 0.999993745883712))
        #expect(fit.warnings.isEmpty)
        #expect(isClose(fit.value(at: 500), 500 * 1.00211681802045 - 0.262323073774029))
    }

    /// SciPy 1.17 `linregress(x, y)`.
    @Test func agreesWithSciPyOnAnOutlier() throws {
        let x = [1, 2.5, 3, 4, 6, 7.5, 9, 11, 12, 14]
        let y = [2.1, 4.2, 5.9, 8.3, 11.8, 15.6, 18.1, 21.7, 50, 27.5]
        let fit = try #require(LinearFit(x: x, y: y))
        #expect(isClose(fit.slope, 2.728045325779037) && isClose(fit.intercept, -2.57631728045326))
        #expect(isClose(fit.rSquared, 0.7162250214082287))
        #expect(isClose(fit.slopeStandardError, 0.6071121068013579))
        #expect(isClose(fit.interceptStandardError, 4.956429924500276))
    }

    @Test func twoPointsMakeALineOfUnknownError() throws {
        let fit = try #require(LinearFit(x: [1, 3], y: [5, 9]))
        #expect(fit.slope == 2 && fit.intercept == 3 && fit.slopeStandardError == nil && fit.residualDeviation == nil)
        #expect(fit.warnings.map(\.code) == [.tooFewValues])
    }

    @Test func aFlatSeriesHasNothingToExplain() throws {
        let fit = try #require(LinearFit(x: [1, 2, 3], y: [4, 4, 4]))
        #expect(fit.slope == 0 && fit.intercept == 4 && fit.rSquared == nil && fit.slopeStandardError == 0)
    }

    @Test func noLineFitsTheseAtAll() {
        #expect(LinearFit(x: [], y: []) == nil)
        #expect(LinearFit(x: [1], y: [1]) == nil)
        #expect(LinearFit(x: [2, 2, 2], y: [1, 2, 3]) == nil)
        #expect(LinearFit(x: [.nan, 1], y: [1, .infinity]) == nil)
        #expect(LinearFit(x: [0, 1e300], y: [0, 1e300]) == nil)
    }

    @Test func hostilePointsAreLeftOutAndCounted() throws {
        let fit = try #require(LinearFit(x: [1, .nan, 2, 3, 4, 5], y: [1, 7, 2, 3, .infinity]))
        #expect(isClose(fit.slope, 1) && abs(fit.intercept) < 1e-12)
        #expect(
            fit.warnings.map(\.description) == ["3 of 6 points are incomplete or out of range and were left out"])
    }
}
