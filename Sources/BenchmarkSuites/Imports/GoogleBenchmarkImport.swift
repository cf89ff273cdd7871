package import Benchmarking
internal import ProfileFormats

/// google/benchmark's `--benchmark_format=json`: repetitions are replicates; aggregates only where there is nothing else.
package struct GoogleBenchmarkImport: BenchmarkImport {
    package let name = "google-benchmark"
    package let summary = "google/benchmark --benchmark_format=json"

    package init() {}

    private struct File: Decodable {
        struct Context: Decodable {
            var date: String?
            var hostName: String?
            var numCPUs: Int?
            var libraryVersion: String?

            enum CodingKeys: String, CodingKey {
                case date
                case hostName = "host_name"
                case numCPUs = "num_cpus"
                case libraryVersion = "library_version"
            }
        }

        var context: Context
        var benchmarks: [Entry]
    }

    private struct Entry: Decodable {
        var name: String
        var runName: String?
        var runType: String?
        var aggregateName: String?
        var iterations: Double?
        var realTime: Double?
        var cpuTime: Double?
        var timeUnit: String?
        var errorOccurred: Bool?
        var errorMessage: String?
        var skipped: Bool?
        var skipMessage: String?
        /// Numbers of its own, by name.
        var counters: [String: Double] = [:]

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case name, iterations, skipped, label, repetitions, threads
            case runName = "run_name"
            case runType = "run_type"
            case aggregateName = "aggregate_name"
            case aggregateUnit = "aggregate_unit"
            case realTime = "real_time"
            case cpuTime = "cpu_time"
            case timeUnit = "time_unit"
            case errorOccurred = "error_occurred"
            case errorMessage = "error_message"
            case skipMessage = "skip_message"
            case familyIndex = "family_index"
            case instanceIndex = "per_family_instance_index"
            case repetitionIndex = "repetition_index"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            runName = try container.decodeIfPresent(String.self, forKey: .runName)
            runType = try container.decodeIfPresent(String.self, forKey: .runType)
            aggregateName = try container.decodeIfPresent(String.self, forKey: .aggregateName)
            iterations = try container.decodeIfPresent(Double.self, forKey: .iterations)
            realTime = try container.decodeIfPresent(Double.self, forKey: .realTime)
            cpuTime = try container.decodeIfPresent(Double.self, forKey: .cpuTime)
            timeUnit = try container.decodeIfPresent(String.self, forKey: .timeUnit)
            errorOccurred = try container.decodeIfPresent(Bool.self, forKey: .errorOccurred)
            errorMessage = try container.decodeIfPresent(String.self, forKey: .errorMessage)
            skipped = try container.decodeIfPresent(Bool.self, forKey: .skipped)
            skipMessage = try container.decodeIfPresent(String.self, forKey: .skipMessage)
            let known = Set(CodingKeys.allCases.map(\.rawValue))
            let all = try decoder.container(keyedBy: AnyKey.self)
            for key in all.allKeys where !known.contains(key.stringValue) {
                if let value = try? all.decode(Double.self, forKey: key) { counters[key.stringValue] = value }
            }
        }
    }

    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        return head.isObject && head.contains("\"context\"")
            && (head.contains("\"benchmarks\"") || head.contains("num_cpus"))
    }

    package func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        let file = try HostileJSON.decode(File.self, from: bytes, as: "results of google/benchmark")
        var machine = ImportedRun.unknownMachine
        machine.hostname = file.context.hostName ?? ""
        machine.logicalCPUs = max(0, file.context.numCPUs ?? 0)
        var names: [String] = []
        var groups: [String: [(Int, Entry)]] = [:]
        for (index, entry) in file.benchmarks.enumerated() {
            // The fit of a complexity is no measurement.
            if ["BigO", "RMS"].contains(entry.aggregateName) { continue }
            let name = entry.runName ?? entry.name
            if groups[name] == nil { names.append(name) }
            groups[name, default: []].append((index, entry))
        }
        return try ImportedRun.make(
            tool: file.context.libraryVersion.map { "google/benchmark \($0)" } ?? "google/benchmark",
            startedAt: file.context.date.flatMap { CalendarText.seconds($0) }, machine: machine,
            names.map { try result($0, groups[$0]!) })
    }

    private func result(_ name: String, _ entries: [(Int, Entry)]) throws -> BenchmarkResult {
        var result = BenchmarkResult(id: Self.id(name), mode: .throughput)
        if let (_, entry) = entries.first(where: { $0.1.errorOccurred == true || $0.1.skipped == true }) {
            let isSkipped = entry.skipped == true
            let message = (isSkipped ? entry.skipMessage : entry.errorMessage) ?? "the benchmark gave no reason"
            result.failure = BenchmarkFailure(isSkipped ? "not-supported" : "threw", message)
            return result
        }
        var used = entries.filter { $0.1.runType != "aggregate" }
        if used.isEmpty {
            let median = entries.filter { $0.1.aggregateName == "median" }
            used = median.isEmpty ? entries.filter { $0.1.aggregateName == "mean" } : median
            result.warnings.append(
                BenchmarkWarning(
                    "aggregates-only", "the file has aggregates only: run without --benchmark_report_aggregates_only"))
        }
        var times: [Double] = []
        var cpuTimes: [Double] = []
        for (index, entry) in used {
            let unit = try Self.nanoseconds(entry.timeUnit ?? "ns", "benchmarks[\(index)].time_unit")
            guard let time = entry.realTime else {
                throw FormatError(.malformed, "benchmarks[\(index)].real_time is missing")
            }
            times.append(try ImportedRun.time(time, unit: unit, key: "benchmarks[\(index)].real_time"))
            if let time = entry.cpuTime {
                cpuTimes.append(try ImportedRun.time(time, unit: unit, key: "benchmarks[\(index)].cpu_time"))
            }
        }
        ImportedRun.series(.time, processes: [times], of: &result)
        if cpuTimes.count == times.count {
            result.series.append(MetricSeries(metric: .cpuTime, values: cpuTimes))
        }
        result.operations = ImportedRun.sum(used.map { ImportedRun.count($0.1.iterations) })
        counters(used.map(\.1), times: name.contains("/real_time") ? times : cpuTimes, &result)
        return result
    }

    /// Rates become units of throughput, counters of the processor and the allocator series; the rest has no place.
    private func counters(_ entries: [Entry], times: [Double], _ result: inout BenchmarkResult) {
        var unknown = Set<String>()
        let names = entries.first.map { $0.counters.keys.sorted() } ?? []
        for name in names {
            let values = entries.compactMap { $0.counters[name] }.filter(\.isFinite)
            guard values.count == entries.count else { continue }
            let metric: BenchmarkMetric? =
                switch name {
                case "CYCLES", "cycles": .cycles
                case "INSTRUCTIONS", "instructions": .pmuInstructions
                case "BRANCH-MISSES": .branchMisses
                case "allocs_per_iter": .allocations
                default: nil
                }
            if let metric {
                result.series.append(MetricSeries(metric: metric, values: values))
            } else if name.hasSuffix("_per_second"), times.count == values.count, times[0] > 0 {
                // The file has the rate in the time that was asked for: CPU time unless the name says real time.
                let count = values[0] * times[0] / 1e9
                result.throughputUnits.append(
                    ThroughputUnit(String(name.dropLast("_per_second".count)), perOperation: count.rounded(toDigits: 6))
                )
            } else {
                unknown.insert(name)
            }
        }
        if !unknown.isEmpty {
            result.warnings.append(
                BenchmarkWarning("counters", "not imported: \(unknown.sorted().joined(separator: ", "))"))
        }
    }

    /// What follows the first `/` is the argument.
    private static func id(_ name: String) -> BenchmarkID {
        guard let slash = name.firstIndex(of: "/"), slash != name.startIndex else { return BenchmarkID(name: name) }
        return BenchmarkID(name: String(name[..<slash]), argument: String(name[name.index(after: slash)...]))
    }

    private static func nanoseconds(_ unit: String, _ key: String) throws -> Double {
        switch unit {
        case "ns": return 1
        case "us": return 1e3
        case "ms": return 1e6
        case "s": return 1e9
        default: throw FormatError(.malformed, "\(key) is '\(unit)': known are ns, us, ms and s")
        }
    }
}

extension Double {
    /// To so many significant decimal digits: 63.99999999 is 64.
    fileprivate func rounded(toDigits digits: Int) -> Double {
        guard isFinite, self != 0 else { return self }
        var scale = 1.0
        var limit = 1.0
        for _ in 0..<digits { limit *= 10 }
        while magnitude * scale < limit / 10, scale < 1e15 { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
