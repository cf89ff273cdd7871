/// Pairs of finite numbers, for the fits: what is not finite is left out with a warning.
struct PointSeries {
    private(set) var x: [Double] = []
    private(set) var y: [Double] = []
    private(set) var warnings: [StatisticalWarning] = []

    var count: Int { x.count }

    /// Pairs up to the shorter of the two; what the longer has in excess counts as left out.
    init(_ x: [Double], _ y: [Double], where isUsable: (Double, Double) -> Bool = { _, _ in true }) {
        let total = max(x.count, y.count)
        for (a, b) in zip(x, y) where a.isFinite && b.isFinite && isUsable(a, b) {
            self.x.append(a)
            self.y.append(b)
        }
        if count < total {
            warnings.append(
                StatisticalWarning(
                    .unusableValues,
                    "\(total - count) of \(total) points are incomplete or out of range and were left out"))
        }
    }
}
