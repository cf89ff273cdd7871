/// Whether two groups differ in a statistic by more than dealing out their labels anew would make them.
///
/// Assumption: under the null hypothesis the units are exchangeable: which group each belongs to says nothing about it.
/// Sources: E. Pitman, *Significance Tests Which May Be Applied to Samples from Any Populations*, 1937; for dealing at
/// random, B. Phipson & G. Smyth, *Permutation P-Values Should Never Be Zero*, 2010: (1 + as extreme)/(1 + deals).
package struct PermutationTest: Hashable, Sendable {
    package let pValue: Double
    /// Whether every way to deal was looked at.
    package let isExact: Bool
    /// Ways that were looked at.
    package let deals: Int

    /// - Parameters:
    ///   - statistic: large when the groups differ, in either direction (take the absolute difference for a two-sided
    ///     test). Deals for which it is not a number count as extreme.
    ///   - mostDeals: above it, as many are drawn at random instead; at least 99.
    /// - Returns: nil when a group is empty, or the statistic of the groups themselves is not a number.
    package init?<Unit>(
        _ a: [Unit], _ b: [Unit], mostDeals: Int = 20_000, seed: UInt64 = 1, statistic: ([Unit], [Unit]) -> Double
    ) {
        guard !a.isEmpty, !b.isEmpty else { return nil }
        let observed = statistic(a, b)
        guard !observed.isNaN else { return nil }
        // What differs by rounding alone is as extreme.
        let threshold = observed - abs(observed) * 1e-12
        func isExtreme(_ value: Double) -> Bool { !(value < threshold) }
        let units = a + b
        let most = max(99, mostDeals)
        if let ways = Self.ways(units.count, a.count, limit: most) {
            var extreme = 0
            Self.forEachChoice(of: a.count, from: units.count) { chosen in
                var (first, second): ([Unit], [Unit]) = ([], [])
                var next = 0
                for (i, unit) in units.enumerated() {
                    if next < chosen.count, chosen[next] == i {
                        first.append(unit)
                        next += 1
                    } else {
                        second.append(unit)
                    }
                }
                if isExtreme(statistic(first, second)) { extreme += 1 }
            }
            pValue = Double(extreme) / Double(ways)
            isExact = true
            deals = ways
        } else {
            var random = RepeatableGenerator(seed: seed)
            var dealt = units
            var extreme = 0
            for _ in 0..<most {
                // The first of a shuffle (R. Fisher & F. Yates).
                for i in a.indices { dealt.swapAt(i, i + random.index(below: dealt.count - i)) }
                if isExtreme(statistic(Array(dealt[..<a.count]), Array(dealt[a.count...]))) { extreme += 1 }
            }
            pValue = Double(1 + extreme) / Double(1 + most)
            isExact = false
            deals = most
        }
    }

    /// n over k; nil above a limit.
    private static func ways(_ n: Int, _ k: Int, limit: Int) -> Int? {
        var result = 1
        for i in 0..<min(k, n - k) {
            let (product, overflow) = result.multipliedReportingOverflow(by: n - i)
            guard !overflow else { return nil }
            result = product / (i + 1)
            // Growing up to the middle, so that what is above stays above.
            guard result <= limit else { return nil }
        }
        return result
    }

    private static func forEachChoice(of k: Int, from n: Int, _ body: ([Int]) -> Void) {
        var chosen = Array(0..<k)
        while true {
            body(chosen)
            guard let last = chosen.indices.last(where: { chosen[$0] < n - k + $0 }) else { return }
            chosen[last] += 1
            for i in chosen.indices where i > last { chosen[i] = chosen[i - 1] + 1 }
        }
    }
}
