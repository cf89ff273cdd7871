import Statistics
import Testing

/// Expected numbers: NumPy 2.4 `quantile(v, p)`; SciPy 1.17 `median_abs_deviation(v[, scale='normal'])`,
/// `trim_mean(v, share)`, `gmean(v)`; statsmodels 0.15 `acf(v, nlags=1)`.
@Suite struct EstimatorTests {
    private let values = [3.5, 1.0, 4.25, 1.5, 9.0, 2.5, 6.0]

    @Test(arguments: [(0, 1.0), (0.1, 1.3), (0.25, 2.0), (0.5, 3.5), (0.9, 7.2), (0.999, 8.982), (1, 9.0)])
    func quantilesAgreeWithNumPy(p: Double, expected: Double) {
        #expect(isClose(Quantile.ofSorted(values.sorted(), at: p), expected, relative: 1e-14))
    }

    @Test func quantilesOfUnusableInput() {
        #expect(Quantile.ofSorted([Double](), at: 0.5) == nil)
        #expect(Quantile.ofSorted([7], at: 0.99) == 7)
        for p in [-0.1, 1.1] + hostileValues { #expect(Quantile.ofSorted(values.sorted(), at: p) == nil) }
        #expect(Quantile.ofSorted([1, 2, .infinity], at: 0) == nil)
        let greatest = Double.greatestFiniteMagnitude
        #expect(Quantile.ofSorted([-greatest, greatest], at: 0.5) == 0, "their difference overflows")
        #expect(Quantile.ofSorted([0.1, 0.1, 0.1], at: 0.37) == 0.1)
    }

    @Test func theMedian() {
        #expect(Median.of(values) == 3.5)
        #expect(Median.of([4, 1, 3, 2]) == 2.5)
        #expect(Median.of([Double]()) == nil)
    }

    @Test func theMedianAbsoluteDeviationAgreesWithSciPy() {
        #expect(MedianAbsoluteDeviation.of(values) == 2)
        #expect(isClose(MedianAbsoluteDeviation.asStandardDeviation(of: values), 2.965204437011204))
        #expect(MedianAbsoluteDeviation.of([5, 5, 5]) == 0)
        #expect(MedianAbsoluteDeviation.of([1, 2, 3, 4, 1e300]) == 1, "one wild value moves nothing")
    }

    @Test func theTrimmedMeanAgreesWithSciPy() {
        #expect(isClose(TrimmedMean.of(values, trimmingEachEnd: 0.15), 3.55))
        #expect(isClose(TrimmedMean.of(values, trimmingEachEnd: 0.3), 3.4166666666666665))
        #expect(isClose(TrimmedMean.of(values, trimmingEachEnd: 0), 27.75 / 7))
        #expect(TrimmedMean.of([8], trimmingEachEnd: 0.49) == 8)
        for share in [-0.1, 0.5] + hostileValues { #expect(TrimmedMean.of(values, trimmingEachEnd: share) == nil) }
        let greatest = Double.greatestFiniteMagnitude
        #expect(TrimmedMean.of([greatest, greatest], trimmingEachEnd: 0) == greatest)
    }

    @Test func theGeometricMeanAgreesWithSciPy() {
        #expect(isClose(GeometricMean.of(values), 3.1403867993942733))
        #expect(isClose(GeometricMean.of([2, 0.5]), 1))
        #expect(GeometricMean.of([1, 0]) == nil)
        #expect(GeometricMean.of([1, -2]) == nil)
        #expect(isClose(GeometricMean.of([1e308, 1e308, 1e308]), 1e308, relative: 1e-10))
    }

    @Test func theCorrelationOfNeighborsAgreesWithStatsmodels() {
        let rising = [2.1, 4.2, 5.9, 8.3, 11.8, 15.6, 18.1, 21.7, 50, 27.5]
        #expect(isClose(Autocorrelation.lag1(rising), 0.5380042268358273))
        #expect(isClose(Autocorrelation.lag1(values), -0.49010737450264347))
        #expect(isClose(Autocorrelation.lag1(rising.map { $0 * 1e300 }), 0.5380042268358273))
        #expect(isClose(Autocorrelation.lag1(rising.map { $0 * 1e-300 }), 0.5380042268358273))
        #expect(Autocorrelation.lag1([1, 2]) == nil)
        #expect(Autocorrelation.lag1([4, 4, 4, 4]) == nil)
        #expect(Autocorrelation.lag1([-.greatestFiniteMagnitude, .greatestFiniteMagnitude, 0]) != nil)
    }

    @Test(arguments: hostileValues)
    func noEstimatorHidesAValueThatIsNoNumber(hostile: Double) {
        let damaged = [1, 2, hostile, 3]
        #expect(Median.of(damaged) == nil)
        #expect(MedianAbsoluteDeviation.of(damaged) == nil)
        #expect(TrimmedMean.of(damaged, trimmingEachEnd: 0.25) == nil)
        #expect(GeometricMean.of(damaged) == nil)
        #expect(HalfSampleMode.of(damaged) == nil)
        #expect(Autocorrelation.lag1(damaged) == nil)
    }

    @Test func nothingIsEstimatedFromNothing() {
        let nothing: [Double] = []
        #expect(MedianAbsoluteDeviation.of(nothing) == nil)
        #expect(TrimmedMean.of(nothing, trimmingEachEnd: 0.1) == nil)
        #expect(GeometricMean.of(nothing) == nil)
        #expect(HalfSampleMode.of(nothing) == nil)
        #expect(HalfSampleMode.ofSorted(nothing) == nil)
        #expect(Autocorrelation.lag1(nothing) == nil)
    }
}
