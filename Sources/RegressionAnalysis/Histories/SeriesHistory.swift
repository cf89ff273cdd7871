internal import Benchmarking
internal import Glibc
package import Statistics

/// A series of the store and what happened in it: levels, the steps between them, and where the last level goes.
package struct SeriesHistory: Hashable, Sendable {
    package let series: StoredSeries
    /// At least one; each begins where a step lies.
    package let levels: [HistoryLevel]
    /// One between each two levels.
    package let steps: [HistoryStep]
    /// Of the last level.
    package let trend: HistoryTrend
    /// The standard deviation around levels, in the metric's unit; 0 for series that only step.
    package let noise: Double
    package let correlation: Double
    package let warnings: [StatisticalWarning]

    /// The series' values with their steps by ``HistoryDetector``; those of an exact count by every change of the count,
    /// unless it changes so often that it is none.
    package init(_ series: StoredSeries, falseAlarmRate: Double = HistoryDetector.usualFalseAlarmRate) {
        self.series = series
        let values = series.points.map(\.value)
        var warnings: [StatisticalWarning] = []
        if let run = Self.earlierRun(series.points) {
            warnings.append(
                StatisticalWarning(
                    .ambiguous,
                    "run \(run) says that it started before the one saved before it: kept in order of saving"))
        }
        if series.metric.isDeterministic, let exact = Self.exactSteps(series) {
            steps = exact
            (noise, correlation) = (0, 0)
        } else {
            let found = HistoryChanges(values, falseAlarmRate: falseAlarmRate)
            steps = found.changes.map { HistoryStep(series, $0) }
            (noise, correlation) = (found.noise, found.correlation)
            // Of too few, reports speak anyway.
            warnings += found.warnings.filter { $0.code != .tooFewValues }
        }
        self.warnings = warnings
        let bounds = [0] + steps.map(\.index) + [values.count]
        let inflation = (1 + correlation) / (1 - correlation)
        let (noise, correlation) = (noise, correlation)
        levels = zip(bounds, bounds.dropFirst()).map { start, end in
            HistoryLevel(start..<end, of: values, noise: noise, inflation: inflation)
        }
        trend = HistoryTrend(values[(bounds.dropLast().last ?? 0)...], correlation: correlation)
    }

    /// The first run that claims to be older than its predecessor of another commit.
    private static func earlierRun(_ points: [StoredPoint]) -> Int64? {
        // Runs that were put in between later are newer than their successors by right.
        let saved = points.sorted { $0.run < $1.run }
        return zip(saved, saved.dropFirst()).first {
            $1.startedAtNanoseconds < $0.startedAtNanoseconds && $1.place > $0.place
        }?.1.run
    }

    private static func exactSteps(_ series: StoredSeries) -> [HistoryStep]? {
        let values = series.points.map(\.value)
        let places = values.indices.dropFirst().filter { values[$0] != values[$0 - 1] }
        guard places.count <= max(2, values.count / 8) else { return nil }
        return places.map { place in
            HistoryStep(
                series, index: place, interval: place...place, before: values[place - 1], after: values[place],
                pValue: nil)
        }
    }
}

/// A stretch of a series around one level.
package struct HistoryLevel: Hashable, Sendable {
    /// Indices of points.
    package let range: Range<Int>
    package let median: Double
    /// Of the median, 95 %: normal theory with the noise of the whole series, widened by its correlation and by what a
    /// median knows less than a mean (π/2). Nil for fewer than two points.
    package let interval: ConfidenceInterval?

    init(_ range: Range<Int>, of values: [Double], noise: Double, inflation: Double) {
        self.range = range
        let median = Median.of(values[range].lazy.filter(\.isFinite)) ?? .nan
        self.median = median
        guard range.count >= 2, noise.isFinite else {
            interval = nil
            return
        }
        let error = noise * (inflation * .pi / 2 / Double(range.count)).squareRoot()
        let reach = NormalDistribution.standard.quantile(0.975) * error
        interval = ConfidenceInterval(lower: median - reach, upper: median + reach, confidence: 0.95)
    }
}

/// A step from one level of a series to the next, and the runs and commits between which it lies.
package struct HistoryStep: Hashable, Sendable {
    package enum Direction: String, Hashable, Sendable {
        case worse, better
        /// Of metrics that are neither.
        case neither
    }

    /// The first point of the new level.
    package let index: Int
    /// Points of which one is the first of the new level, with 95 % confidence.
    package let interval: ClosedRange<Int>
    package let before: Double
    package let after: Double
    /// Nil for exact counts, which step without a doubt.
    package let pValue: Double?
    package let direction: Direction
    /// The last run that is before the step, and the first that is after it.
    package let lastBefore: StoredPoint
    package let firstAfter: StoredPoint

    init(_ series: StoredSeries, _ change: HistoryChange) {
        self.init(
            series, index: change.index, interval: change.interval, before: change.before, after: change.after,
            pValue: change.pValue)
    }

    init(
        _ series: StoredSeries, index: Int, interval: ClosedRange<Int>, before: Double, after: Double, pValue: Double?
    ) {
        self.index = index
        self.interval = interval
        self.before = before
        self.after = after
        self.pValue = pValue
        lastBefore = series.points[max(0, interval.lowerBound - 1)]
        firstAfter = series.points[interval.upperBound]
        direction =
            switch series.metric.polarity {
            case .lowerIsBetter: after > before ? .worse : .better
            case .higherIsBetter: after < before ? .worse : .better
            case .neutral: .neither
            }
    }

    /// The change as a share of the level before; nil where that is 0.
    package var share: Double? {
        let share = (after - before) / abs(before)
        return before != 0 && share.isFinite ? share : nil
    }

    /// Whether both sides are of the same commit: whatever changed, it was not the program's source.
    package var isWithinCommit: Bool { lastBefore.commit != nil && lastBefore.commit == firstAfter.commit }

    /// Where it lies among the runs of the store.
    package var places: PlaceInterval { PlaceInterval(after: lastBefore.place, through: firstAfter.place) }
}

/// Where a step lies: after one place and at another at the latest; both equal where it is within one commit.
package struct PlaceInterval: Hashable, Sendable {
    package var after: Double
    package var through: Double

    package init(after: Double, through: Double) {
        self.after = after
        self.through = max(after, through)
    }

    /// What both allow; nil when nothing.
    package func intersection(_ other: PlaceInterval) -> PlaceInterval? {
        // A step within a commit lies at its place.
        if after == through || other.after == other.through {
            let (point, range) = after == through ? (self, other) : (other, self)
            let isIn =
                range.after == range.through
                ? range.after == point.after : range.after < point.after && point.after <= range.through
            return isIn ? point : nil
        }
        let (low, high) = (max(after, other.after), min(through, other.through))
        return low < high ? PlaceInterval(after: low, through: high) : nil
    }
}
