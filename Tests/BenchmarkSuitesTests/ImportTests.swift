import BenchmarkSuites
import Benchmarking
import Foundation
import Testing

/// Files that the other harnesses wrote themselves, and what is known of them without us; see `Fixtures/README.md`.
@Suite struct ImportTests {
    private func load(_ name: String) throws -> BenchmarkRun {
        try BenchmarkImportRegistry.decode(
            try Fixtures.bytes("Imports/\(name)"), path: Fixtures.path("Imports/\(name)"))
    }

    private func object(_ name: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(try Fixtures.bytes("Imports/\(name)")))
    }

    private func values(_ run: BenchmarkRun, _ name: String, _ metric: BenchmarkMetric) -> [Double] {
        run.results.first { $0.id.description == name }?.series(metric)?.values ?? []
    }

    @Test func googleBenchmark() throws {
        let run = try load("google-benchmark.json")
        #expect(run.tool == "google/benchmark")
        #expect(run.machine.hostname == "host")
        #expect(run.machine.logicalCPUs == 2)
        // date -u -d 2026-11-27T06:37:49 +%s
        #expect(run.startedAtNanoseconds == 1_795_761_469_000_000_000)
        #expect(run.results.map(\.id.description) == ["BM_Sort/64", "BM_Sort/512", "BM_Slow", "BM_Skipped"])

        let file = try #require(try object("google-benchmark.json") as? [String: Any])
        let entries = try #require(file["benchmarks"] as? [[String: Any]])
        func times(_ name: String) -> [Double] {
            entries.filter { $0["name"] as? String == name && $0["run_type"] as? String == "iteration" }
                .compactMap { $0["real_time"] as? Double }
        }
        #expect(times("BM_Sort/64").count == 3)
        // The two decoders may round the last bit differently.
        func agree(_ ours: [Double], _ theirs: [Double]) -> Bool {
            ours.count == theirs.count && zip(ours, theirs).allSatisfy { abs($0 / $1 - 1) < 1e-14 }
        }
        #expect(agree(values(run, "BM_Sort/64", .time), times("BM_Sort/64")))
        #expect(agree(values(run, "BM_Slow", .time), times("BM_Slow").map { $0 * 1000 }))
        #expect(run.results[0].throughputUnits == [ThroughputUnit("items", perOperation: 64)])
        #expect(run.results[1].throughputUnits == [ThroughputUnit("items", perOperation: 512)])
        #expect(run.results[0].warnings.map(\.code) == ["one-process", "counters"])
        #expect(run.results[3].failure == BenchmarkFailure("threw", "no feed"))
    }

    @Test func hyperfine() throws {
        let run = try load("hyperfine.json")
        #expect(run.results.map(\.id.name) == ["sleep 0.001", "sleep 0.002"])
        #expect(run.results.map(\.mode) == [.command, .command])
        #expect(run.results[0].processCount == 10)
        #expect(run.results[0].warnings.isEmpty)
        let times = values(run, "sleep 0.001", .time)
        #expect(times.count == 10)
        #expect(abs(times[0] - 2_479_670) < 1e-3)
        #expect(values(run, "sleep 0.001", .cpuTime).count == 1)
    }

    @Test func pyperfKeepsProcessesApartAndDropsWarmUps() throws {
        let run = try load("pyperf.json")
        #expect(run.tool == "pyperf 2.11.0")
        #expect(run.machine.processorName == "AMD EPYC")
        #expect(run.results.map(\.id.name) == ["sum", "sort"])
        let sum = run.results[0]
        #expect(sum.processCount == 3)
        #expect(sum.operations == 3 * 3 * 4096)
        // The middle of each process's three values in the file.
        let expected = [647.8706053858474, 913.205566499542, 710.6811523716061]
        #expect(zip(try #require(sum.series(.time)).values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(sum.series(.time)?.epochs?.map(\.count) == [3, 3, 3])
        #expect(values(run, "sum", .peakMemory).count == 3)
    }

    @Test func ordoUndoesTheScalingFactor() throws {
        let run = try load("ordo.json")
        #expect(run.results.map(\.id.name) == ["Fixture.sum", "Fixture.array"])
        #expect(run.machine.architecture == "x86_64")
        let sum = run.results[0]
        #expect(sum.operations == 50_000)
        // The file's own minimum and maximum, of 1000 operations, which its three digits may exceed.
        let times = values(run, "Fixture.sum", .time)
        #expect(times.count == 50)
        #expect(times.first == 1.602)
        #expect(abs(try #require(times.last) - 3.145) < 0.004)
        let rates = values(run, "Fixture.sum", .throughput)
        #expect(abs(try #require(rates.last) / 624_220_000 - 1) < 0.001)
        let memory = try #require(values(run, "Fixture.sum", .peakMemory).first)
        #expect(abs(memory / 23_433_216 - 1) < 0.001)
        // One operation a measurement is a distribution.
        #expect(sum.latency == nil)
        let latency = try #require(run.results[1].latency)
        #expect(latency.machine.count == 20)
        #expect(latency.nanoseconds(Double(try #require(latency.machine.minimum))) == 140)
    }

    @Test func jmhForksAreProcessesAndRatesBecomeTimes() throws {
        let run = try load("jmh.json")
        #expect(run.tool == "JMH 1.37")
        let add = run.results[0]
        #expect(add.id == BenchmarkID(name: "org.example.BookBenchmark.add", argument: "64"))
        // ops/ms to ns: 1e6/20000 = 50, 1e6/25000 = 40, …
        #expect(add.series(.time)?.epochs == [[50, 50, 40], [62.5, 50, 80]])
        #expect(add.series(.time)?.values == [50, 62.5])
        #expect(add.processCount == 2)
        #expect(add.series(.allocatedBytes)?.values == [48])
        let latency = try #require(run.results[1].latency)
        #expect(latency.machine.values.map { latency.nanoseconds(Double($0)) } == [200, 500, 1500])
        #expect(latency.machine.counts == [100, 9, 1])
    }

    @Test func criterionTakesItsNameFromThePath() throws {
        let run = try load("criterion/book/add/64/new/sample.json")
        #expect(run.results[0].id == BenchmarkID(name: "book/add", argument: "64"))
        #expect(run.results[0].series(.time)?.values == [52, 50, 51, 51])
        #expect(run.results[0].operations == 100)
        let estimates = try load("criterion/book/add/64/new/estimates.json")
        #expect(estimates.results[0].series(.time)?.values == [51])
    }

    @Test func goRepetitionsAreOneProcessAndRunsAreSeveral() throws {
        let run = try load("go.txt")
        #expect(run.tool == "go test" && run.machine.processorName == "AMD EPYC" && run.machine.logicalCPUs == 2)
        #expect(run.results.map(\.id.description) == ["Sort/64", "Sort/512", "Empty", "Rate"])
        #expect(values(run, "Sort/64", .time) == [13341, 2220, 9417])
        #expect(
            values(run, "Sort/64", .allocations) == [1, 1, 1]
                && values(run, "Sort/64", .allocatedBytes) == [24, 24, 24])
        #expect(values(run, "Empty", .time) == [0.9327, 0.8874, 1.082])
        #expect(run.results[0].warnings.map(\.code) == ["one-process"])
        #expect(run.results[3].warnings.map(\.code) == ["one-process", "counters"])
        // 8 bytes a number.
        #expect(run.results[0].throughputUnits == [.bytes(512)])
        let bytes = try Fixtures.bytes("Imports/go.txt")
        let twice = try BenchmarkImportRegistry.decode(bytes + bytes, path: "go.txt")
        #expect(twice.results[0].processCount == 2 && values(twice, "Sort/64", .time) == [9417, 9417])
        #expect(twice.results[0].warnings.isEmpty)
    }

    @Test func criterionMessages() throws {
        let run = try load("criterion-messages.json")
        #expect(run.results.map(\.id) == [BenchmarkID(name: "norm"), BenchmarkID(name: "book/add", argument: "64")])
        #expect(values(run, "norm", .time) == [4140, 4120, 4100])
        #expect(values(run, "book/add/64", .time) == [2000, 2100])
        #expect(run.results[0].throughputUnits == [ThroughputUnit("elements", perOperation: 1024)])
        #expect(run.results[0].operations == 180)
    }

    /// What we write for other tools comes back through their importers.
    @Test func ourExportsAreReadBack() throws {
        let original = SampleRun.run
        for name in ["google-benchmark", "jmh"] {
            let bytes = try BenchmarkFormatRegistry.format(named: name).encode(original)
            let run = try BenchmarkImportRegistry.decode(bytes, path: "x.json")
            let times = try #require(run.results.first { $0.id.description == "book.add/100" }?.series(.time)).values
            let expected = try #require(original.results[2].series(.time)).values
            #expect(times.count == expected.count)
            #expect(zip(times, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }
}
