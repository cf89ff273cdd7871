/// The walk of the number of values below the true median, as values come in, past the intervals of several looks.
struct SignWalk {
    /// The probability that the interval of at least one look misses the median.
    let missProbability: Double

    /// Follows the distribution of the count exactly, value by value; a path that a look's interval misses leaves it.
    /// O(n^1.5).
    init(looks: [Int], confidence: Double) {
        var missed = 0.0
        var lowest = 0  // the count that the first entry stands for
        var alive = [1.0]
        var values = 0
        // Ends that are as good as never reached count as missed, so that what is left is O(√n) wide.
        func dropTails() {
            let negligible = 1e-20
            while let last = alive.last, last < negligible { missed += alive.removeLast() }
            let first = alive.firstIndex { $0 >= negligible } ?? 0
            missed += alive[..<first].reduce(0, +)
            alive.removeFirst(first)
            lowest += first
        }
        for look in looks {
            while values < look {
                alive.append(0)
                for i in stride(from: alive.count - 1, to: 0, by: -1) { alive[i] = (alive[i] + alive[i - 1]) / 2 }
                alive[0] /= 2
                values += 1
                if values.isMultiple(of: 64) { dropTails() }
            }
            guard let interval = OrderStatisticInterval(count: look, quantile: 0.5, confidence: confidence) else {
                continue
            }
            // The median lies between the bounds when `lower` values or more, and fewer than `upper`, are below it.
            let held = (interval.lowerRank - lowest)..<(interval.upperRank - lowest)
            for i in alive.indices where !held.contains(i) { missed += alive[i] }
            let kept = held.clamped(to: alive.indices)
            alive = Array(alive[kept])
            lowest += kept.lowerBound
        }
        missProbability = missed
    }
}
