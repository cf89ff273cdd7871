package import Benchmarking
internal import ProfileFormats

/// criterion.rs: `sample.json`, or `estimates.json` where that is all there is. The benchmark's name is in the path:
/// `target/criterion/GROUP/FUNCTION/ARGUMENT/new/sample.json`.
package struct CriterionImport: BenchmarkImport {
    package let name = "criterion"
    package let summary = "criterion.rs sample.json, estimates.json"

    package init() {}

    private struct Sample: Decodable {
        /// Operations of each sample, and nanoseconds that all of them took.
        var iters: [Double]
        var times: [Double]
    }

    private struct Estimates: Decodable {
        struct Estimate: Decodable {
            var pointEstimate: Double

            enum CodingKeys: String, CodingKey {
                case pointEstimate = "point_estimate"
            }
        }

        var median: Estimate
    }

    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        return head.isObject && (head.contains("\"iters\"") || Self.isEstimates(head))
    }

    private static func isEstimates(_ head: FileHead) -> Bool {
        head.contains("\"median_abs_dev\"") && head.contains("\"point_estimate\"")
    }

    package func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        var result = BenchmarkResult(id: Self.id(path: path), mode: .throughput)
        if Self.isEstimates(FileHead(bytes)) {
            let file = try HostileJSON.decode(Estimates.self, from: bytes, as: "estimates of criterion")
            let median = try ImportedRun.time(file.median.pointEstimate, unit: 1, key: "median.point_estimate")
            result.series = [MetricSeries(metric: .time, values: [median])]
            result.processCount = 1
            result.warnings = [
                BenchmarkWarning(
                    "aggregates-only", "estimates.json has no samples: sample.json of the same folder has them")
            ]
        } else {
            let file = try HostileJSON.decode(Sample.self, from: bytes, as: "samples of criterion")
            guard file.iters.count == file.times.count, !file.iters.isEmpty else {
                throw FormatError(
                    .malformed,
                    "iters has \(file.iters.count) and times \(file.times.count) elements: equally many are due")
            }
            let times = try zip(file.times, file.iters).map { time, count in
                guard count >= 1, count < 0x1p63 else {
                    throw FormatError(.malformed, "iters holds \(count), which is no number of operations")
                }
                return try ImportedRun.time(time, unit: 1 / count, key: "times")
            }
            ImportedRun.series(.time, processes: [times], of: &result)
            result.operations = ImportedRun.sum(file.iters.map(ImportedRun.count))
        }
        return try ImportedRun.make(tool: "criterion.rs", machine: ImportedRun.unknownMachine, [result])
    }

    /// The folders between `criterion` and `new` or `base`; a last one that is a number is the argument.
    private static func id(path: String) -> BenchmarkID {
        var folders = path.split(separator: "/").dropLast().map(String.init)
        if let last = folders.last, ["new", "base"].contains(last) { folders.removeLast() }
        if let root = folders.lastIndex(of: "criterion") {
            folders = Array(folders[(root + 1)...])
        } else {
            folders = folders.suffix(1)
        }
        guard let last = folders.last else { return BenchmarkID(name: "benchmark") }
        if folders.count > 1, Double(last) != nil {
            return BenchmarkID(name: folders.dropLast().joined(separator: "/"), argument: last)
        }
        return BenchmarkID(name: folders.joined(separator: "/"))
    }
}
