package import Benchmarking
internal import ProfileFormats

/// hyperfine's `--export-json`: each run of a command is a process of its own.
package struct HyperfineImport: BenchmarkImport {
    package let name = "hyperfine"
    package let summary = "hyperfine --export-json"

    package init() {}

    private struct File: Decodable {
        struct Result: Decodable {
            var command: String
            /// Seconds, as `mean`, `user` and `system`.
            var times: [Double]?
            var mean: Double?
            var user: Double?
            var system: Double?
            var memoryUsageByte: [Double]?
            var exitCodes: [Int?]?

            enum CodingKeys: String, CodingKey {
                case command, times, mean, user, system
                case memoryUsageByte = "memory_usage_byte"
                case exitCodes = "exit_codes"
            }
        }

        var results: [Result]
    }

    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        return head.isObject && head.contains("\"results\"") && head.contains("\"command\"")
    }

    package func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        let file = try HostileJSON.decode(File.self, from: bytes, as: "results of hyperfine")
        return try ImportedRun.make(
            tool: "hyperfine", machine: ImportedRun.unknownMachine, file.results.enumerated().map(result))
    }

    private func result(_ index: Int, _ imported: File.Result) throws -> BenchmarkResult {
        let key = "results[\(index)]"
        guard !imported.command.isEmpty else { throw FormatError(.malformed, "\(key).command is empty") }
        var result = BenchmarkResult(id: BenchmarkID(name: imported.command), mode: .command)
        guard let seconds = imported.times ?? imported.mean.map({ [$0] }), !seconds.isEmpty else {
            throw FormatError(.malformed, "\(key).times is missing: export again with a newer hyperfine")
        }
        let times = try seconds.map { try ImportedRun.time($0, unit: 1e9, key: "\(key).times") }
        result.series.append(MetricSeries(metric: .time, values: times))
        result.processCount = times.count
        result.operations = UInt64(times.count)
        if let user = imported.user, let system = imported.system {
            let time = try ImportedRun.time(user + system, unit: 1e9, key: "\(key).user")
            result.series.append(MetricSeries(metric: .cpuTime, values: [time]))
        }
        if let memory = imported.memoryUsageByte?.filter({ $0.isFinite && $0 > 0 }), !memory.isEmpty {
            result.series.append(MetricSeries(metric: .peakMemory, values: memory))
        }
        let failed = imported.exitCodes?.count { $0 != 0 } ?? 0
        if failed > 0 {
            result.warnings.append(
                BenchmarkWarning("exit-codes", "\(failed) of \(times.count) runs exited with an error or by a signal"))
        }
        return result
    }
}
