/// cost = fixed + factor · growth(size), neither negative, fitted to relative deviations.
struct ComplexityCurve {
    let complexity: ComplexityClass
    let fixed: Double
    let factor: Double

    /// Least squares of (fitted − cost)/scale under fixed ≥ 0 and factor ≥ 0. Nil without points.
    ///
    /// Noise of costs is relative: an error of 5 % weighs the same at every size, where plain least squares would see
    /// the greatest size alone.
    init?(_ complexity: ComplexityClass, sizes: [Double], costs: [Double], scales: [Double], leavingOut: Int? = nil) {
        // Normal equations of the scaled columns 1/s and g/s for the scaled cost y/s. The growth is brought to about 1.
        let unit = sizes.map { complexity.growth(at: $0) }.max() ?? 0
        var (aa, ab, bb, ay, by, points) = (0.0, 0.0, 0.0, 0.0, 0.0, 0)
        for i in sizes.indices where i != leavingOut {
            let a = 1 / scales[i]
            let b = unit > 0 ? complexity.growth(at: sizes[i]) / unit / scales[i] : 0
            let y = costs[i] / scales[i]
            aa += a * a
            ab += a * b
            bb += b * b
            ay += a * y
            by += b * y
            points += 1
        }
        guard points > 0 else { return nil }
        self.complexity = complexity
        let determinant = aa * bb - ab * ab
        let fixed = (ay * bb - by * ab) / determinant
        let factor = (by * aa - ay * ab) / determinant
        if bb > 0, determinant > 1e-12 * aa * bb, fixed >= 0, factor >= 0 {
            (self.fixed, self.factor) = (fixed, factor / unit)
            return
        }
        // The optimum lies on one of the two bounds: the one that explains more of Σ(y/s)².
        let onlyFixed = ay * ay / aa
        let onlyFactor = bb > 0 ? by * by / bb : 0
        (self.fixed, self.factor) = onlyFixed >= onlyFactor ? (ay / aa, 0) : (0, by / bb / unit)
    }

    func value(at size: Double) -> Double { fixed + factor * complexity.growth(at: size) }
}
