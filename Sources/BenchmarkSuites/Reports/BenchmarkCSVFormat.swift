package import Benchmarking
internal import ProfileFormats
internal import Statistics

/// Results for spreadsheets: RFC 4180 with a header row, one row a metric of a benchmark.
///
/// Values are in the metric's base unit (ns, bytes, …), never scaled. Columns may be added at the end, never removed or
/// moved.
package struct BenchmarkCSVFormat: BenchmarkFormat {
    package let name = "csv"
    package let fileExtensions = ["csv"]
    package let summary = "one row a metric; for spreadsheets"

    package init() {}

    private static let header = [
        "benchmark", "argument", "mode", "curve", "metric", "unit", "value", "lower", "upper", "minimum", "maximum",
        "count", "resolution", "note",
    ]

    package func encode(_ run: BenchmarkRun) -> [UInt8] {
        let rows = [Self.header] + run.results.flatMap(rows)
        return Array(rows.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined().utf8)
    }

    private func rows(_ result: BenchmarkResult) -> [[String]] {
        let head = [result.id.name, result.id.argument ?? "", result.mode.rawValue]
        var rows: [[String]] = []
        if let failure = result.failure {
            rows.append(head + Array(repeating: "", count: 10) + ["failed (\(failure.code)): \(failure.text)"])
        }
        for series in result.series { rows.append(head + cells(series)) }
        for curve in LatencySummary.curves(result) {
            for (metric, _, quantile) in LatencySummary.quantiles {
                let count = String(curve.histogram.count)
                guard let percentile = curve.percentile(quantile) else {
                    let needed = curve.missingCount(quantile).map(String.init) ?? "more"
                    rows.append(
                        head + [curve.title, metric.id, metric.unit, "", "", "", "", "", count, ""]
                            + ["needs \(needed) operations"])
                    continue
                }
                rows.append(
                    head + [curve.title, metric.id, metric.unit, Self.number(percentile.nanoseconds)]
                        + [Self.number(percentile.interval.lower), Self.number(percentile.interval.upper), "", ""]
                        + [count, "", ""])
            }
        }
        return rows
    }

    private func cells(_ series: MetricSeries) -> [String] {
        let unit = BenchmarkMetric(id: series.metric)?.unit ?? ""
        guard let summary = MetricSummary(series) else {
            return ["", series.metric, unit, "", "", "", "", "", "0", ""] + [series.unavailable ?? "no value"]
        }
        return ["", series.metric, unit, Self.number(summary.estimate)] + [
            summary.interval.map { Self.number($0.lower) } ?? "", summary.interval.map { Self.number($0.upper) } ?? "",
            Self.number(summary.minimum), Self.number(summary.maximum), String(summary.count),
            summary.resolution.map(Self.number) ?? "", "",
        ]
    }

    /// Six decimals, which is below what any clock tells apart, without trailing zeros.
    private static func number(_ value: Double) -> String {
        var text = NumberText.fixed(value, decimals: 6)
        guard text.contains("."), !text.contains("e") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// Quoted where RFC 4180 wants it.
    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
