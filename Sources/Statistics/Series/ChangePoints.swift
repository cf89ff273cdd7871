internal import Glibc

/// Where the level of a series steps.
///
/// Assumption: between steps values scatter around one level, independently or with a correlation that falls off from
/// neighbor to neighbor. Single wild values, up to three in a row, are no step.
///
/// The values are clipped around their running median and put in units of their noise (``SeriesNoise``); then squared
/// distances from the segments' means plus a penalty for each step are least.
package struct ChangePoints: Hashable, Sendable {
    /// Values between two steps.
    package struct Segment: Hashable, Sendable {
        /// Indices in the series as it was given.
        package let range: Range<Int>
        /// The median of its values.
        package let level: Double
    }

    /// All segments, in order; one when nothing steps, none without values.
    package let segments: [Segment]
    /// The standard deviation of values around their level, wild ones clipped.
    package let noise: Double
    package let warnings: [StatisticalWarning]

    /// Indices of the first values of new levels.
    package var positions: [Int] { segments.dropFirst().map(\.range.lowerBound) }

    /// Finds the steps. O(n log n) when they are spread over the series; about a second for a million
    /// that have none, since series of more than ``LevelSegmentation/mostBlocks`` values are first cut between blocks.
    /// - Parameters:
    ///   - minimumSegmentLength: at least 4: shorter runs are wild values.
    ///   - penaltyFactor: of the penalty factor · ln n · (1 + ρ)/(1 − ρ), in units of the noise's variance. The
    ///     Bayesian criterion counts a step as two parameters, its place and its height, each worth ln n: 2. That is
    ///     for normal noise; a wrong segment may lie in n²/2 places, of which the most tempting, even in heavy-tailed
    ///     noise, gains about 2·ln(n²/2) ≈ 4 ln n. With 4 fewer than 1 % of series without a step get one, 5 % when ρ
    ///     is 0.5. The last factor is how much correlation ρ of neighbors widens the noise of a mean.
    package init(_ values: [Double], minimumSegmentLength: Int = 4, penaltyFactor: Double = 4) {
        // A quarter of the greatest number, so that differences of any two values are numbers.
        let usable = values.indices.filter { abs(values[$0]) < .greatestFiniteMagnitude / 4 }
        var warnings: [StatisticalWarning] = []
        if usable.count < values.count { warnings.append(.unusable(values.count - usable.count, of: values.count)) }
        let series = usable.map { values[$0] }
        let minimum = min(max(4, minimumSegmentLength), 1 << 40)
        if series.count < 2 * minimum {
            warnings.append(
                StatisticalWarning(
                    .tooFewValues,
                    "\(series.count) values are too few to tell a step: at least \(2 * minimum) are needed"))
        }
        // A power of two near the greatest value as the unit, so that no square overflows.
        let greatest = series.lazy.map { abs($0) }.max() ?? 0
        let unit = greatest > 0 ? Double(sign: .plus, exponent: greatest.exponent, significand: 1) : 1
        let scaledDown = series.map { $0 / unit }
        let steadied = SeriesNoise(scaledDown)
        var cuts: [Int] = []
        if steadied.deviation > 0, let center = Median.of(scaledDown) {
            let scaled = steadied.clipped.map { min(max(($0 - center) / steadied.deviation, -1e6), 1e6) }
            let penalty = max(0, penaltyFactor) * log(Double(scaled.count)) * steadied.inflation
            cuts = LevelSegmentation.cuts(of: scaled, penalty: penalty, minimumLength: minimum)
        }
        let bounds = series.isEmpty ? [] : [0] + cuts + [series.count]
        segments = zip(bounds, bounds.dropFirst()).compactMap { start, end in
            guard let level = Median.of(series[start..<end]) else { return nil }
            // Values that were left out belong to the segment before them.
            let first = start == 0 ? 0 : usable[start]
            let last = end == series.count ? values.count : usable[end]
            return Segment(range: first..<last, level: level)
        }
        noise = steadied.deviation * unit
        self.warnings = warnings
    }
}
