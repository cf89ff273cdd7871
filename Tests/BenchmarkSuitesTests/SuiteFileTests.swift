import BenchmarkSuites
import Benchmarking
import Foundation
import TestSupport
import Testing

@Suite struct SuiteFileTests {
    static let example = """
        suites:
          - name: hot path
            program: .build/release/engine-benchmarks
            scenarios:
              - benchmark: book.add
                arguments: [1, 2, 5]
                mode: latency
                iterations: 100_000
                warm-up-iterations: 1000
                processes: 10
                seconds: 1.5
                cpu: 1
                timeout: 2 min
                budgets:
                  time: 40 ns
                  cycles: 150
                  p99.9: 2 µs
                  code-p99.99: 1 ms
                  peak-memory: 64 MiB
                  cpu-utilization: 100 %
                  throughput: 10 M/s
                  allocations: 0
                  instructions: 600
              - tag: slow
          - name: everything
            product: engine-benchmarks
        tolerance: 1.5 %
        """

    @Test func everyKeyIsRead() throws {
        let file = try SuiteFile(text: Self.example, path: "project/tickscope.yaml")
        #expect(file.tolerance == 0.015)
        #expect(file.suites.map(\.name) == ["hot path", "everything"])
        #expect(file.suites[0].program == .path("project/.build/release/engine-benchmarks"))
        #expect(file.suites[0].program.buildCommand == nil)
        #expect(file.suites[1].program == .product("engine-benchmarks", packageFolder: "project"))
        #expect(file.suites[1].program.executablePath == "project/.build/release/engine-benchmarks")
        #expect(
            file.suites[1].program.buildCommand == [
                "swift", "build", "-c", "release", "--package-path", "project", "--product", "engine-benchmarks",
            ])
        #expect(file.suites[1].scenarios.isEmpty)

        let scenario = file.suites[0].scenarios[0]
        #expect(scenario.benchmark?.description == "book.add")
        #expect(scenario.arguments == ["1", "2", "5"])
        #expect(scenario.location.description == "project/tickscope.yaml:5:9")
        let overrides = scenario.overrides
        #expect(overrides.mode == .latency)
        #expect(overrides.iterations == 100_000)
        #expect(overrides.warmUpIterations == 1000)
        #expect(overrides.processes == 10)
        #expect(overrides.seconds == 1.5)
        #expect(overrides.cpu == 1)
        #expect(overrides.timeoutSeconds == 120)
        #expect(file.suites[0].scenarios[1].tag == "slow")
    }

    @Test func budgetsAreInTheUnitsOfTheirMetrics() throws {
        let file = try SuiteFile(text: Self.example, path: "tickscope.yaml")
        var undisturbed = Budget(metric: .latencyP9999, atMost: 1_000_000)
        undisturbed.metric = "code-p99.99"
        #expect(
            file.suites[0].scenarios[0].overrides.budgets == [
                .time(atMost: 40), .cycles(atMost: 150), .p999(atMost: 2_000), undisturbed,
                .peakMemory(atMost: 67_108_864), .cpuUtilization(atMost: 1), .throughput(atLeast: 10_000_000),
                .allocations(atMost: 0), .instructions(atMost: 600),
            ])
    }

    @Test(arguments: [
        ("40 ns", 40), ("40ns", 40), ("1.5 us", 1_500), ("1.5 \u{B5}s", 1_500), ("1.5 \u{3BC}s", 1_500),
        ("2 ms", 2e6), ("0.5 s", 5e8), ("'1_000 ns'", 1_000),
    ])
    func timesHaveUnits(text: String, nanoseconds: Double) throws {
        #expect(try budget("time: \(text)").atMost == nanoseconds)
    }

    @Test(arguments: [
        ("64 B", 64), ("1 kB", 1e3), ("1 MB", 1e6), ("1 GB", 1e9), ("1 KiB", 1_024), ("1 MiB", 1_048_576),
        ("1 GiB", 1_073_741_824),
    ])
    func sizesHaveUnits(text: String, bytes: Double) throws {
        #expect(try budget("peak-memory: \(text)").atMost == bytes)
    }

    @Test(arguments: [("5 /s", 5), ("5 k/s", 5e3), ("5M/s", 5e6), ("0.5 G/s", 5e8)])
    func ratesAreAtLeast(text: String, perSecond: Double) throws {
        let budget = try budget("throughput: \(text)")
        #expect(budget.atLeast == perSecond)
        #expect(budget.atMost == nil)
    }

    private func budget(_ line: String) throws -> Budget {
        let text = "suites: [{name: a, program: b, scenarios: [{benchmark: c, budgets: {\(line)}}]}]"
        return try SuiteFile(text: text, path: "f").suites[0].scenarios[0].overrides.budgets[0]
    }

    @Test func aProgramOfAnotherFolderStaysThere() throws {
        let text = "suites: [{name: a, program: /opt/engine}]"
        #expect(try SuiteFile(text: text, path: "p/f").suites[0].program == .path("/opt/engine"))
        let here = "suites: [{name: a, program: engine}]"
        #expect(try SuiteFile(text: here, path: "f").suites[0].program == .path("./engine"))
    }

    @Test func suitesAreFoundByName() throws {
        let file = try SuiteFile(text: Self.example, path: "tickscope.yaml")
        #expect(try file.suite("everything").name == "everything")
        #expect(
            throws: SuiteError(
                .nothingSelected, "tickscope.yaml has no suite 'hotpath'; there are: hot path, everything")
        ) { try file.suite("hotpath") }
    }
}

