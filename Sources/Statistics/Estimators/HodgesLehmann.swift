/// By how much values of one group exceed those of another: the median of all pairwise differences, with the interval
/// that the Mann–Whitney test leaves standing. For ratios, take logarithms first.
///
/// Assumption: the groups differ by a shift, values are independent. Exact up to ``MannWhitney/mostExact`` values that
/// do not tie (at least as wide as needed when they do), by the normal approximation beyond.
/// Sources: J. Hodges & E. Lehmann, *Estimates of Location Based on Rank Tests*, 1963; M. Hollander & D. Wolfe,
/// *Nonparametric Statistical Methods*, sections 4.2–4.3.
package struct HodgesLehmann: Hashable, Sendable {
    /// The first group minus the second.
    package let shift: Double
    /// Nil with too few values for the confidence.
    package let interval: ConfidenceInterval?

    /// Nil when a group is empty or a value is not finite, or differences are not. O((n + m)·64) time, no pair stored.
    package init?(_ a: [Double], _ b: [Double], confidence: Double = 0.95) {
        guard let a = FiniteValues.sorted(a), let b = FiniteValues.sorted(b), (a[a.count - 1] - b[0]).isFinite,
            (a[0] - b[b.count - 1]).isFinite
        else { return nil }
        let pairs = a.count * b.count
        let lower = Self.difference(rank: (pairs + 1) / 2, a, b)
        let upper = pairs % 2 == 1 ? lower : Self.difference(rank: pairs / 2 + 1, a, b)
        // Half of the least number would be 0.
        shift = lower == upper ? lower : lower / 2 + upper / 2
        guard confidence > 0, confidence < 1 else {
            interval = nil
            return
        }
        let k = MannWhitney.criticalCount(a.count, b.count, tail: (1 - confidence) / 2)
        interval =
            k < 1
            ? nil
            : ConfidenceInterval(
                lower: Self.difference(rank: k, a, b), upper: Self.difference(rank: pairs + 1 - k, a, b),
                confidence: confidence)
    }

    /// The difference of a rank, from 1, among all pairs: the least number that at least so many differences do not
    /// exceed, by bisection over the numbers that a Double can be.
    private static func difference(rank: Int, _ a: [Double], _ b: [Double]) -> Double {
        var low = order(of: a[0] - b[b.count - 1])
        var high = order(of: a[a.count - 1] - b[0])
        while low < high {
            // The mean of two numbers whose difference may be too great for one.
            let middle = (low & high) + ((low ^ high) >> 1)
            if count(atMost: number(middle), a, b) >= rank { high = middle } else { low = middle + 1 }
        }
        return number(high)
    }

    private static func count(atMost limit: Double, _ a: [Double], _ b: [Double]) -> Int {
        // Differences rise with a's value and fall with b's: of each a, those with b from some place on.
        var count = 0
        var place = 0
        for value in a {
            while place < b.count, value - b[place] > limit { place += 1 }
            count += b.count - place
        }
        return count
    }

    /// Numbers by their place in the order of all.
    private static func order(of value: Double) -> Int {
        let bits = Int(bitPattern: UInt(value.bitPattern))
        return bits >= 0 ? bits : Int.min - bits
    }

    private static func number(_ order: Int) -> Double {
        Double(bitPattern: UInt64(bitPattern: Int64(order >= 0 ? order : Int.min - order)))
    }
}
