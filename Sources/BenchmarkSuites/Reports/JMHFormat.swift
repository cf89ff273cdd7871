package import Benchmarking
internal import ProfileFormats
internal import Statistics

/// The JSON of Java's JMH, as jmh.morethan.io and its plug-ins for build servers read it.
///
/// Fields as JMH's `JSONResultFormat` writes them: one entry a benchmark, in average time (`avgt`), and sampled time
/// (`sample`) where each operation was timed; a fork is a process, its iterations are the epochs.
package struct JMHFormat: BenchmarkFormat {
    package let name = "jmh"
    package let fileExtensions = ["json"]
    package let summary = "JMH's JSON; for jmh.morethan.io and build servers"

    package init() {}

    package func encode(_ run: BenchmarkRun) -> [UInt8] {
        let entries = run.results.compactMap(entry)
        return Array((JSONValue.array(entries).rendered() + "\n").utf8)
    }

    /// Nil when there is neither a time nor a latency: JMH has no way to say that a benchmark failed.
    private func entry(_ result: BenchmarkResult) -> JSONValue? {
        let isSampled = result.latency.map { $0.machine.count > 0 } ?? false
        guard isSampled || result.summary(.time) != nil else { return nil }
        var members: [(String, JSONValue)] = [
            ("jmhVersion", .text("1.37")), ("benchmark", .text(result.id.name)),
            ("mode", .text(isSampled ? "sample" : "avgt")), ("threads", .integer(1)),
            ("forks", .integer(Int64(max(1, result.processCount)))), ("jvm", .text("")), ("jvmArgs", .array([])),
            ("jdkVersion", .text("")), ("vmName", .text("")), ("vmVersion", .text("")),
            ("warmupIterations", .integer(0)), ("warmupTime", .text("0 s")), ("warmupBatchSize", .integer(1)),
            ("measurementIterations", .integer(Int64(iterations(result)))), ("measurementTime", .text("0 s")),
            ("measurementBatchSize", .integer(1)),
        ]
        if let argument = result.id.argument { members.append(("params", .object([("argument", .text(argument))]))) }
        members.append(("primaryMetric", isSampled ? sampled(result) : average(result.series(.time)!, unit: "ns/op")))
        var secondary: [(String, JSONValue)] = []
        for series in result.series where series.metric != BenchmarkMetric.time.id && !series.values.isEmpty {
            guard let metric = BenchmarkMetric(id: series.metric), !Self.percentiles.contains(metric.id) else {
                continue
            }
            secondary.append((metric.id, average(series, unit: metric.unit)))
        }
        members.append(("secondaryMetrics", .object(secondary)))
        return .object(members)
    }

    private static let percentiles = Set(LatencySummary.quantiles.map(\.metric.id) + [BenchmarkMetric.latencyMax.id])

    private func iterations(_ result: BenchmarkResult) -> Int {
        result.series(.time)?.epochs?.map(\.count).max() ?? 1
    }

    private func average(_ series: MetricSeries, unit: String) -> JSONValue {
        let summary = MetricSummary(series)
        let interval = summary?.interval
        let sorted = series.values.sorted()
        let percentiles = Self.averagePercentiles.map { name, share -> (String, JSONValue) in
            (name, Self.number(Quantile.ofSorted(sorted, at: share)))
        }
        // An iteration that some fork lacks would have no place.
        let epochs = series.epochs.flatMap { $0.isEmpty || $0.contains(where: \.isEmpty) ? nil : $0 }
        let forks = epochs ?? series.values.map { [$0] }
        return .object([
            ("score", Self.number(summary?.estimate)),
            ("scoreError", Self.number(interval?.halfWidth)),
            ("scoreConfidence", .array([Self.number(interval?.lower), Self.number(interval?.upper)])),
            ("scorePercentiles", .object(percentiles)),
            ("scoreUnit", .text(unit)),
            ("rawData", .array(forks.map { fork in JSONValue.array(fork.map { Self.number($0) }) })),
        ])
    }

    private static let averagePercentiles: [(String, Double)] = [
        ("0.0", 0), ("50.0", 0.5), ("90.0", 0.9), ("95.0", 0.95), ("99.0", 0.99), ("100.0", 1),
    ]
    private static let sampledPercentiles: [(String, Double)] = [
        ("0.0", 0), ("50.0", 0.5), ("90.0", 0.9), ("95.0", 0.95), ("99.0", 0.99), ("99.9", 0.999),
        ("99.99", 0.9999), ("99.999", 0.99999), ("99.9999", 0.999999), ("100.0", 1),
    ]

    private func sampled(_ result: BenchmarkResult) -> JSONValue {
        guard let latency = result.latency else { return .null }
        let histogram = latency.machine
        func at(_ quantile: Double) -> JSONValue {
            Self.number(histogram.value(quantile: quantile).map { latency.nanoseconds(Double($0)) })
        }
        let mean =
            zip(histogram.values, histogram.counts).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            / Double(histogram.count)
        let buckets = zip(histogram.values, histogram.counts).map {
            JSONValue.array([Self.number(latency.nanoseconds(Double($0))), .integer(Int64(clamping: $1))])
        }
        return .object([
            ("score", Self.number(latency.nanoseconds(mean))), ("scoreError", .text("NaN")),
            ("scoreConfidence", .array([.text("NaN"), .text("NaN")])),
            ("scorePercentiles", .object(Self.sampledPercentiles.map { ($0.0, at($0.1)) })),
            ("scoreUnit", .text("ns/op")), ("rawDataHistogram", .array([.array([.array(buckets)])])),
        ])
    }

    /// JMH writes the text NaN for what it does not know.
    private static func number(_ value: Double?) -> JSONValue {
        value.flatMap { $0.isFinite ? .number($0) : nil } ?? .text("NaN")
    }
}
