internal import Glibc

/// At which of the values between two levels the step lies.
enum StepPlace {
    /// The farthest that a place is moved from where the series was cut.
    static let farthest = 64

    /// The greatest residual that counts, in deviations: a step may lie at one wild value, but the distances of a few
    /// values decide where it is.
    static let bound = 4.0
    /// Misses by more are all alike.
    static let worstMiss = 8

    /// The place of a step, and the range around it that holds 95 % of the likelihood.
    ///
    /// A place that has more than half of the likelihood is taken; otherwise the one whose expected miss is least, a
    /// miss being its square up to ``worstMiss``: with correlated noise the likeliest of many unlikely places is off by
    /// more than five values a third more often.
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
        let best = place(weights, total: total)
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

    private static func place(_ weights: [Double], total: Double) -> Int {
        var best = 0
        var greatest = -1.0
        for (i, weight) in weights.enumerated() {
            if weight > total / 2 { return i }
            var gain = 0.0
            for j in max(0, i - worstMiss)...min(weights.count - 1, i + worstMiss) {
                let share = Double(j - i) / Double(worstMiss)
                gain += weights[j] * (1 - share * share)
            }
            if gain > greatest { (greatest, best) = (gain, i) }
        }
        return best
    }
}
