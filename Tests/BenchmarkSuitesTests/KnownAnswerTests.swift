import BenchmarkSuites
import Benchmarking
import Statistics
import Testing

@Suite("What known code costs", .serialized)
struct KnownAnswerTests {
    @Test("an operation that does nothing costs nothing, and that is said")
    func emptyOperation() throws {
        let results = try MeasuredBenchmarks.run("known-answers", processes: 3) { $0.id.name == "empty" }
        let result = try #require(results["empty"])
        #expect(result.failure == nil)
        let cycles = try #require(Median.of(result.series(.cycles)?.values ?? []))
        #expect(abs(cycles) < 0.05)
        #expect(result.warnings.contains { $0.code == "no-cost" })
        #expect(result.series(.throughput) == nil)
    }

    @Test("multiplications that wait for each other lie on a line through zero, at three additions each")
    func multiplications() throws {
        let results = try MeasuredBenchmarks.run("known-answers", processes: 5, seconds: 0.3) {
            $0.id.name == "imul" || $0.id.name == "add"
        }
        let points = results.values.compactMap { result in
            result.id.size.flatMap { size in
                Median.of(result.series(.cycles)?.values ?? []).map { (size: size, cycles: $0) }
            }
        }.sorted { $0.size < $1.size }
        #expect(points.count == 7)
        let fit = try #require(LinearFit(x: points.map(\.size), y: points.map(\.cycles)))
        #expect(try #require(fit.rSquared) > 0.9999)
        // An addition is what a cycle is, so the ratio of the two is the processor's, whatever the machine does.
        let addition = try #require(Median.of(results["add"]?.series(.cycles)?.values ?? []))
        #expect(abs(addition - 1) < 0.05)
        #expect((2.8...4.2).contains(fit.slope / addition))
    }

    @Test("allocations are counted exactly, without the harness's own")
    func allocations() throws {
        let fixtures = try MeasuredBenchmarks.run("benchmark-fixtures") {
            ["allocates-three", "fine"].contains($0.id.name)
        }
        #expect(fixtures["allocates-three"]?.series(.allocations)?.values == [3, 3])
        #expect(fixtures["allocates-three"]?.series(.frees)?.values == [3, 3])
        #expect(fixtures["allocates-three"]?.series(.allocatedBytes)?.values == [224, 224])
        #expect(fixtures["fine"]?.series(.allocations)?.values == [0, 0])
        #expect(fixtures["fine"]?.series(.retains)?.values == [0, 0])
    }

    @Test("latency mode allocates nothing between stamps")
    func latencyAllocatesNothing() throws {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures", mode: .latency) { $0.id.name == "fine" }
        let result = try #require(results["fine"])
        #expect(result.failure == nil)
        #expect(result.series(.allocations)?.values == [0, 0])
        let latency = try #require(result.latency)
        #expect(latency.machine.count == result.operations)
        #expect(result.operations > 1_000)
    }

    @Test("one operation's instructions are counted by stepping, the same each time", .enabled(if: Self.canStep))
    func instructions() throws {
        func counts() throws -> [String: [Double]] {
            try MeasuredBenchmarks.run("known-answers", processes: 1, seconds: 0.01, instructions: true) {
                $0.id.name == "imul"
            }.compactMapValues { $0.series(.instructions)?.values }
        }
        let first = try counts()
        #expect(first.count == 7)
        #expect(try counts() == first)
        // A multiplication, its barrier and the loop around it.
        let ten = try #require(first["imul/10"]?.first)
        let forty = try #require(first["imul/40"]?.first)
        #expect(ten > 20 && forty - ten >= 60 && forty > 2 * ten)
    }

    private static var canStep: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }
}
