internal import Glibc

/// The two corrections with which probabilities of counts keep their digits up to counts of 10¹² and beyond.
///
/// Differences of log-gammas lose them: lnΓ(10⁹) is 2·10¹⁰, and its last bit alone moves a probability by 4·10⁻⁶.
/// Source: C. Loader, *Fast and Accurate Computation of Binomial Probabilities*, 2000.
enum SaddlePoint {
    /// ln n! minus Stirling's formula ½·ln(2πn) + n·ln n − n, for n ≥ 0 (0 for n = 0).
    static func stirlingError(_ n: Double) -> Double {
        if n == 0 { return 0 }
        if n < 16 {
            // A factorial below 16! is exact.
            var factorial = 1.0
            for i in stride(from: 2, through: n, by: 1) { factorial *= i }
            return log(factorial) - (log(2 * Double.pi * n) / 2 + n * log(n) - n)
        }
        // Stirling's series; the first term left out is below 1.2e-16 at n = 16.
        let square = n * n
        return (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / square) / square) / square) / square)
            / n
    }

    /// x·ln(x/mean) + mean − x, without cancellation near the mean.
    static func deviance(_ x: Double, mean: Double) -> Double {
        if x == 0 { return mean }
        guard abs(x - mean) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
        let v = (x - mean) / (x + mean)
        var sum = (x - mean) * v
        var term = 2 * x * v
        for j in 1..<1000 {
            term *= v * v
            let next = sum + term / Double(2 * j + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }
}
