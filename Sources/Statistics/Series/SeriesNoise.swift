/// The noise of a series whose level may step: what neighbors differ by, since a step is one difference among many.
struct SeriesNoise {
    /// The standard deviation around the level; 0 when all values are equal.
    let deviation: Double
    /// The correlation of neighbors in the noise, from 0 to 0.9.
    let correlation: Double
    /// The series with values that stand alone brought to within three deviations of their running median.
    let clipped: [Double]

    /// Neighbors on each side in the running median: up to three wild values in a row are outvoted.
    static let reach = 3

    /// Rough noise first, then the noise that is left after clipping, which is what a cost of squares will see.
    ///
    /// 1. s = median|xᵢ₊₁ − xᵢ| / (√2 · Φ⁻¹(¾)), or the same from the ninth decile, with Φ⁻¹(0.95), when that is
    ///    greater: noise that jumps between two modes stays in one for most of the time. When both are 0 (a coarse
    ///    clock), the root mean square of the differences / √2 (J. von Neumann 1941).
    /// 2. Values are clipped to running median ± 3s (F. Hampel's identifier; clipped, not replaced, so that noise stays
    ///    noise).
    /// 3. v₁ and v₂: half the mean square of differences at distance 1 and 2 of the clipped series, without those
    ///    beyond 4.5s, which are steps: normal noise exceeds that once in 700 times. For noise whose correlation falls
    ///    as ρ, ρ² (AR(1)), v₁ = σ²(1 − ρ) and v₂ = σ²(1 − ρ²): ρ = v₂/v₁ − 1. Below 24 values it says nothing and ρ is
    ///    taken as 0.
    init(_ values: [Double]) {
        let differences = zip(values.dropFirst(), values).map { $0 - $1 }
        let sizes = differences.map { abs($0) }.sorted()
        let median = (Median.ofSorted(sizes) ?? 0) * NormalDistribution.deviationsPerMedianDeviation
        let decile = (Quantile.ofSorted(sizes, at: 0.9) ?? 0) / NormalDistribution.standard.quantile(0.95)
        var rough = max(median, decile) / 2.0.squareRoot()
        if rough == 0 {
            let squares = differences.reduce(0) { $0 + $1 * $1 }
            rough = (squares / Double(max(1, 2 * differences.count))).squareRoot()
        }
        let centers = RunningMedian.of(values, reach: Self.reach)
        let limit = 3 * rough
        clipped = zip(values, centers).map { min(max($0, $1 - limit), $1 + limit) }
        let near = Self.halfMeanSquare(clipped, distance: 1, limit: 1.5 * limit)
        let far = Self.halfMeanSquare(clipped, distance: 2, limit: 1.5 * limit)
        guard near > 0 else {
            deviation = rough
            correlation = 0
            return
        }
        let count = Double(values.count)
        correlation = count < 24 ? 0 : min(max(far / near - 1, 0), 0.9)
        deviation = (near / (1 - correlation)).squareRoot()
    }

    /// By how much correlation widens the noise of a mean: (1 + ρ)/(1 − ρ), in units of variance.
    var inflation: Double { (1 + correlation) / (1 - correlation) }

    private static func halfMeanSquare(_ values: [Double], distance: Int, limit: Double) -> Double {
        var sum = 0.0
        var count = 0
        for (a, b) in zip(values, values.dropFirst(distance)) where abs(b - a) <= limit {
            sum += (b - a) * (b - a)
            count += 1
        }
        return count > 0 ? sum / Double(2 * count) : 0
    }
}
