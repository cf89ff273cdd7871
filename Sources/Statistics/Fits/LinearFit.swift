/// A straight line through points by least squares.
///
/// Assumption, for the standard errors: y = intercept + slope·x + noise, the noise independent, of one spread, without
/// outliers; x is exact. Where outliers are to be expected, ``TheilSenFit`` is the safer line.
/// Source: N. Draper & H. Smith, *Applied Regression Analysis*, 3rd ed., chapter 1.
package struct LinearFit: Hashable, Sendable {
    package let slope: Double
    package let intercept: Double
    /// The share of the variation of y that the line explains, from 0 to 1; nil when y does not vary.
    package let rSquared: Double?
    /// Nil with only two points, which any line fits.
    package let slopeStandardError: Double?
    package let interceptStandardError: Double?
    /// The standard deviation of y around the line, with n − 2 degrees of freedom; nil with only two points.
    package let residualDeviation: Double?
    package let warnings: [StatisticalWarning]

    /// Nil when fewer than two different x are left, or the numbers are too great for a line to be told.
    package init?(x: [Double], y: [Double]) {
        let points = PointSeries(x, y)
        let n = Double(points.count)
        guard points.count >= 2 else { return nil }
        let meanX = points.x.reduce(0) { $0 + $1 / n }
        let meanY = points.y.reduce(0) { $0 + $1 / n }
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(points.x, points.y) {
            xx += (a - meanX) * (a - meanX)
            xy += (a - meanX) * (b - meanY)
            yy += (b - meanY) * (b - meanY)
        }
        let slope = xy / xx
        let intercept = meanY - slope * meanX
        guard xx > 0, slope.isFinite, intercept.isFinite, yy.isFinite else { return nil }
        self.slope = slope
        self.intercept = intercept
        // From the residuals themselves: yy − slope·xy cancels when the line is good.
        let residuals = zip(points.x, points.y).reduce(0) {
            let residual = ($1.1 - meanY) - slope * ($1.0 - meanX)
            return $0 + residual * residual
        }
        rSquared = yy > 0 ? max(0, 1 - residuals / yy) : nil
        if points.count > 2 {
            let variance = residuals / (n - 2)
            residualDeviation = variance.squareRoot()
            slopeStandardError = (variance / xx).squareRoot()
            interceptStandardError = (variance * (1 / n + meanX / xx * meanX)).squareRoot()
            warnings = points.warnings
        } else {
            residualDeviation = nil
            slopeStandardError = nil
            interceptStandardError = nil
            warnings =
                points.warnings + [
                    StatisticalWarning(.tooFewValues, "two points tell a line but not how sure it is: add a third")
                ]
        }
    }

    package func value(at x: Double) -> Double { intercept + slope * x }
}
