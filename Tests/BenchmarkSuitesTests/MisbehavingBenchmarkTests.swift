import BenchmarkSuites
import Benchmarking
import TestSupport
import Testing

@Suite("Benchmarks that misbehave", .serialized)
struct MisbehavingBenchmarkTests {
    @Test(
        "a failure is named, and ends nothing else",
        arguments: [
            ("throws", "threw"), ("throws-in-setup", "threw"), ("crashes", "crashed"), ("hangs", "timed-out"),
            ("exits", "exited"), ("exits-quietly", "exited"), ("never-measures", "protocol"),
            ("measures-twice", "protocol"),
        ])
    func failures(name: String, code: String) throws {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures", processes: 1, seconds: 0.02) {
            $0.id.name == name || $0.id.name == "fine"
        }
        #expect(results[name]?.failure?.code == code)
        #expect(
            results[name]?.series.contains { $0.metric == BenchmarkMetric.cycles.id && !$0.values.isEmpty } == false)
        #expect(results["fine"]?.failure == nil)
    }

    @Test("a crash is told with its signal and its message")
    func crashMessage() throws {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures", processes: 1, seconds: 0.02) {
            $0.id.name == "crashes"
        }
        let text = try #require(results["crashes"]?.failure?.text)
        #expect(text.contains("signal"))
        #expect(text.contains("Fatal error") || text.contains("Illegal instruction"))
    }

    @Test("children of a benchmark neither answer nor delay", arguments: ["forks", "forks-and-returns"])
    func forks(name: String) throws {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures", processes: 1, seconds: 0.05) {
            $0.id.name == name
        }
        #expect(results[name]?.failure == nil)
        #expect(results[name]?.series(.cycles)?.values.count == 1)
    }

    @Test("asynchronous operations and operations on inputs are measured", arguments: ["asynchronous", "inputs"])
    func otherForms(name: String) throws {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures", processes: 1, seconds: 0.05) {
            $0.id.name == name
        }
        #expect(results[name]?.failure == nil)
        #expect((results[name]?.operations ?? 0) > 1_000)
    }

    @Test("what is no benchmark program is refused in one line")
    func otherPrograms() {
        for path in ["/bin/true", "/nonexistent/program", "/etc/passwd"] {
            #expect(throws: SuiteError.self) { try BenchmarkProgramFile(path) }
        }
    }
}
