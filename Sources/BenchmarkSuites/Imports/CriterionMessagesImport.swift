package import Benchmarking
internal import ProfileFormats

/// `cargo criterion --message-format json`: a line of JSON for each benchmark and group, with all samples of one process.
/// Source: https://bheisler.github.io/criterion.rs/book/cargo_criterion/external_tools.html
package struct CriterionMessagesImport: BenchmarkImport {
    package let name = "criterion-messages"
    package let summary = "cargo criterion --message-format json"

    package init() {}

    private struct Message: Decodable {
        struct Throughput: Decodable {
            var perIteration: Double
            var unit: String

            enum CodingKeys: String, CodingKey {
                case perIteration = "per_iteration"
                case unit
            }
        }

        var reason: String
        var id: String?
        var iterationCounts: [Double]?
        /// Of all iterations of a sample together.
        var measuredValues: [Double]?
        var unit: String?
        var throughput: [Throughput]?

        enum CodingKeys: String, CodingKey {
            case reason, id, unit, throughput
            case iterationCounts = "iteration_count"
            case measuredValues = "measured_values"
        }
    }

    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        return head.isObject && head.contains("\"reason\"")
            && (head.contains("\"benchmark-complete\"") || head.contains("\"group-complete\""))
    }

    package func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        var results: [BenchmarkResult] = []
        for (number, line) in TextLines(bytes) where line.contains(where: { $0 > 0x20 }) {
            let message = try HostileJSON.decode(
                Message.self, from: Array(line), as: "messages of criterion, line \(number)")
            if message.reason == "benchmark-complete" { results.append(try Self.result(message, line: number)) }
        }
        return try ImportedRun.make(tool: "criterion.rs", machine: ImportedRun.unknownMachine, results)
    }

    private static func result(_ message: Message, line: Int) throws -> BenchmarkResult {
        guard let id = message.id, !id.isEmpty, let counts = message.iterationCounts,
            let values = message.measuredValues, counts.count == values.count, !counts.isEmpty
        else {
            throw FormatError(
                .malformed,
                "line \(line): a benchmark has an id, and equally many iteration_count and measured_values, at least one"
            )
        }
        let units = ["ps": 1e-3, "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9]
        guard let unit = units[message.unit ?? "ns"] else {
            let text = PlainText.of(message.unit ?? "", limit: 40)
            throw FormatError(.malformed, "line \(line): unit is '\(text)': known are ps, ns, us, ms and s")
        }
        let times = try zip(values, counts).map { value, count in
            guard count >= 1, count < 0x1p63 else {
                throw FormatError(
                    .malformed, "line \(line): iteration_count holds \(count), which is no number of operations")
            }
            return try ImportedRun.time(value, unit: unit / count, key: "line \(line): measured_values")
        }
        var result = BenchmarkResult(id: Self.id(id), mode: .throughput)
        ImportedRun.series(.time, processes: [times], of: &result)
        result.operations = ImportedRun.sum(counts.map(ImportedRun.count))
        for throughput in message.throughput ?? [] where throughput.perIteration > 0 && throughput.perIteration.isFinite
        {
            result.throughputUnits.append(ThroughputUnit(throughput.unit, perOperation: throughput.perIteration))
        }
        return result
    }

    /// A last part that is a number is the argument, as in the folders that criterion makes.
    private static func id(_ text: String) -> BenchmarkID {
        guard let slash = text.lastIndex(of: "/"), slash != text.startIndex,
            Double(text[text.index(after: slash)...]) != nil
        else { return BenchmarkID(name: text) }
        return BenchmarkID(name: String(text[..<slash]), argument: String(text[text.index(after: slash)...]))
    }
}
