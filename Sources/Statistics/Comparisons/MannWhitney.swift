internal import Glibc

/// Whether values of one group tend to be greater than those of another, by ranks alone.
///
/// Assumption: all values are independent draws; under the null hypothesis, of one distribution. Ties share ranks.
/// U counts the pairs in which the first group's value is greater, ties half. Its distribution is exact, ties
/// included, up to ``mostExact`` values: the ways to deal out the tied ranks. Beyond, U is nearly normal, its variance
/// reduced by ties, with a correction for continuity.
/// Sources: H. Mann & D. Whitney, *On a Test of Whether One of Two Random Variables Is Stochastically Larger than the
/// Other*, 1947; for ties, J. Klotz, *The Wilcoxon, Ties, and the Computer*, 1966, and E. Lehmann, *Nonparametrics*, 1.4.
package struct MannWhitney: Hashable, Sendable {
    /// Pairs in which the first group's value is greater, ties half.
    package let u: Double
    /// The probability that a value of the first group is greater than one of the second, ties half.
    package let superiority: Double
    /// Two-sided: twice the smaller tail, at most 1.
    package let pValue: Double
    /// That the first group's values tend to be greater, one-sided.
    package let pValueGreater: Double
    package let pValueLess: Double
    package let isExact: Bool

    /// Values of both groups together whose distribution is worked out exactly.
    package static let mostExact = 60

    /// Nil when a group is empty or a value is not finite. O(n log n), and for few values n³.
    package init?(_ a: [Double], _ b: [Double]) {
        guard !a.isEmpty, !b.isEmpty, a.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite) else { return nil }
        let sorted = (a.map { ($0, true) } + b.map { ($0, false) }).sorted { $0.0 < $1.0 }
        // Groups of equal values: how many, and how many of them are of `a`.
        var ties: [(count: Int, ofFirst: Int)] = []
        var previous: Double?
        for (value, isFirst) in sorted {
            if value != previous { ties.append((0, 0)) }
            ties[ties.count - 1].count += 1
            ties[ties.count - 1].ofFirst += isFirst ? 1 : 0
            previous = value
        }
        // Twice the sum of the first group's ranks, whole even when ranks are shared.
        var before = 0
        var doubledRanks = 0
        for tie in ties {
            doubledRanks += tie.ofFirst * (2 * before + tie.count + 1)
            before += tie.count
        }
        let doubledU = doubledRanks - a.count * (a.count + 1)
        let pairs = Double(a.count) * Double(b.count)
        u = Double(doubledU) / 2
        superiority = u / pairs
        isExact = sorted.count <= Self.mostExact
        if isExact {
            let ways = Self.ways(toDeal: a.count, ties: ties.map(\.count))
            let total = ways.reduce(0, +)
            pValueGreater = min(1, ways[doubledRanks...].reduce(0, +) / total)
            pValueLess = min(1, ways[...doubledRanks].reduce(0, +) / total)
        } else {
            let n = Double(sorted.count)
            let reduction = ties.reduce(0.0) { sum, tie in
                let t = Double(tie.count)
                return sum + (t * t * t - t)
            }
            let deviation = (pairs / 12 * (n + 1 - reduction / (n * (n - 1)))).squareRoot()
            let distance = u - pairs / 2
            let normal = NormalDistribution.standard
            pValueGreater = deviation > 0 ? normal.upperTail((distance - 0.5) / deviation) : 1
            pValueLess = deviation > 0 ? normal.cumulative((distance + 0.5) / deviation) : 1
        }
        pValue = min(1, 2 * min(pValueGreater, pValueLess))
    }

    /// In how many ways so many ranks out of all can be dealt, by twice their sum.
    static func ways(toDeal count: Int, ties: [Int]) -> [Double] {
        let total = ties.reduce(0, +)
        let most = count * (2 * total - count + 1)
        var ways = [[Double]](repeating: [Double](repeating: 0, count: most + 1), count: count + 1)
        ways[0][0] = 1
        var before = 0
        for tie in ties {
            let rank = 2 * before + tie + 1
            // In place, from the greatest number dealt on, each tie taken once.
            for dealt in stride(from: min(count, before + tie), through: 1, by: -1) {
                var choices = 1.0
                for taken in 1...min(tie, dealt) {
                    choices *= Double(tie - taken + 1) / Double(taken)
                    let shift = taken * rank
                    guard shift <= most else { break }
                    for sum in shift...most where ways[dealt - taken][sum - shift] > 0 {
                        ways[dealt][sum] += choices * ways[dealt - taken][sum - shift]
                    }
                }
            }
            before += tie
        }
        return ways[count]
    }

    /// The greatest k for which P(U < k) is at most a tail when no values tie; 0 when there is none.
    static func criticalCount(_ n: Int, _ m: Int, tail: Double) -> Int {
        guard n + m <= mostExact else {
            let deviation = (Double(n) * Double(m) * Double(n + m + 1) / 12).squareRoot()
            let k = Double(n) * Double(m) / 2 + NormalDistribution.standard.quantile(tail) * deviation
            return max(0, Int((k + 0.5).rounded(.down)))
        }
        let ways = ways(toDeal: n, ties: [Int](repeating: 1, count: n + m))
        let total = ways.reduce(0, +)
        var sum = 0.0
        // U = 0 at the least sum of ranks; doubled sums of whole ranks are even.
        var k = 0
        for doubled in stride(from: n * (n + 1), to: ways.count, by: 2) {
            sum += ways[doubled]
            guard sum / total <= tail * (1 + 1e-12) else { break }
            k += 1
        }
        return k
    }
}
