import BenchmarkSuites
import Benchmarking
import ProfileFormats
import Testing

/// Bytes that are no results, or no longer: one line that says what is wrong.
@Suite struct HostileResultTests {
    private func message(_ text: String, path: String = "x.json") -> String {
        let error = #expect(throws: FormatError.self) {
            try BenchmarkImportRegistry.decode(Array(text.utf8), path: path)
        }
        let message = error?.description ?? ""
        #expect(!message.contains("\n"))
        return message
    }

    private func own(_ change: (String) -> String) throws -> String {
        change(String(decoding: try BenchmarkRunFormat().encode(SampleRun.run), as: UTF8.self))
    }

    @Test func ownFileComesBackEqual() throws {
        let bytes = try BenchmarkRunFormat().encode(SampleRun.run)
        #expect(try BenchmarkImportRegistry.decode(bytes, path: "x.json") == SampleRun.run)
    }

    @Test func newerSchema() throws {
        let text = try own { $0.replacing("\"schemaVersion\":1", with: "\"schemaVersion\":2") }
        #expect(
            message(text) == "written by a newer tickscope (schema 2; this one reads up to 1): update tickscope")
    }

    @Test func wrongTypeNamesTheKey() throws {
        let text = try own { $0.replacing("\"logicalCPUs\":2", with: "\"logicalCPUs\":\"two\"") }
        #expect(message(text).contains("machine.logicalCPUs"))
        let missing = try own { $0.replacing("\"processCount\":12,", with: "") }
        #expect(message(missing).contains("results[0].processCount is missing"))
    }

    @Test(arguments: ["NaN", "1e999", "-1e999", "null", "\"12\""]) func numbersThatAreNone(_ number: String) throws {
        let text = try own {
            $0.replacing("\"tickStep\":26,\"ticksPerSecond\"", with: "\"tickStep\":\(number),\"ticksPerSecond\"")
        }
        #expect(text.contains(number))
        #expect(message(text).hasPrefix("not benchmark results of tickscope"))
    }

    @Test func notFiniteIsNotWritten() {
        var run = SampleRun.run
        run.results[0].series[0].values[3] = .nan
        let error = #expect(throws: FormatError.self) { try BenchmarkRunFormat().encode(run) }
        #expect(error?.description.contains("results[0].series[0].values[3]") == true)
    }

    @Test func countsThatOverflow() throws {
        let text = try own {
            $0.replacing("\"counts\":[12000,6000,1700,", with: "\"counts\":[18446744073709551615,6000,1700,")
        }
        #expect(message(text).contains("latency"))
        let zero = try own { $0.replacing("\"ticksPerSecond\":2600000000", with: "\"ticksPerSecond\":0") }
        #expect(message(zero).contains("results[5].latency.ticksPerSecond is not above 0"))
        let jmh = """
            [{"benchmark":"a","mode":"sample","primaryMetric":{"score":1,"scoreUnit":"ns/op",
            "rawDataHistogram":[[[[1,9e18],[1,9e18],[1,9e18]]]]}}]
            """
        #expect(message(jmh).contains("no sum"))
        let ordo = """
            {"baselineName":"x","machine":{"hostname":"","processors":1,"processorType":"","kernelVersion":""},
            "results":[{"target":"a","name":"b"},[{"metric":{"wallClock":{}},"scalingFactor":1,"statistics":{"histogram":
            {"unitMagnitude":0,"subBucketHalfCountMagnitude":10,"counts":[18446744073709551615,1]}}}]]}
            """
        #expect(message(ordo).contains("no sum"))
        #expect(
            message(ordo.replacing("Magnitude\":10", with: "Magnitude\":63")).contains("no histogram is divided so"))
    }

    @Test func missingAndMistypedKeysOfOthers() {
        #expect(message(#"{"results":[{"command":"a"}]}"#).contains("results[0].times is missing"))
        #expect(message(#"{"results":[{"command":7}]}"#).contains("results[0].command"))
        #expect(message(#"{"context":{},"benchmarks":[{"name":"a"}]}"#).contains("benchmarks[0].real_time is missing"))
        #expect(message(#"{"context":{},"benchmarks":[]}"#).contains("no benchmark"))
        #expect(message(#"{"benchmarks":[{"runs":7}]}"#).contains("benchmarks[0].runs"))
        #expect(message(#"{"iters":[1,2],"times":[1]}"#).contains("equally many"))
        #expect(message(#"{"iters":[0],"times":[1]}"#).contains("no number of operations"))
        #expect(message(#"{"results":[{"command":"a","times":[-1]}]}"#).contains("no duration"))
        #expect(
            message(#"[{"benchmark":"a","mode":"avgt","primaryMetric":{"score":1,"scoreUnit":"apples"}}]"#)
                .contains("scoreUnit is 'apples'"))
    }

    @Test func damagedTextOfGo() {
        let head = "goos: linux\npkg: p\n"
        #expect(message(head + "BenchmarkA-2 10 133").hasPrefix("line 3: '133' is no value with its unit"))
        #expect(message(head + "BenchmarkA-2 10 NaN ns/op").contains("line 3: NaN ns/op is no measurement"))
        #expect(message(head + "BenchmarkA-2 10 -4 ns/op").contains("no measurement"))
        #expect(message(head + "BenchmarkA-2 10 1e999 ns/op").contains("no measurement"))
        #expect(message(head + "BenchmarkA-2\nPASS\n").contains("holds no benchmark"))
        #expect(message("BenchmarkA-2 10 1 ns/op\nBenchmarkB 10 x ns/op").hasPrefix("line 2: 'x'"))
    }

    @Test func aMillionLinesOfGo() throws {
        let line = "BenchmarkA/64-2 \t 10000 \t 13341 ns/op \t 1 allocs/op\n"
        let bytes = Array("goos: linux\n".utf8) + Array(repeating: Array(line.utf8), count: 1_000_000).joined()
        let run = try BenchmarkImportRegistry.decode(bytes, path: "x.txt")
        #expect(run.results.count == 1 && run.results[0].series(.time)?.values.count == 1_000_000)
        let many = (0..<100_001).map { "BenchmarkA\($0) 1 1 ns/op" }.joined(separator: "\n")
        #expect(message(many).contains("more than 100000 benchmarks"))
    }

    @Test func damagedMessagesOfCriterion() {
        func line(_ rest: String) -> String { #"{"reason":"benchmark-complete","id":"a","# + rest + "}" }
        #expect(
            message(line(#""iteration_count":[1],"measured_values":[1,2]"#)).contains("line 1: a benchmark has an id"))
        #expect(message(line(#""iteration_count":[1],"measured_values":[-1]"#)).contains("no duration"))
        #expect(message(line(#""iteration_count":[0],"measured_values":[1]"#)).contains("no number of operations"))
        #expect(message(line(#""iteration_count":[1],"measured_values":[1],"unit":"kg""#)).contains("unit is 'kg'"))
        let good = line(#""iteration_count":[1],"measured_values":[1],"unit":"ns""#)
        #expect(message(good + "\n{\"reason\":").contains("line 2"))
    }

    @Test func otherFiles() {
        #expect(message("").contains("empty"))
        #expect(message("hello").contains("not results of benchmarks"))
        #expect(
            message("{\"a\":1}").contains(
                "google-benchmark, jmh, pyperf, hyperfine, criterion, criterion-messages, go, ordo"))
    }

    @Test func deepNesting() {
        let deep = "{\"context\":" + String(repeating: "[", count: 200_000)
        #expect(message(deep + "\"benchmarks\"").hasPrefix("not results of"))
        let results = "{\"results\":[{\"command\":" + String(repeating: "{\"a\":", count: 100_000)
        #expect(message(results).hasPrefix("not results of hyperfine"))
    }

    @Test func truncatedAnywhere() throws {
        let bytes = try BenchmarkRunFormat().encode(SampleRun.run)
        for length in stride(from: 1, to: bytes.count - 2, by: 997) {
            #expect(throws: FormatError.self) {
                try BenchmarkImportRegistry.decode(Array(bytes[..<length]), path: "x.json")
            }
        }
    }

    @Test func tooLarge() {
        let bytes = Array("{\"schemaVersion\":1}".utf8) + [UInt8](repeating: 0x20, count: BenchmarkRunFile.mostBytes)
        let error = #expect(throws: FormatError.self) { try BenchmarkRunFile.decode(bytes) }
        #expect(error?.description == "the file has 256 MiB; at most 256 are read")
    }

    /// Numbers that are allowed and that nobody measures: every format copes.
    @Test(arguments: BenchmarkFormatRegistry.names) func extremeNumbers(_ format: String) throws {
        var run = SampleRun.run
        run.startedAtNanoseconds = .min
        run.durationNanoseconds = .max
        run.machine.coreCyclesPerTick = -1e300
        run.machine.tickStep = 1e300
        run.results[0].operations = .max
        run.results[0].series = [
            MetricSeries(
                metric: .time, values: [1e300, -1e300, 0, .leastNonzeroMagnitude, 1e308, 3, 4], resolution: 1e-300),
            MetricSeries(metric: .cycles, values: [0, 0, 0], resolution: 0, epochs: [[], [1e308, -1e308], [0]]),
            MetricSeries(metric: .peakMemory, values: [-1e308, 1e308]),
        ]
        run.results[0].throughputUnits = [.messages(1e308), .bytes(-1)]
        run.results[5].latency?.machine = try #require(
            LatencyHistogram(values: [0, 1, .max], counts: [1, 1, .max - 2]))
        run.results[5].latency?.outlierThresholdTicks = .max
        run.results[5].latency?.causes[0].operations = 1e300
        run.results[5].latency?.causes[0].outliers = -1e300
        run.results[5].latency?.worst[0].startNanoseconds = -1e308
        run.results[5].latency?.timeline[0].startNanoseconds = 1e308
        for (index, rate) in [1e9, 1e-300, .greatestFiniteMagnitude, -1].enumerated() {
            run.results[index].record = try Self.extremeRecord(ticksPerSecond: rate)
        }
        #expect(!(try BenchmarkFormatRegistry.format(named: format).encode(run)).isEmpty)
    }

    private static func extremeRecord(ticksPerSecond: Double) throws -> BenchmarkRecord {
        var record = BenchmarkRecord()
        record.quantities = [
            BenchmarkRecord.Quantity(name: "none", unit: "ns", values: []),
            BenchmarkRecord.Quantity(name: "wide", unit: "bytes", values: [-1e308, 1e308]),
            BenchmarkRecord.Quantity(name: "\u{1B}[2J", unit: "\u{7}", values: [.leastNonzeroMagnitude]),
        ]
        record.outcomes = [BenchmarkRecord.Outcome(name: "<b>", text: "|\n")]
        let histogram = try #require(LatencyHistogram(values: [0, 1, .max], counts: [1, 1, .max - 2]))
        let stages = ["a", "b", ""].map { StageRecord.Stage(name: $0, ticks: -1e308, histogram: histogram) }
        record.stages = StageRecord(
            stages: stages, operations: 1, markTicks: -1e300, ticksPerSecond: ticksPerSecond, tickStep: -1e300)
        return record
    }
}
