internal import Glibc

/// The regularized incomplete beta function Iₓ(a, b), behind Student's t and Fisher's F.
enum IncompleteBeta {
    /// - Parameters:
    ///   - x: from 0 to 1.
    ///   - complement: 1 − x, given apart because subtracting would lose its digits.
    ///   - a: greater than 0.
    ///   - b: greater than 0.
    ///
    /// The continued fraction of M. Abramowitz & I. Stegun, *Handbook of Mathematical Functions*, 26.5.8, by W. Lentz's
    /// method; on the side of the mean where it converges fast.
    static func regularized(_ x: Double, complement: Double, a: Double, b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard complement > 0 else { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - regularized(complement, complement: x, a: b, b: a) }
        let front = exp(a * log(x) + b * log(complement) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a
        return min(front * fraction(x, a, b), 1)
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / away(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...10_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / away(1 + even * d)
            c = away(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / away(1 + odd * d)
            c = away(1 + odd / c)
            let change = d * c
            result *= change
            if abs(change - 1) < 1e-15 { break }
        }
        return result
    }

    private static func logGamma(_ x: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(x, &sign)
    }
}
