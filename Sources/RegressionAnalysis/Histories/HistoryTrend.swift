package import Statistics

/// Whether a level climbs or falls, and how fast.
package struct HistoryTrend: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable {
        case rising, falling
        /// The interval holds 0.
        case none = "no trend"
        case tooFew = "too few"
    }

    package let verdict: Verdict
    /// In the metric's unit per run, with its interval of ``confidence``; nil where there are too few points.
    package let slope: Double?
    package let interval: ConfidenceInterval?

    /// Of a level without a trend, one in a hundred shows one.
    package static let confidence = 0.99
    package static let fewestPoints = 10
    /// Longer levels are taken in as many stretches, each by its median.
    private static let mostStretches = 200

    /// The line of Theil and Sen through the points of a level, by their order. Its interval assumes that neighbors are
    /// independent, so it is widened by what their correlation adds to the variance, (1 + ρ)/(1 − ρ).
    init(_ values: ArraySlice<Double>, correlation: Double) {
        let size = (values.count + Self.mostStretches - 1) / Self.mostStretches
        var (x, y): ([Double], [Double]) = ([], [])
        for start in stride(from: values.startIndex, to: values.endIndex, by: max(1, size)) {
            let stretch = values[start..<min(start + size, values.endIndex)]
            guard let median = Median.of(stretch.lazy.filter(\.isFinite)) else { continue }
            x.append(Double(start) + Double(stretch.count - 1) / 2)
            y.append(median)
        }
        guard values.count >= Self.fewestPoints, let fit = TheilSenFit(x: x, y: y),
            let narrow = fit.slopeInterval(confidence: Self.confidence)
        else {
            (verdict, slope, interval) = (.tooFew, nil, nil)
            return
        }
        // Within a stretch most of the correlation is gone.
        let inflation = size > 1 ? 1 : ((1 + correlation) / (1 - correlation)).squareRoot()
        let lower = fit.slope - (fit.slope - narrow.lower) * inflation
        let upper = fit.slope + (narrow.upper - fit.slope) * inflation
        slope = fit.slope
        interval = ConfidenceInterval(lower: lower, upper: upper, confidence: Self.confidence)
        verdict = lower > 0 ? .rising : upper < 0 ? .falling : .none
    }
}
