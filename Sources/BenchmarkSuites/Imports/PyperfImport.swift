package import Benchmarking
internal import ProfileFormats

/// pyperf's JSON: a run is a process, its warm-ups are left out, and runs that only calibrated have no values.
package struct PyperfImport: BenchmarkImport {
    package let name = "pyperf"
    package let summary = "pyperf -o"

    package init() {}

    private struct Metadata: Decodable {
        var name: String?
        var unit: String?
        var hostname: String?
        var platform: String?
        var date: String?
        var cpuModelName: String?
        var cpuCount: Int?
        var duration: Double?
        var maximumResidentBytes: Double?
        var loops: Double?
        var innerLoops: Double?
        var pyperfVersion: String?
        var pythonVersion: String?
        var tags: [String]?

        enum CodingKeys: String, CodingKey {
            case name, unit, hostname, platform, date, duration, loops, tags
            case cpuModelName = "cpu_model_name"
            case cpuCount = "cpu_count"
            case maximumResidentBytes = "mem_max_rss"
            case innerLoops = "inner_loops"
            case pyperfVersion = "perf_version"
            case pythonVersion = "python_version"
        }
    }

    private struct File: Decodable {
        struct Benchmark: Decodable {
            var metadata: Metadata?
            var runs: [Run]
        }

        struct Run: Decodable {
            var metadata: Metadata?
            /// In the unit of the metadata, seconds when it states none; a loop each.
            var values: [Double]?
        }

        var benchmarks: [Benchmark]
        var metadata: Metadata?
    }

    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        return head.isObject && head.contains("\"benchmarks\"") && head.contains("\"runs\"")
            && !head.contains("\"context\"")
    }

    package func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        let file = try HostileJSON.decode(File.self, from: bytes, as: "results of pyperf")
        let common = file.metadata
        let first = file.benchmarks.first
        func known<Value>(_ member: (Metadata) -> Value?) -> Value? {
            common.flatMap(member) ?? first?.metadata.flatMap(member)
                ?? first?.runs.first { $0.metadata.flatMap(member) != nil }?.metadata.flatMap(member)
        }
        var machine = ImportedRun.unknownMachine
        machine.hostname = known(\.hostname) ?? ""
        machine.processorName = known(\.cpuModelName) ?? ""
        machine.logicalCPUs = max(0, known(\.cpuCount) ?? 0)
        machine.kernel = known(\.platform) ?? ""
        let runs = file.benchmarks.lazy.flatMap(\.runs)
        let seconds = runs.reduce(0) { $0 + max(0, $1.metadata?.duration ?? 0) }
        return try ImportedRun.make(
            tool: known(\.pyperfVersion).map { "pyperf \($0)" } ?? "pyperf",
            startedAt: known(\.date).flatMap { CalendarText.seconds($0) }, duration: seconds * 1e9, machine: machine,
            file.benchmarks.enumerated().map { try result($0, $1, common: common) })
    }

    private func result(_ index: Int, _ benchmark: File.Benchmark, common: Metadata?) throws -> BenchmarkResult {
        let key = "benchmarks[\(index)]"
        let name = benchmark.metadata?.name ?? common?.name ?? "benchmark \(index + 1)"
        var result = BenchmarkResult(id: BenchmarkID(name: name), mode: .throughput)
        result.tags = benchmark.metadata?.tags ?? common?.tags ?? []
        let unit = benchmark.metadata?.unit ?? common?.unit ?? "second"
        let measured = benchmark.runs.filter { !($0.values ?? []).isEmpty }
        let values = try measured.map { run in
            try (run.values ?? []).map {
                try ImportedRun.time($0, unit: unit == "second" ? 1e9 : 1, key: "\(key).runs.values")
            }
        }
        switch unit {
        case "second": ImportedRun.series(.time, processes: values, of: &result)
        case "byte": ImportedRun.series(.peakMemory, processes: values, of: &result)
        default: result.failure = BenchmarkFailure("not-supported", "values in '\(unit)' have no place here")
        }
        if values.isEmpty { result.failure = BenchmarkFailure("protocol", "no run of the file has values") }
        let memory = measured.compactMap { $0.metadata?.maximumResidentBytes }.filter { $0.isFinite && $0 > 0 }
        if unit == "second", memory.count == measured.count, !memory.isEmpty {
            result.series.append(MetricSeries(metric: .peakMemory, values: memory))
        }
        result.operations = ImportedRun.sum(
            measured.map { run in
                func loops(_ member: (Metadata) -> Double?) -> Double {
                    run.metadata.flatMap(member) ?? benchmark.metadata.flatMap(member) ?? common.flatMap(member) ?? 1
                }
                return ImportedRun.count(loops(\.loops) * loops(\.innerLoops) * Double((run.values ?? []).count))
            })
        return result
    }
}
