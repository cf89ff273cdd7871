package import Benchmarking
internal import ProfileFormats

/// `results.json` of a baseline of ordo-one/benchmark.
///
/// Its results are a dictionary with structures for keys, which Swift encodes as an array of keys and values in turn.
/// A metric's values are in a dense HdrHistogram, of so many operations each as the scaling factor says.
package struct OrdoBenchmarkImport: BenchmarkImport {
    package let name = "ordo"
    package let summary = "ordo-one/benchmark baselines (results.json)"

    package init() {}

    private struct File: Decodable {
        struct Machine: Decodable {
            var hostname: String
            var processors: Int
            var processorType: String
            var kernelVersion: String
        }

        struct Key: Decodable, Hashable {
            var target: String
            var name: String
        }

        /// An enumeration as Swift encodes it: its case is the only key.
        struct Metric: Decodable {
            var name: String

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: AnyKey.self)
                guard let key = container.allKeys.first, container.allKeys.count == 1 else {
                    throw DecodingError.dataCorrupted(
                        .init(codingPath: decoder.codingPath, debugDescription: "a metric has one key, its name"))
                }
                name = key.stringValue
            }
        }

        struct Result: Decodable {
            struct Statistics: Decodable {
                var histogram: DenseHistogram
            }

            var metric: Metric
            var scalingFactor: Double
            var statistics: Statistics
        }

        /// In the file's order; a dictionary would lose it.
        struct Results: Decodable {
            var entries: [(Key, [Result])] = []

            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                while !container.isAtEnd {
                    let key = try container.decode(Key.self)
                    entries.append((key, try container.decode([Result].self)))
                }
            }
        }

        var baselineName: String?
        var machine: Machine
        var results: Results
    }

    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        guard head.isObject else { return false }
        // Keys come in any order: the machine's, the baseline's name, or far into the first histogram.
        return head.contains("\"baselineName\"") || head.contains("\"processorType\"")
            || head.contains("\"lowestDiscernibleValue\"") && head.contains("\"counts\"")
            || head.contains("\"results\":[{\"") && head.contains("\"target\"")
    }

    package func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        let file = try HostileJSON.decode(File.self, from: bytes, as: "a baseline of ordo-one/benchmark")
        var machine = ImportedRun.unknownMachine
        machine.hostname = file.machine.hostname
        machine.architecture = file.machine.processorType
        machine.logicalCPUs = max(0, file.machine.processors)
        machine.kernel = file.machine.kernelVersion
        return try ImportedRun.make(
            tool: "ordo-one/benchmark", machine: machine, file.results.entries.map { try result($0.0, $0.1) })
    }

    private func result(_ key: File.Key, _ metrics: [File.Result]) throws -> BenchmarkResult {
        var result = BenchmarkResult(id: BenchmarkID(name: "\(key.target).\(key.name)"), mode: .throughput)
        result.processCount = 1
        for metric in metrics {
            let name = metric.metric.name
            let place = "\(result.id.name), \(name)"
            let factor = metric.scalingFactor
            guard factor >= 1, factor <= 1e15 else {
                throw FormatError(.malformed, "\(place): a scaling factor of \(factor) is none")
            }
            guard let known = Self.metrics[name] else { continue }
            let buckets = try metric.statistics.histogram.buckets(place)
            guard !buckets.isEmpty else { continue }
            let scale = known == .throughput ? factor : known == .peakMemory ? 1 : 1 / factor
            let scaled = buckets.map { (Double($0.value) * scale, $0.count) }
            if known == .time {
                let count = ImportedRun.sum(buckets.map(\.count))
                let operations = count.multipliedReportingOverflow(by: UInt64(factor))
                result.operations = operations.overflow ? .max : operations.partialValue
                // Of one operation a measurement, the distribution is one of operations.
                if factor == 1 {
                    result.latency = try ImportedLatency.distribution(nanoseconds: scaled, key: place)
                    result.mode = .latency
                }
            }
            result.series.append(MetricSeries(metric: known, values: Self.values(scaled, &result)))
        }
        if result.series.isEmpty {
            result.failure = BenchmarkFailure("protocol", "no metric of the file is known here")
        }
        return result
    }

    /// Most values that a histogram is unfolded to; with more it becomes its median.
    private static let mostValues = 10_000

    private static func values(_ buckets: [(Double, UInt64)], _ result: inout BenchmarkResult) -> [Double] {
        let total = ImportedRun.sum(buckets.map(\.1))
        // Equal counts say no more when repeated.
        if buckets.count == 1 { return [buckets[0].0] }
        guard total <= mostValues else {
            var seen: UInt64 = 0
            for (value, count) in buckets {
                seen += count
                if seen >= (total - 1) / 2 + 1 { return [value] }
            }
            return []
        }
        ImportedRun.warnOfOneProcess(Int(total), &result)
        return buckets.flatMap { Array(repeating: $0.0, count: Int($0.1)) }
    }

    private static let metrics: [String: BenchmarkMetric] = [
        "wallClock": .time, "throughput": .throughput, "cpuTotal": .cpuTime, "peakMemoryResident": .peakMemory,
        "mallocCountTotal": .allocations, "freeCountTotal": .frees, "mallocBytesCount": .allocatedBytes,
        "instructions": .pmuInstructions, "objectAllocCount": .swiftAllocations, "retainCount": .retains,
        "releaseCount": .releases, "contextSwitches": .contextSwitches,
    ]
}
