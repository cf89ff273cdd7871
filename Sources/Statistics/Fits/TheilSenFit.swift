/// A straight line that bears up to 29 % of the points being wrong: the median of the slopes of all pairs.
///
/// Assumption: noise is independent and as often above the line as below; no shape is assumed.
/// Sources: H. Theil, *A Rank-Invariant Method of Linear and Polynomial Regression Analysis*, 1950; P. K. Sen,
/// *Estimates of the Regression Coefficient Based on Kendall's Tau*, 1968, for the interval.
package struct TheilSenFit: Hashable, Sendable {
    package let slope: Double
    /// The median of y − slope·x.
    package let intercept: Double
    package let warnings: [StatisticalWarning]

    private let sortedSlopes: [Double]
    /// The variance of Kendall's S under no slope.
    private let scoreVariance: Double

    /// Nil when fewer than two different x are left, or more than ``mostPoints``. Time and memory are O(n²).
    package init?(x: [Double], y: [Double]) {
        let points = PointSeries(x, y)
        guard points.count >= 2, points.count <= Self.mostPoints else { return nil }
        var slopes: [Double] = []
        slopes.reserveCapacity(points.count * (points.count - 1) / 2)
        for i in 0..<points.count {
            for j in 0..<i where points.x[i] != points.x[j] {
                let slope = (points.y[i] - points.y[j]) / (points.x[i] - points.x[j])
                if slope.isFinite { slopes.append(slope) }
            }
        }
        slopes.sort()
        guard let slope = Median.ofSorted(slopes),
            let intercept = Median.of(zip(points.x, points.y).lazy.map { $1 - slope * $0 })
        else { return nil }
        self.slope = slope
        self.intercept = intercept
        warnings = points.warnings
        sortedSlopes = slopes
        scoreVariance = Self.variance(points)
    }

    /// The most points that are taken: 2,000 make 2 million slopes.
    package static let mostPoints = 2000

    package func value(at x: Double) -> Double { intercept + slope * x }

    /// The interval of the slope, by the normal approximation of Kendall's S, which is good from about 10 points on;
    /// nil when the points are too few for the confidence.
    package func slopeInterval(confidence: Double) -> ConfidenceInterval? {
        guard confidence > 0, confidence < 1 else { return nil }
        let z = NormalDistribution.standard.quantile((1 + confidence) / 2)
        let reach = z * scoreVariance.squareRoot()
        let count = Double(sortedSlopes.count)
        let lower = ((count - reach) / 2).rounded() - 1
        let upper = ((count + reach) / 2).rounded()
        guard lower >= 0, upper < count, lower <= upper else { return nil }
        return ConfidenceInterval(
            lower: sortedSlopes[Int(lower)], upper: sortedSlopes[Int(upper)], confidence: confidence)
    }

    /// Sen's (2.6), with the correction for ties in x and in y.
    private static func variance(_ points: PointSeries) -> Double {
        let n = Double(points.count)
        func term(_ k: Double) -> Double { k * (k - 1) * (2 * k + 5) }
        func ties(_ values: [Double]) -> Double {
            Dictionary(values.map { ($0, 1.0) }, uniquingKeysWith: +).values.reduce(0) { $0 + term($1) }
        }
        return max(0, (term(n) - ties(points.x) - ties(points.y)) / 18)
    }
}
