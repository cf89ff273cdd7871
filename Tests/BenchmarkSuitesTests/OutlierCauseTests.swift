import BenchmarkSuites
import Benchmarking
import CycleTiming
import TestSupport
import Testing

/// Causes that were injected into one of a hundred operations, or of a thousand, must be named.
@Suite("Causes of slow operations", .serialized)
struct OutlierCauseTests {
    private static let isSound: Bool = {
        let probes = InterruptionProbes.selfTest()
        return probes.kernelEntry.isSound && probes.rescheduling.isSound && probes.migration.isSound
    }()

    @Test(
        "an injected cause is found as often as it was injected", .enabled(if: Self.isSound),
        arguments: [
            ("page-fault", OutlierCause.pageFault, 100.0), ("signal", .signal, 100), ("migrated", .migrated, 100),
            ("blocked", .blocked, 100),
        ])
    func injected(name: String, cause: OutlierCause, every: Double) throws {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures") { $0.id.name == "cause-\(name)" }
        let result = try #require(results["cause-\(name)"])
        let latency = try #require(result.latency)
        let found = latency.causes.first { $0.cause == cause }?.operations ?? 0
        let injected = Double(latency.machine.count) / every
        #expect(found >= 0.99 * injected - 2, "\(found) of \(injected)")
        #expect(found <= 1.1 * injected + 20, "\(found) of \(injected)")
        // The curve of the code itself has none of them.
        #expect(latency.code.count <= latency.machine.count - UInt64(0.99 * injected - 2))
    }

    @Test("slow code that nothing interrupted is told as such", .enabled(if: Self.isSound))
    func ownCode() throws {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures", seconds: 0.5) {
            $0.id.name == "cause-own-code"
        }
        let latency = try #require(results["cause-own-code"]?.latency)
        let own = latency.causes.first { $0.cause == .ownCode }?.operations ?? 0
        let injected = Double(latency.machine.count) / 1_000
        #expect(own >= 0.8 * injected, "\(own) of \(injected)")
        // One in a thousand: the curve rises between the two percentiles around it, not before and not after.
        let middle = try #require(latency.code.value(quantile: 0.5))
        let below = try #require(latency.code.value(quantile: 0.9985))
        let above = try #require(latency.code.value(quantile: 0.9993))
        #expect(above > 20 * middle && below < 20 * middle, "\(middle) \(below) \(above)")
    }

    @Test("giving the CPU to a thread that waits for it is told as being preempted", .enabled(if: Self.isSound))
    func yielded() throws {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures") { $0.id.name == "cause-yielded" }
        let latency = try #require(results["cause-yielded"]?.latency)
        let found = latency.causes.first { $0.cause == .preempted }?.operations ?? 0
        let injected = Double(latency.machine.count) / 100
        #expect(found >= 0.99 * injected - 2, "\(found) of \(injected)")
        // The scheduler itself preempts, too, when its slice is over: some hundred times a second.
        #expect(found <= 1.5 * injected + 100, "\(found) of \(injected)")
    }
}
