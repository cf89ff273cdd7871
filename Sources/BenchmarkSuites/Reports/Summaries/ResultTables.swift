internal import Benchmarking
internal import ProfileFormats

/// The tables that text, Markdown and pages have in common.
struct ResultTables {
    private(set) var costs: ReportTable
    private(set) var latencies: ReportTable
    private(set) var costNotes = Footnotes()
    private(set) var latencyNotes = Footnotes()

    init(_ run: BenchmarkRun) {
        costs = ReportTable(columns: Self.costColumns)
        latencies = ReportTable(columns: Self.latencyColumns)
        for result in run.results {
            let hasCosts = Self.costMetrics.contains { result.summary($0) != nil }
            if result.latency == nil || hasCosts { costs.rows.append(costRow(result)) }
            for (index, curve) in LatencySummary.curves(result).enumerated() {
                latencies.rows.append(latencyRow(result, curve, isFirst: index == 0))
            }
        }
        costs = costs.withoutEmptyColumns()
    }

    // MARK: Costs

    private static let costMetrics: [BenchmarkMetric] = [
        .cycles, .time, .allocations, .retains, .instructions, .peakMemory,
    ]

    private static let costColumns: [ReportTable.Column] = [
        .init(title: "benchmark", isText: true), .init(title: "cycles/op"), .init(title: "time/op"),
        .init(title: "±", expendability: 1), .init(title: "min", expendability: 3),
        .init(title: "throughput", expendability: 2), .init(title: "allocations/op", expendability: 4),
        .init(title: "retains/op", expendability: 6), .init(title: "instructions", expendability: 5),
        .init(title: "peak memory", expendability: 7),
    ]

    private mutating func costRow(_ result: BenchmarkResult) -> [String] {
        let time = result.summary(.time)
        let spread = time ?? result.summary(.cycles)
        var cells = [result.id.description]
        if result.failure != nil, result.leading == nil {
            cells.append("failed")
        } else {
            cells.append(cell(result, .cycles))
        }
        cells.append(cell(result, .time))
        if let spread {
            if let text = spread.halfWidthText {
                cells.append(text)
            } else {
                let note =
                    spread.halfWidth == nil
                    ? "an interval needs 6 processes" : "all processes came to the same value"
                cells.append("–" + costNotes.reference(note))
            }
            cells.append(spread.minimumText)
        } else {
            cells += ["", ""]
        }
        cells.append(ThroughputSummary.rates(result).map(\.text).joined(separator: ", "))
        cells += Self.costMetrics[2...].map { cell(result, $0) }
        return cells
    }

    /// The value, or `n/a` and why; empty when nobody asked for the metric.
    private mutating func cell(_ result: BenchmarkResult, _ metric: BenchmarkMetric) -> String {
        guard let series = result.series(metric) else { return "" }
        if let summary = MetricSummary(series) { return summary.text }
        return "n/a" + costNotes.reference(series.unavailable ?? "no value was measured")
    }

    // MARK: Latencies

    private static let latencyColumns: [ReportTable.Column] =
        [
            .init(title: "latency", isText: true), .init(title: "curve", isText: true),
            .init(title: "operations", expendability: 2),
        ]
        + LatencySummary.quantiles.map { .init(title: $0.title, expendability: $0.title == "p90" ? 1 : 0) }
        + [.init(title: "max")]

    private mutating func latencyRow(
        _ result: BenchmarkResult, _ curve: LatencySummary, isFirst: Bool
    ) -> [String] {
        var cells = [isFirst ? result.id.description : "", curve.title]
        cells.append(NumberText.grouped(Int64(clamping: curve.histogram.count)))
        for (metric, _, quantile) in LatencySummary.quantiles {
            if let percentile = curve.percentile(quantile, metric) {
                cells.append(percentile.text)
            } else {
                let needed = curve.missingCount(quantile).map { NumberText.grouped(Int64($0)) } ?? "more"
                cells.append("–" + latencyNotes.reference("needs \(needed) operations"))
            }
        }
        cells.append(curve.maximumText)
        return cells
    }
}