@Suite struct SuiteFileLookUpTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["repository/.git", "repository/sources/deep"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
    }

    @Test func theNearestParentsFileApplies() throws {
        let deep = folder.file("repository/sources/deep")
        try write("suites: [{name: outer, program: p}]", "repository/tickscope.yaml")
        #expect(SuiteFile.find(from: deep) == folder.file("repository/tickscope.yaml"))
        try write("suites: [{name: inner, program: p}]", "repository/sources/tickscope.yaml")
        #expect(SuiteFile.find(from: deep) == folder.file("repository/sources/tickscope.yaml"))
        #expect(try SuiteFile(named: nil, folder: deep).suites[0].name == "inner")
        #expect(
            try SuiteFile(named: folder.file("repository/tickscope.yaml"), folder: deep).suites[0].name == "outer")
    }

    @Test func theSearchEndsAtTheRepository() throws {
        try write("suites: [{name: a, program: p}]", "tickscope.yaml")
        #expect(SuiteFile.find(from: folder.file("repository/sources/deep")) == nil)
        #expect(
            throws: SuiteError(
                .configuration,
                "there is no tickscope.yaml in this folder or the ones above it; write one, or name a program")
        ) { try SuiteFile(named: nil, folder: folder.file("repository/sources/deep")) }
    }

    @Test func filesThatCannotBeReadAreOneLine() throws {
        let missing = folder.file("none.yaml")
        #expect(
            throws: SuiteError(
                .configuration, "cannot read '\(missing)': No such file or directory; check the name")
        ) { try SuiteFile(path: missing) }
        #expect(
            throws: SuiteError(
                .configuration, "cannot read '\(folder.path)': Is a directory; name a file, not a folder")
        ) { try SuiteFile(path: folder.path) }
        #expect(
            throws: SuiteError(
                .configuration, "'/dev/zero' is longer than 1 MiB, which no suite file is; name another")
        ) { try SuiteFile(path: "/dev/zero") }
        let binary = folder.file("binary.yaml")
        try Data([0x73, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: binary))
        #expect(
            throws: SuiteError(.configuration, "\(binary):1:1: the file is not UTF-8 text; convert it")
        ) { try SuiteFile(path: binary) }
    }
}
