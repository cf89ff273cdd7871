package import Benchmarking
internal import ProfileFormats

/// `go test -bench`: lines of a name, operations, and values with their units, after lines of settings.
///
/// `-count` repeats a benchmark in one process, so its repetitions are those of one; where the file has the output of
/// several runs, each with its settings in front, they are processes.
/// Source: https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md
package struct GoBenchmarkImport: BenchmarkImport {
    package let name = "go"
    package let summary = "go test -bench"

    package init() {}

    /// More are no benchmarks but something else's lines.
    private static let mostBenchmarks = 100_000

    private struct Gathered {
        var id: String
        /// By process, then by repetition; one array a unit.
        var values: [String: [[Double]]] = [:]
        var operations: [UInt64] = []
    }

    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        return !head.isObject && !head.isArray && head.contains("Benchmark")
            && (head.contains("ns/op") || head.contains("sec/op") || head.contains("goos: "))
    }

    package func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        var machine = ImportedRun.unknownMachine
        var packages: Set<String> = []
        var package = ""
        var process = 0
        var seenInProcess = false
        var order: [String] = []
        var gathered: [String: Gathered] = [:]
        for (number, line) in TextLines(bytes) {
            let fields = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            guard let first = fields.first else { continue }
            if first.last == UInt8(ascii: ":"), fields.count >= 2, first.count <= 40 {
                let key = TextLines.text(first.dropLast())
                let value = fields.dropFirst().map { TextLines.text($0) }.joined(separator: " ")
                switch key {
                // Every run says this first.
                case "goos" where seenInProcess:
                    process += 1
                    seenInProcess = false
                case "pkg": package = value
                case "goarch": machine.architecture = ["amd64": "x86_64", "arm64": "aarch64"][value] ?? value
                case "cpu": machine.processorName = value
                default: break
                }
                continue
            }
            guard first.starts(with: "Benchmark".utf8), fields.count >= 2, let count = UInt64(TextLines.text(fields[1]))
            else { continue }
            seenInProcess = true
            packages.insert(package)
            let name = Self.name(TextLines.text(first.dropFirst(9)))
            let key = package + "\u{0}" + name.name
            machine.logicalCPUs = max(machine.logicalCPUs, name.processors)
            if gathered[key] == nil {
                guard order.count < Self.mostBenchmarks else {
                    throw FormatError(.tooLarge, "more than \(Self.mostBenchmarks) benchmarks")
                }
                order.append(key)
                gathered[key] = Gathered(id: name.name)
            }
            try Self.add(fields.dropFirst(2), process, line: number, to: &gathered[key]!)
            gathered[key]?.operations.append(count)
        }
        return try ImportedRun.make(
            tool: "go test", machine: machine,
            order.map { key in
                let package = packages.count > 1 ? String(key.prefix { $0 != "\u{0}" }) + "." : ""
                return Self.result(gathered[key]!, package)
            })
    }

    /// `Sort/64-2`: the name, and GOMAXPROCS, which Go leaves out where it is 1.
    private static func name(_ text: String) -> (name: String, processors: Int) {
        guard let dash = text.lastIndex(of: "-"), let count = Int(text[text.index(after: dash)...]), count > 0,
            count <= 1 << 16
        else { return (text, 0) }
        return (String(text[..<dash]), count)
    }

    private static func add(
        _ fields: ArraySlice<ArraySlice<UInt8>>, _ process: Int, line: Int, to gathered: inout Gathered
    ) throws {
        var index = fields.startIndex
        while index < fields.endIndex {
            let text = TextLines.text(fields[index])
            guard index + 1 < fields.endIndex, let value = Double(text) else {
                throw FormatError(
                    .malformed,
                    "line \(line): '\(PlainText.of(text, limit: 40))' is no value with its unit; it is cut off or damaged"
                )
            }
            let unit = TextLines.text(fields[index + 1].prefix(60))
            guard value.isFinite, value >= 0 else {
                throw FormatError(
                    .malformed, "line \(line): \(PlainText.of(text, limit: 40)) \(PlainText.of(unit)) is no measurement"
                )
            }
            // In place: a copy for each line would take its square.
            while gathered.values[unit, default: []].count <= process { gathered.values[unit, default: []].append([]) }
            gathered.values[unit, default: []][process].append(value)
            index += 2
        }
    }

    private static func result(_ gathered: Gathered, _ package: String) -> BenchmarkResult {
        let slash = gathered.id.firstIndex(of: "/")
        let name = slash.map { String(gathered.id[..<$0]) } ?? gathered.id
        let argument = slash.map { String(gathered.id[gathered.id.index(after: $0)...]) }
        var result = BenchmarkResult(id: BenchmarkID(name: package + name, argument: argument), mode: .throughput)
        var unknown: [String] = []
        for (unit, values) in gathered.values.sorted(by: { $0.key < $1.key }) {
            switch unit {
            case "ns/op": ImportedRun.series(.time, processes: values, of: &result)
            case "sec/op": ImportedRun.series(.time, processes: values.map { $0.map { $0 * 1e9 } }, of: &result)
            case "B/op": ImportedRun.series(.allocatedBytes, processes: values, of: &result)
            case "allocs/op": ImportedRun.series(.allocations, processes: values, of: &result)
            case "MB/s":
                // Derived from the time: what an operation handles is what it tells.
                guard let rate = values.first(where: { !$0.isEmpty })?.first,
                    let time = gathered.values["ns/op"]?.first(where: { !$0.isEmpty })?.first
                else { continue }
                result.throughputUnits.append(.bytes((rate * time * 1e-3).rounded()))
            default: unknown.append(unit)
            }
        }
        result.series.sort { $0.metric == BenchmarkMetric.time.id && $1.metric != BenchmarkMetric.time.id }
        result.operations = ImportedRun.sum(gathered.operations)
        if result.series.isEmpty { result.failure = BenchmarkFailure("protocol", "no unit of the file is known here") }
        if !unknown.isEmpty {
            let names = unknown.prefix(8).map { PlainText.of($0, limit: 60) }.joined(separator: ", ")
            result.warnings.append(BenchmarkWarning("counters", "not imported: \(names)"))
        }
        return result
    }
}
