internal import Glibc

/// At which of the values between two levels the step lies.
enum StepPlace {
    /// The farthest that a place is moved from where the series was cut.
    static let farthest = 64

    /// The greatest residual that counts, in deviations: a step may lie at one wild value, but the distances of a few
    /// values decide where it is.
    static let bound = 4.0
    /// A place that is off by at most this many values is found.
    static let margin = 5
    /// What the exact place is worth beside one within ``margin``: with less of it exact places are given away, with more
    /// the likeliest of many unlikely places is off by more than the margin a third more often when noise is correlated.
    static let worthOfExactness = 0.15

    /// The place of a step, and the range around it that holds 95 % of the likelihood.
    ///
    /// The place is the one around which, up to ``margin`` away, most of the likelihood lies, and a little more for its own
    /// (``worthOfExactness``).
    ///
    /// Noise of correlation ρ is made independent first, eᵢ = rᵢ − ρ·rᵢ₋₁ with r the distance from the level (Box &
    /// Jenkins' AR(1)): what remains of a step at its first value is then the whole height, and 1 − ρ of it later. A
    /// residual counts with at most the square of ``bound``.
    static func find(
        _ before: HistoryLevels.Level, _ after: HistoryLevels.Level, in values: [Double], correlation: Double,
        shortest: Int
    ) -> (place: Int, interval: ClosedRange<Int>) {
        let cut = after.range.lowerBound
        // Half of a level at most, so that no two steps pass each other.
        let first = max(before.range.lowerBound + max(before.range.count / 2, shortest - 1), cut - farthest, 1)
        let last = min(after.range.upperBound - max((after.range.count + 1) / 2, shortest - 1), cut + farthest)
        guard first < last, cut >= first, cut <= last else { return (cut, cut...cut) }
        let counts = (Double(before.range.count), Double(after.range.count))
        let prior = StepTest.priorCount
        let variance =
            (counts.0 * before.variance + counts.1 * after.variance + prior) / (counts.0 + counts.1 + prior)
        let innovation = max(variance, 1e-12) * (1 - correlation * correlation)
        let most = bound * bound
        func loss(_ i: Int, _ level: Double, _ previousLevel: Double) -> Double {
            let residual = values[i] - level - correlation * (values[i - 1] - previousLevel)
            return min(residual * residual / innovation, most)
        }
        // Of the place `first`, then what moving on by one changes: a place p makes p − 1 the last value of the old
        // level.
        var costs = [0.0]
        for p in first..<last {
            let here =
                loss(p, after.center, before.center)
                + (p + 1 < values.count ? loss(p + 1, after.center, after.center) : 0)
            let next =
                loss(p, before.center, before.center)
                + (p + 1 < values.count ? loss(p + 1, after.center, before.center) : 0)
            costs.append(costs[costs.count - 1] + next - here)
        }
        let least = costs.reduce(costs[0], min)
        let weights = costs.map { exp((least - $0) / 2) }
        let total = weights.reduce(0, +)
        let best = place(weights)
        var (low, high) = (best, best)
        var held = weights[best]
        while held < 0.95 * total {
            let left = low > 0 ? weights[low - 1] : -1
            let right = high + 1 < weights.count ? weights[high + 1] : -1
            if left < 0 && right < 0 { break }
            if left >= right {
                low -= 1
                held += left
            } else {
                high += 1
                held += right
            }
        }
        return (first + best, (first + low)...(first + high))
    }

    private static func place(_ weights: [Double]) -> Int {
        var sums = [0.0]
        for weight in weights { sums.append(sums[sums.count - 1] + weight) }
        var best = 0
        var greatest = -1.0
        for (i, weight) in weights.enumerated() {
            let near = sums[min(weights.count, i + margin + 1)] - sums[max(0, i - margin)]
            let worth = near + worthOfExactness * weight
            if worth > greatest { (greatest, best) = (worth, i) }
        }
        return best
    }
}
