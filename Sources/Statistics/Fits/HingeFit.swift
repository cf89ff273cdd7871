internal import Glibc

/// A cost that is level up to some size and then grows with the logarithm of the size: what a working set that outgrows a
/// cache looks like.
///
///     cost = base + slope · max(0, log₂(size / knee))
///
/// The knee is found by profile least squares on relative deviations, over a fine grid of knees between the measured
/// sizes; its interval holds every knee whose deviations are not larger by more than chance makes of them (profile
/// likelihood with Fisher's F of 1 and n − 3 degrees of freedom; D. Hinkley, *Inference about the intersection in
/// two-phase regression*, Biometrika 56, 1969). Assumption: the noise of a cost is a share of it, and independent.
package struct HingeFit: Hashable, Sendable {
    package let base: Double
    /// Cost for each doubling beyond the knee; above 0.
    package let slope: Double
    package let knee: Double
    package let interval: ConfidenceInterval
    /// Root mean square of the relative deviations: 0.02 is 2 %.
    package let normalizedRMS: Double

    /// - Parameters:
    ///   - sizes: at least 5 different ones, above 0.
    ///   - costs: above 0.
    /// - Returns: nil with fewer sizes, or where a line without a knee, rising over all sizes or level, does about as
    ///   well: then there is none to be seen.
    package init?(sizes: [Double], costs: [Double], confidence: Double = 0.95) {
        let points = PointSeries(sizes, costs) { $0 > 0 && $0 < 1e75 && $1 > 0 && $1 < 1e150 }
        let logarithms = points.x.map { log2($0) }
        let distinct = Set(logarithms).sorted()
        let freedom = Double(points.count - 3)
        guard distinct.count >= 5, confidence > 0, confidence < 1,
            let student = StudentDistribution(degreesOfFreedom: freedom)?.quantile((1 + confidence) / 2)
        else { return nil }
        // Between the second size and the last but one: a knee outside cannot be told from a line.
        let (first, last) = (distinct[1], distinct[distinct.count - 2])
        let grid = (0...400).map { first + (last - first) * Double($0) / 400 }
        let fits = grid.map { (knee: $0, fit: Self.fit(logarithms, points.y, knee: $0)) }
        guard let best = fits.min(by: { $0.fit.squares < $1.fit.squares }), best.fit.slope > 0 else { return nil }
        let allowed = best.fit.squares * (1 + student * student / freedom) + 1e-12
        // A hinge at the first size is a straight line.
        guard Self.fit(logarithms, points.y, knee: distinct[0]).squares > allowed else { return nil }
        let possible = fits.filter { $0.fit.squares <= allowed }.map(\.knee)
        base = best.fit.base
        slope = best.fit.slope
        knee = exp2(best.knee)
        interval = ConfidenceInterval(
            lower: exp2(possible.min() ?? best.knee), upper: exp2(possible.max() ?? best.knee), confidence: confidence)
        normalizedRMS = (best.fit.squares / Double(points.count)).squareRoot()
    }

    package func cost(at size: Double) -> Double { base + slope * max(0, log2(size / knee)) }

    /// Weighted least squares for a given knee; weights are the inverse squares of the costs.
    private static func fit(
        _ logarithms: [Double], _ costs: [Double], knee: Double
    ) -> (base: Double, slope: Double, squares: Double) {
        var (w, wx, wy, wxx, wxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (logarithm, cost) in zip(logarithms, costs) {
            let (x, weight) = (max(0, logarithm - knee), 1 / (cost * cost))
            w += weight
            wx += weight * x
            wy += weight * cost
            wxx += weight * x * x
            wxy += weight * x * cost
        }
        let determinant = w * wxx - wx * wx
        let slope = determinant > 0 ? (w * wxy - wx * wy) / determinant : 0
        let base = (wy - slope * wx) / w
        let squares = zip(logarithms, costs).reduce(0.0) { sum, point in
            let deviation = (base + slope * max(0, point.0 - knee)) / point.1 - 1
            return sum + deviation * deviation
        }
        return (base, slope, squares)
    }
}
