/// Change points of any kind, in level, spread or shape, by energy distances: E-divisive.
///
/// Of all places the one is taken at which n·m/(n + m)·(2·mean|x − y| − mean|x − x′| − mean|y − y′|) is greatest, x and y
/// the values before and after it within a segment; it counts when shuffling the values within all segments seldom
/// gives as much: p = (1 + as much)/(1 + shuffles). Then again, in the parts.
///
/// Assumption: values within a segment are exchangeable, thus independent: with neighbors that resemble each other it
/// cries wolf (``HistoryDetector`` does not). O(k·shuffles·n log n) for k changes.
/// Source: D. Matteson & N. James, *A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data*,
/// 2014, with α = 1, means over all pairs (V-statistics, as in MongoDB's signal processing algorithms), and a second
/// part that always reaches to the end of the segment.
package struct EDivisive: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        /// Index of the first value after it.
        package let index: Int
        package let statistic: Double
        package let pValue: Double
    }

    /// In order of place.
    package let changes: [Change]
    package let warnings: [StatisticalWarning]

    /// - Parameters:
    ///   - significance: the greatest p-value.
    ///   - shuffles: at least 1/significance − 1, or nothing can be found.
    ///   - minimumLength: of a segment; at least 2.
    ///   - seed: equal seeds give equal results.
    package init(
        _ values: [Double], significance: Double = 0.05, shuffles: Int = 99, minimumLength: Int = 4, seed: UInt64 = 1
    ) {
        let usable = values.indices.filter { abs(values[$0]) < .greatestFiniteMagnitude / 4 }
        let minimum = max(2, min(minimumLength, values.count + 2))
        let greatest = usable.lazy.map { abs(values[$0]) }.max() ?? 0
        let unit = greatest > 0 ? Double(sign: .plus, exponent: greatest.exponent, significand: 1) : 1
        let series = usable.map { values[$0] / unit }
        var warnings: [StatisticalWarning] = []
        if usable.count < values.count { warnings.append(.unusable(values.count - usable.count, of: values.count)) }
        var random = RepeatableGenerator(seed: seed)
        var bounds = [0, series.count]
        var found: [Change] = []
        while let best = Self.best(in: bounds, series, minimum), best.statistic > 0 {
            var asMuch = 0
            for _ in 0..<max(0, shuffles) {
                var shuffled = series
                for (start, end) in zip(bounds, bounds.dropFirst()) {
                    for i in start..<end { shuffled.swapAt(i, i + random.index(below: end - i)) }
                }
                let other = Self.best(in: bounds, shuffled, minimum)?.statistic ?? 0
                if other >= best.statistic * (1 - 1e-12) { asMuch += 1 }
            }
            let pValue = Double(1 + asMuch) / Double(1 + max(0, shuffles))
            guard pValue <= significance else { break }
            found.append(Change(index: usable[best.place], statistic: best.statistic * unit, pValue: pValue))
            bounds.append(best.place)
            bounds.sort()
        }
        changes = found.sorted { $0.index < $1.index }
        self.warnings = warnings
    }

    private static func best(in bounds: [Int], _ series: [Double], _ minimum: Int) -> (place: Int, statistic: Double)? {
        var best: (place: Int, statistic: Double)?
        for (start, end) in zip(bounds, bounds.dropFirst()) where end - start >= 2 * minimum {
            let statistics = statistics(Array(series[start..<end]))
            for n in minimum...(end - start - minimum) where statistics[n] > best?.statistic ?? -.infinity {
                best = (start + n, statistics[n])
            }
        }
        return best
    }

    /// The statistic of each number of values before the place.
    package static func statistics(_ values: [Double]) -> [Double] {
        let count = values.count
        let before = pairSums(values)
        let after = pairSums(values.reversed())
        return (0...count).map { n in
            let m = count - n
            guard n > 0, m > 0 else { return 0 }
            // Each pair once in the sums, twice in the means.
            let (x, y) = (Double(n), Double(m))
            let across = before[count] - before[n] - after[m]
            let energy = 2 * across / (x * y) - 2 * before[n] / (x * x) - 2 * after[m] / (y * y)
            return x * y / (x + y) * energy
        }
    }

    /// Σ|xᵢ − xⱼ| over the pairs of the first k values, for each k: by sums over ranks in a Fenwick tree, O(n log n).
    private static func pairSums(_ values: some Collection<Double>) -> [Double] {
        let list = Array(values)
        let order = list.indices.sorted { (list[$0], $0) < (list[$1], $1) }
        var rank = [Int](repeating: 0, count: list.count)
        for (i, index) in order.enumerated() { rank[index] = i + 1 }
        var sums = [Double](repeating: 0, count: list.count + 1)
        var counts = [Int](repeating: 0, count: list.count + 1)
        var result = [0.0]
        var (total, pairs) = (0.0, 0.0)
        for (seen, value) in list.enumerated() {
            var (below, number) = (0.0, 0)
            var i = rank[seen]
            while i > 0 {
                below += sums[i]
                number += counts[i]
                i &= i - 1
            }
            pairs += value * Double(number) - below + (total - below) - value * Double(seen - number)
            total += value
            i = rank[seen]
            while i <= list.count {
                sums[i] += value
                counts[i] += 1
                i += i & -i
            }
            result.append(max(0, pairs))
        }
        return result
    }
}
