package import Benchmarking
internal import ProfileFormats

/// JMH's `-rf json`: a fork is a process, its iterations are the epochs; a histogram of sampled times is a distribution.
package struct JMHImport: BenchmarkImport {
    package let name = "jmh"
    package let summary = "JMH -rf json"

    package init() {}

    /// A number, or the text `NaN`.
    private struct Number: Decodable {
        var value: Double

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                guard text == "NaN" else {
                    throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no number")
                }
                value = .nan
            } else {
                value = try container.decode(Double.self)
            }
        }
    }

    private struct Metric: Decodable {
        var score: Number
        var scoreUnit: String
        /// By fork and iteration.
        var rawData: [[Number]]?
        /// By fork and iteration, pairs of a time and a count.
        var rawDataHistogram: [[[[Double]]]]?
    }

    private struct Entry: Decodable {
        var jmhVersion: String?
        var benchmark: String
        var mode: String
        var forks: Int?
        var params: [String: String]?
        var vmName: String?
        var vmVersion: String?
        var primaryMetric: Metric
        var secondaryMetrics: [String: Metric]?
    }

    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        return head.isArray && head.contains("\"benchmark\"")
            && (head.contains("\"primaryMetric\"") || head.contains("\"jmhVersion\""))
    }

    package func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        let entries = try HostileJSON.decode([Entry].self, from: bytes, as: "results of JMH")
        let version = entries.lazy.compactMap(\.jmhVersion).first
        return try ImportedRun.make(
            tool: version.map { "JMH \($0)" } ?? "JMH", machine: ImportedRun.unknownMachine,
            entries.enumerated().map { try result($1, key: "[\($0)].primaryMetric") })
    }

    private func result(_ entry: Entry, key: String) throws -> BenchmarkResult {
        var result = BenchmarkResult(id: Self.id(entry), mode: entry.mode == "sample" ? .latency : .throughput)
        guard let unit = Self.unit(entry.primaryMetric.scoreUnit) else {
            throw FormatError(
                .malformed, "\(key).scoreUnit is '\(entry.primaryMetric.scoreUnit)', which is no unit of JMH")
        }
        func time(_ value: Double) throws -> Double {
            try ImportedRun.time(unit.isRate ? 1 / value : value, unit: unit.nanoseconds, key: key)
        }
        if let histogram = entry.primaryMetric.rawDataHistogram {
            let buckets = try histogram.joined().joined().map { pair in
                guard pair.count == 2, pair[1] >= 1, pair[1] < 0x1p63 else {
                    throw FormatError(.malformed, "\(key).rawDataHistogram: a bucket is [time, count]")
                }
                return (try time(pair[0]), UInt64(pair[1]))
            }
            result.latency = try ImportedLatency.distribution(nanoseconds: buckets, key: "\(key).rawDataHistogram")
            result.operations = result.latency?.machine.count ?? 0
            result.processCount = max(1, entry.forks ?? 1)
            let median = result.latency.flatMap { latency in
                latency.machine.value(quantile: 0.5).map { latency.nanoseconds(Double($0)) }
            }
            if let median { result.series.append(MetricSeries(metric: .latencyP50, values: [median])) }
        } else if let raw = entry.primaryMetric.rawData, raw.contains(where: { !$0.isEmpty }) {
            let forks = try raw.map { try $0.map(\.value).filter(\.isFinite).map(time) }
            ImportedRun.series(.time, processes: forks, of: &result)
        } else if entry.primaryMetric.score.value.isFinite {
            ImportedRun.series(.time, processes: [[try time(entry.primaryMetric.score.value)]], of: &result)
        }
        if result.series.isEmpty { result.failure = BenchmarkFailure("protocol", "the score is not a number") }
        // Bytes that one operation allocates, by JMH's own profiler.
        let allocated = entry.secondaryMetrics?.first { $0.key.hasSuffix("gc.alloc.rate.norm") }?.value
        if let bytes = allocated?.score.value, bytes.isFinite, bytes >= 0 {
            result.series.append(MetricSeries(metric: .allocatedBytes, values: [bytes]))
        }
        return result
    }

    /// One parameter is the argument; of several, each with its name.
    private static func id(_ entry: Entry) -> BenchmarkID {
        guard let parameters = entry.params, !parameters.isEmpty else { return BenchmarkID(name: entry.benchmark) }
        if parameters.count == 1 { return BenchmarkID(name: entry.benchmark, argument: parameters.first!.value) }
        let text = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return BenchmarkID(name: entry.benchmark, argument: text)
    }

    /// `ns/op`, `ops/ms`, …: nanoseconds of the time unit, and whether more is faster.
    private static func unit(_ text: String) -> (nanoseconds: Double, isRate: Bool)? {
        let parts = text.split(separator: "/")
        guard parts.count == 2 else { return nil }
        let units = ["ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9, "min": 6e10, "hr": 3.6e12, "day": 8.64e13]
        if parts[0] == "ops", let unit = units[String(parts[1])] { return (unit, true) }
        if parts[1] == "op", let unit = units[String(parts[0])] { return (unit, false) }
        return nil
    }
}
