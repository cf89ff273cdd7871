/// The series closest to the values whose steps are small in sum: the fused lasso, or denoising by total variation.
///
/// Least ½Σ(yᵢ − xᵢ)² + λ·Σ|xᵢ₊₁ − xᵢ|. Steps keep their places but are shrunk by λ on either side, so it serves to draw a
/// level, not to tell how high a step is.
/// Sources: R. Tibshirani, M. Saunders, S. Rosset, J. Zhu & K. Knight, *Sparsity and Smoothness via the Fused Lasso*,
/// 2005; solved exactly in O(n) by N. Johnson, *A Dynamic Programming Algorithm for the Fused Lasso and L0-Segmentation*,
/// 2013.
package enum FusedLasso {
    /// The fitted series; nil when a value or the weight is not finite, or the weight negative.
    /// - Parameter weight: λ, in the unit of the values.
    package static func fit(_ values: [Double], weight: Double) -> [Double]? {
        guard weight >= 0, weight.isFinite, values.allSatisfy(\.isFinite) else { return nil }
        let count = values.count
        guard count > 1, weight > 0 else { return values }
        // The derivative of the least cost so far, as a function of the last x: pieces slope·x + offset between knots,
        // as differences at the knots from the left (first…) and from the right (last…), clipped to ±λ.
        var knots = [Double](repeating: 0, count: 2 * count)
        var slopes = knots
        var offsets = knots
        var lowest = [Double](repeating: 0, count: count - 1)
        var highest = lowest
        var (left, right) = (count, count - 1)
        for k in 0..<(count - 1) {
            let edge = k == 0 ? 0 : weight
            var (slope, offset) = (1.0, -values[k] - edge)
            while left <= right, slope * knots[left] + offset <= -weight {
                slope += slopes[left]
                offset += offsets[left]
                left += 1
            }
            lowest[k] = (-weight - offset) / slope
            left -= 1
            knots[left] = lowest[k]
            let entering = (slope, offset + weight)
            (slope, offset) = (1.0, -values[k] + edge)
            while right > left, slope * knots[right] + offset >= weight {
                slope -= slopes[right]
                offset -= offsets[right]
                right -= 1
            }
            highest[k] = (weight - offset) / slope
            right += 1
            knots[right] = highest[k]
            (slopes[left], offsets[left]) = entering
            (slopes[right], offsets[right]) = (-slope, -offset + weight)
        }
        var (slope, offset) = (1.0, -values[count - 1] - weight)
        while left <= right, slope * knots[left] + offset <= 0 {
            slope += slopes[left]
            offset += offsets[left]
            left += 1
        }
        var result = values
        result[count - 1] = -offset / slope
        for k in stride(from: count - 2, through: 0, by: -1) {
            result[k] = min(max(result[k + 1], lowest[k]), highest[k])
        }
        return result
    }
}
