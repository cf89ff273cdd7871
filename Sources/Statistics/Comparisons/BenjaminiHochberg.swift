/// Which of many comparisons to report when a share of false ones among them is bearable.
///
/// The error is the expected share of reported comparisons that have no difference (the false discovery rate): for a
/// list that a person looks through. For a gate that must not fail by chance, use ``HolmCorrection``.
///
/// Assumption: p-values are independent or positively dependent (functions of one program nearly are).
/// Source: Y. Benjamini & Y. Hochberg, *Controlling the False Discovery Rate*, 1995; for dependence of any kind, a
/// factor of 1 + ½ + … + 1/m (Y. Benjamini & D. Yekutieli, 2001).
package struct BenjaminiHochberg: Hashable, Sendable {
    /// In the order of the p-values: p·m/rank, made to rise with p; report when at most the bearable share.
    package let adjustedPValues: [Double]
    package let isReported: [Bool]

    /// - Parameters:
    ///   - pValues: NaN, or outside 0…1, is taken as knowing nothing: 1.
    ///   - falseDiscoveryRate: from 0 to 1, and what is outside is brought to the nearer end.
    ///   - anyDependence: whether to take Benjamini & Yekutieli's factor.
    package init(pValues: [Double], falseDiscoveryRate: Double = 0.05, anyDependence: Bool = false) {
        let rate = falseDiscoveryRate >= 0 ? min(falseDiscoveryRate, 1) : 0
        let values = pValues.map { $0 >= 0 && $0 <= 1 ? $0 : 1 }
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        let count = Double(values.count)
        let factor = anyDependence ? (0..<values.count).reduce(0) { $0 + 1 / Double($1 + 1) } : 1
        var adjusted = [Double](repeating: 1, count: values.count)
        var least = 1.0
        for (rank, index) in order.enumerated().reversed() {
            least = min(least, values[index] * count / Double(rank + 1) * factor)
            adjusted[index] = least
        }
        adjustedPValues = adjusted
        isReported = adjusted.map { $0 <= rate }
    }
}
