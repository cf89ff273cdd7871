internal import Benchmarking
internal import Statistics

/// What a result says of the metric that a budget bounds: an estimate and the range that it lies in, or why nothing.
enum BudgetMeasurement: Hashable, Sendable {
    case measured(value: Double, lower: Double, upper: Double)
    /// A count or an extreme that is what it is.
    case exact(Double)
    case unavailable(String)

    /// The confidence of ranges.
    static let confidence = 0.95

    init(_ key: BudgetKey, in result: BenchmarkResult) {
        let measurement: BudgetMeasurement
        if let quantile = key.quantile, let latency = result.latency {
            measurement = Self.latency(key, quantile, latency)
        } else if let series = result.series(key.metric), !key.isUndisturbed {
            measurement = Self.series(series, key.metric)
        } else if key.quantile != nil {
            measurement = .unavailable("single operations were not timed; measure in latency mode")
        } else if key.metric == .instructions {
            measurement = .unavailable("instructions were not counted; ask for them to be")
        } else {
            measurement = .unavailable("it was not measured in \(QuotedText.bounded(result.mode.rawValue)) mode")
        }
        // Why a benchmark failed explains more than that a metric is missing.
        if case .unavailable = measurement, let failure = result.failure {
            self = .unavailable(QuotedText.bounded(failure.text, limit: 300))
        } else {
            self = measurement
        }
    }

    /// The median of the processes, in the exact interval of order statistics, wider by what the clock cannot tell apart.
    /// A count that is the same each time is the largest of all processes instead: any of them shows what happens.
    private static func series(_ series: MetricSeries, _ metric: BenchmarkMetric) -> BudgetMeasurement {
        let values = series.values.sorted()
        guard let last = values.last else {
            let reason = series.unavailable.map { QuotedText.bounded($0, limit: 300) }
            return .unavailable(reason ?? "no process measured it")
        }
        guard values.allSatisfy(\.isFinite), let median = Median.of(values) else {
            return .unavailable("its values are not numbers")
        }
        if metric.isDeterministic { return .exact(last) }
        guard
            let interval = OrderStatisticInterval(count: values.count, quantile: 0.5, confidence: confidence)?
                .interval(ofSorted: values)
        else {
            let least = OrderStatisticInterval.minimumSampleCount(quantile: 0.5, confidence: confidence) ?? 0
            return .unavailable("it needs \(least) processes and has \(values.count); measure more")
        }
        let resolution = max(0, series.resolution ?? 0)
        return .measured(value: median, lower: interval.lower - resolution, upper: interval.upper + resolution)
    }

    /// A percentile in the exact interval of its ranks, wider by a step of the clock and by what the histogram rounds up.
    private static func latency(
        _ key: BudgetKey, _ quantile: Double, _ latency: LatencyDistribution
    ) -> BudgetMeasurement {
        // In an open loop the wait for a late predecessor belongs to what users see: from the intended start.
        let histogram = key.isUndisturbed ? latency.code : latency.response ?? latency.machine
        guard latency.ticksPerSecond > 0, latency.ticksPerSecond.isFinite, latency.tickStep.isFinite else {
            return .unavailable("the clock's rate is not known")
        }
        guard let longest = histogram.maximum else {
            return .unavailable(key.isUndisturbed ? "every operation was interrupted" : "no operation was measured")
        }
        func range(_ lower: UInt64, _ value: UInt64, _ upper: UInt64) -> BudgetMeasurement {
            .measured(
                value: latency.nanoseconds(Double(value)),
                lower: latency.nanoseconds(max(0, bucketBegin(lower) - latency.tickStep)),
                upper: latency.nanoseconds(Double(upper) + latency.tickStep))
        }
        if quantile == 1 { return range(longest, longest, longest) }
        let count = histogram.count
        guard
            let ranks = OrderStatisticInterval(
                count: Int(clamping: count), quantile: quantile, confidence: confidence),
            let lower = histogram.value(rank: UInt64(ranks.lowerRank)),
            let upper = histogram.value(rank: UInt64(ranks.upperRank)),
            let value = histogram.value(quantile: quantile)
        else {
            let least = OrderStatisticInterval.minimumSampleCount(quantile: quantile, confidence: confidence) ?? 0
            return .unavailable(
                "it needs \(NumberGroups.text(Double(least))) operations and has "
                    + "\(NumberGroups.text(Double(count))); measure more")
        }
        return range(lower, value, upper)
    }

    /// The smallest value of a bucket, whose largest stands for it in the histogram: with three significant digits,
    /// values from 2,048 on are told apart to 1/1,024.
    private static func bucketBegin(_ end: UInt64) -> Double {
        end < 2_048 ? Double(end) : Double(end) * (1 - 1 / 1_024)
    }
}
