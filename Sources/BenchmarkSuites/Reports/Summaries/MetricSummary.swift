internal import Benchmarking
internal import Statistics

/// What reports say of one metric of one benchmark.
struct MetricSummary {
    static let confidence = 0.95

    let metric: BenchmarkMetric
    /// The median of the values, one a process.
    let estimate: Double
    /// Exact, by order statistics; nil below six processes.
    let interval: ConfidenceInterval?
    let minimum: Double
    let maximum: Double
    let count: Int
    let resolution: Double?

    /// Nil without values, or for a metric that this version does not know.
    init?(_ series: MetricSeries?) {
        guard let series, let metric = BenchmarkMetric(id: series.metric) else { return nil }
        let sorted = series.values.filter(\.isFinite).sorted()
        guard let median = Median.ofSorted(sorted) else { return nil }
        self.metric = metric
        estimate = median
        minimum = sorted[0]
        maximum = sorted[sorted.count - 1]
        count = sorted.count
        resolution = series.resolution
        interval = OrderStatisticInterval(count: sorted.count, quantile: 0.5, confidence: Self.confidence)?
            .interval(ofSorted: sorted)
    }

    /// How far the estimate may be off: the half width of the interval, or the clock's step when that is greater. Without
    /// an interval the spread of the values stands in; nil when nothing is known.
    var uncertainty: Double? {
        if metric.isDeterministic, minimum == maximum { return 0 }
        let spread = interval?.halfWidth ?? (count > 1 ? (maximum - minimum) / 2 : 0)
        let uncertainty = max(spread, resolution ?? 0)
        return uncertainty > 0 ? uncertainty : metric.isDeterministic ? 0 : nil
    }

    /// What is printed after ±; nil when there is no interval.
    var halfWidth: Double? { interval.map { max($0.halfWidth, resolution ?? 0) } }

    var kind: UnitText.Kind { UnitText.kind(of: metric) }
    var text: String { UnitText.text(estimate, kind, uncertainty: uncertainty) }
    var minimumText: String { UnitText.text(minimum, kind, uncertainty: uncertainty) }
    /// Without the sign.
    var halfWidthText: String? { halfWidth.flatMap { UnitText.uncertainty($0, of: estimate, kind) } }
}

extension BenchmarkResult {
    func summary(_ metric: BenchmarkMetric) -> MetricSummary? { MetricSummary(series(metric)) }

    /// The metric that stands for the benchmark: cycles where they were measured, else time.
    var leading: MetricSummary? { summary(.cycles) ?? summary(.time) ?? summary(.ticks) }
}
