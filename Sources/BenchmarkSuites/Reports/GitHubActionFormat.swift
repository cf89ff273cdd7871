package import Benchmarking
internal import ProfileFormats

/// The `customSmallerIsBetter` JSON of benchmark-action/github-action-benchmark: a flat list of numbers to plot.
///
/// Metrics of which more is better have no place in it and are left out.
package struct GitHubActionFormat: BenchmarkFormat {
    package let name = "github-action"
    package let fileExtensions = ["json"]
    package let summary = "github-action-benchmark's customSmallerIsBetter JSON"

    package init() {}

    /// What is worth a chart.
    private static let metrics: [BenchmarkMetric] = [
        .cycles, .time, .allocations, .retains, .instructions, .peakMemory,
    ]

    package func encode(_ run: BenchmarkRun) -> [UInt8] {
        Array((JSONValue.array(run.results.flatMap(entries)).rendered() + "\n").utf8)
    }

    private func entries(_ result: BenchmarkResult) -> [JSONValue] {
        var entries = Self.metrics.compactMap { metric -> JSONValue? in
            guard let summary = result.summary(metric) else { return nil }
            return entry(
                "\(result.id) \(metric.title.lowercased())",
                unit: metric.unit == "count" ? "per operation" : metric.unit,
                summary.estimate, range: summary.halfWidthText,
                extra: "median of \(summary.count) \(summary.count == 1 ? "process" : "processes")")
        }
        for curve in LatencySummary.curves(result) where curve.title != "response" {
            for (metric, title, quantile) in LatencySummary.quantiles {
                guard let percentile = curve.percentile(quantile, metric) else { continue }
                entries.append(
                    entry(
                        "\(result.id) \(title) (\(curve.title))", unit: "ns", percentile.nanoseconds,
                        range: UnitText.uncertainty(
                            percentile.uncertainty, of: percentile.nanoseconds, .nanoseconds),
                        extra: "\(NumberText.grouped(Int64(clamping: curve.histogram.count))) operations"))
            }
        }
        return entries
    }

    private func entry(_ name: String, unit: String, _ value: Double, range: String?, extra: String) -> JSONValue {
        var members: [(String, JSONValue)] = [("name", .text(name)), ("unit", .text(unit)), ("value", .number(value))]
        if let range { members.append(("range", .text("± \(range)"))) }
        return .object(members + [("extra", .text(extra))])
    }
}
