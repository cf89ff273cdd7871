internal import Benchmarking
internal import Statistics

/// One curve of latencies, in nanoseconds.
struct LatencySummary {
    /// The percentiles that reports show.
    static let quantiles: [(metric: BenchmarkMetric, title: String, quantile: Double)] = [
        (.latencyP50, "p50", 0.5), (.latencyP90, "p90", 0.9), (.latencyP99, "p99", 0.99),
        (.latencyP999, "p99.9", 0.999), (.latencyP9999, "p99.99", 0.9999),
    ]

    struct Percentile {
        let nanoseconds: Double
        let uncertainty: Double
        /// By order statistics of all operations.
        let interval: ConfidenceInterval

        var text: String { UnitText.text(nanoseconds, .nanoseconds, uncertainty: uncertainty) }
    }

    let title: String
    let histogram: LatencyHistogram
    private let latency: LatencyDistribution
    private let result: BenchmarkResult
    private let isMachine: Bool

    /// The curves of a benchmark that have operations, *machine* first.
    static func curves(_ result: BenchmarkResult) -> [LatencySummary] {
        guard let latency = result.latency else { return [] }
        let curves: [(String, LatencyHistogram?)] = [
            ("machine", latency.machine), ("code", latency.code), ("response", latency.response),
        ]
        return curves.compactMap { title, histogram in
            guard let histogram, histogram.count > 0 else { return nil }
            return LatencySummary(
                title: title, histogram: histogram, latency: latency, result: result, isMachine: title == "machine")
        }
    }

    /// Operations that a percentile needs before it has an interval; nil when it has them.
    func missingCount(_ quantile: Double) -> Int? {
        guard
            let needed = OrderStatisticInterval.minimumSampleCount(
                quantile: quantile, confidence: MetricSummary.confidence),
            UInt64(needed) > histogram.count
        else { return nil }
        return needed
    }

    /// The percentile; nil when there are too few operations for it.
    func percentile(_ quantile: Double, _ metric: BenchmarkMetric? = nil) -> Percentile? {
        // Ranks of more operations than any benchmark has are scaled: their interval comes out a little wide.
        let total = histogram.count
        let count = min(total, 1 << 40)
        let scale = Double(total) / Double(max(count, 1))
        func value(rank: Int) -> UInt64? {
            let scaled = Double(rank) * scale
            return histogram.value(rank: scaled >= Double(total) ? total : UInt64(scaled))
        }
        guard
            let order = OrderStatisticInterval(
                count: Int(count), quantile: quantile, confidence: MetricSummary.confidence),
            let ticks = histogram.value(quantile: quantile), let lower = value(rank: order.lowerRank),
            let upper = value(rank: order.upperRank)
        else { return nil }
        let interval = ConfidenceInterval(
            lower: latency.nanoseconds(Double(lower)), upper: latency.nanoseconds(Double(upper)),
            confidence: order.confidence)
        // Operations of one process resemble each other; where processes were compared, they know better.
        let betweenProcesses = isMachine ? metric.flatMap { result.summary($0)?.halfWidth } ?? 0 : 0
        let nanoseconds = latency.nanoseconds(Double(ticks))
        return Percentile(
            nanoseconds: nanoseconds,
            uncertainty: max(resolution(Double(ticks)), interval.halfWidth, betweenProcesses), interval: interval)
    }

    /// The longest operation, as text.
    var maximumText: String {
        let ticks = Double(histogram.maximum ?? 0)
        return UnitText.text(latency.nanoseconds(ticks), .nanoseconds, uncertainty: resolution(ticks))
    }

    var maximumNanoseconds: Double { latency.nanoseconds(Double(histogram.maximum ?? 0)) }

    /// Nanoseconds that a value is known to: the clock's step, or the histogram's three digits.
    private func resolution(_ ticks: Double) -> Double {
        latency.nanoseconds(max(latency.tickStep, ticks / 1000))
    }
}
