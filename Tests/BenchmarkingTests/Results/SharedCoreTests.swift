import Benchmarking
import Testing

/// Epochs during which another thread used the core must not pass for the cost of the code.
@Suite("Epochs on a shared core")
struct SharedCoreTests {
    private static func report(_ epochs: [ThroughputEpoch]) -> WorkerReport {
        var report = WorkerReport(
            ticksPerSecondAtStart: 1e9, ticksPerSecondAtEnd: 1e9, rateUncertainty: 0, tickStep: 1, stampTicks: 20,
            firstOperationTicks: 100, operations: 1_000)
        report.epochs = epochs
        report.operationsPerEpoch = 1_000
        return report
    }

    private static func result(_ reports: [WorkerReport]) -> BenchmarkResult {
        BenchmarkResult(id: BenchmarkID(name: "b"), options: BenchmarkOptions(), reports: reports)
    }

    private static let quiet = ThroughputEpoch(ticks: 10, coreCyclesPerTick: 1.5, disturbance: 0.002)
    /// The neighbour slows the operation by a fifth, and the chain that tells the core's cycles by more.
    private static let shared = ThroughputEpoch(ticks: 12, coreCyclesPerTick: 1.1, disturbance: 0.98)

    @Test("are left out where enough others are there, which is said")
    func leftOut() {
        let epochs = (0..<60).map { $0 % 3 == 0 ? Self.quiet : Self.shared }
        let result = Self.result([Self.report(epochs), Self.report(epochs)])
        #expect(result.series(.cycles)?.values == [15, 15])
        #expect(result.series(.ticks)?.values == [10, 10])
        #expect(result.warnings.map(\.code) == ["core-shared-partly"])
        #expect(result.warnings.first?.text.contains("67 %") == true)
    }

    @Test("count where there are no others, at the pace of other processes, which is said")
    func shared() {
        let result = Self.result([
            Self.report([ThroughputEpoch](repeating: Self.quiet, count: 60)),
            Self.report([ThroughputEpoch](repeating: Self.shared, count: 60)),
        ])
        #expect(result.series(.cycles)?.values == [15, 18])
        #expect(result.warnings.map(\.code) == ["core-shared", "core-shared-partly"])
    }

    @Test("a single disturbed epoch is not worth a word")
    func rare() {
        let epochs = [Self.shared] + [ThroughputEpoch](repeating: Self.quiet, count: 59)
        let result = Self.result([Self.report(epochs)])
        #expect(result.series(.cycles)?.values == [15])
        #expect(result.warnings.isEmpty)
    }

    @Test("without a quiet epoch anywhere the fastest paces tell the core's")
    func nowhere() {
        let fast = ThroughputEpoch(ticks: 12, coreCyclesPerTick: 1.4, disturbance: 0.9)
        let epochs = (0..<100).map { $0 < 10 ? fast : Self.shared }
        let result = Self.result([Self.report(epochs)])
        let cycles = result.series(.cycles)?.values.first ?? 0
        #expect(abs(cycles - 12 * 1.4) < 1e-9)
        #expect(result.warnings.map(\.code) == ["core-shared"])
    }
}
