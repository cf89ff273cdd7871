/// The steps that make the sum of absolute distances from the segments' medians, plus a penalty for each step, least:
/// penalized L1 (the L1 Potts problem), as airspeed velocity fits its histories.
///
/// Assumption: values scatter independently; the penalty is in the unit of the values, by custom some ln n times their
/// mean absolute distance. Exact, by the least cost for each level that a segment may have, which is one of the values:
/// O(n·k) for k distinct values, of which at most ``mostLevels`` are tried (evenly spread over the sorted ones).
/// Source: M. Storath, A. Weinmann & J. Frikel & M. Unser, *Joint Image Reconstruction and Segmentation Using the Potts
/// Model*, 2015, section 3.2; F. Friedrich, A. Kempe, V. Liebscher & G. Winkler, *Complexity Penalized M-Estimation*,
/// 2008.
package struct PottsSegmentation: Hashable, Sendable {
    package static let mostLevels = 4096

    /// The starts of all segments but the first, rising.
    package let cuts: [Int]
    /// The level at each value.
    package let fitted: [Double]
    /// What was made least.
    package let cost: Double

    /// Nil when a value or the penalty is not finite, or the penalty negative.
    package init?(_ values: [Double], penalty: Double) {
        guard penalty >= 0, penalty.isFinite, let sorted = values.isEmpty ? [] : FiniteValues.sorted(values) else {
            return nil
        }
        var distinct: [Double] = []
        for value in sorted where value != distinct.last { distinct.append(value) }
        let levels =
            distinct.count <= Self.mostLevels
            ? distinct : (0..<Self.mostLevels).map { distinct[$0 * (distinct.count - 1) / (Self.mostLevels - 1)] }
        // Of segmentations up to here that end in each level: the cost, and where their last segment began.
        var costs = [Double](repeating: 0, count: levels.count)
        var starts = [Int](repeating: 0, count: levels.count)
        var best: [(level: Int, start: Int, cost: Double)] = []
        for (i, value) in values.enumerated() {
            let entry = (best.last?.cost ?? 0) + penalty
            for level in levels.indices {
                if i > 0, entry < costs[level] {
                    costs[level] = entry
                    starts[level] = i
                }
                costs[level] += abs(value - levels[level])
            }
            let least = levels.indices.min { costs[$0] < costs[$1] } ?? 0
            best.append((least, starts[least], costs[least]))
        }
        var cuts: [Int] = []
        var fitted = values
        var end = values.count
        while end > 0 {
            let last = best[end - 1]
            for i in last.start..<end { fitted[i] = levels[last.level] }
            if last.start > 0 { cuts.append(last.start) }
            end = last.start
        }
        self.cuts = cuts.reversed()
        self.fitted = fitted
        cost = best.last?.cost ?? 0
    }
}
