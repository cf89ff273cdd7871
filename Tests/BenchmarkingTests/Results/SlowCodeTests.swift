import Benchmarking
import Testing

/// What is slow of itself is told from what was made slow, by rates and lengths.
@Suite("Slow code and interrupts")
struct SlowCodeTests {
    private static func histogram(_ counts: [(value: UInt64, count: Int)]) -> LatencyHistogram {
        LatencyHistogram(values: counts.map(\.value), counts: counts.map { UInt64($0.count) }) ?? LatencyHistogram()
    }

    private static func distribution(
        undisturbed: [(value: UInt64, count: Int)], interrupted: [(value: UInt64, count: Int)], gaps: OutsideGaps
    ) -> LatencyDistribution? {
        let all = undisturbed + interrupted
        var report = WorkerReport(
            ticksPerSecondAtStart: 2.6e9, ticksPerSecondAtEnd: 2.6e9, rateUncertainty: 0, tickStep: 26,
            stampTicks: 50, firstOperationTicks: 100, operations: 0)
        report.latency = LatencyRecord(
            undisturbed: histogram(undisturbed), disturbed: ["interrupt": histogram(interrupted)],
            totalTicks: all.reduce(0) { $0 + Double($1.value) * Double($1.count) }, coreCyclesPerTick: [1.5],
            worst: all.filter { $0.value > 10_000 }.map {
                OutlierRecord(
                    process: 0, operation: 0, startNanoseconds: 0, ticks: $0.value, cause: .ownCode, input: nil)
            }, outsideGaps: gaps)
        return BenchmarkResult(id: BenchmarkID(name: "b"), options: options, reports: [report]).latency
    }

    private static var options: BenchmarkOptions {
        var options = BenchmarkOptions()
        options.mode = .latency
        return options
    }

    private static func count(_ cause: OutlierCause, _ distribution: LatencyDistribution) -> Double {
        distribution.causes.first { $0.cause == cause }?.operations ?? 0
    }

    @Test("an operation that is slow for long is interrupted by chance, and stays slow code")
    func coincidence() throws {
        // A thousand of 130,000 ticks; every eightieth was interrupted, as often as the clock's tick comes: the rest of
        // the interrupts met short operations.
        let distribution = try #require(
            Self.distribution(
                undisturbed: [(2_600, 999_000), (130_000, 1_000)], interrupted: [(5_000, 260), (134_000, 12)],
                gaps: OutsideGaps(scannedTicks: 1e9, counts: [])))
        #expect(abs(Self.count(.ownCode, distribution) - 1_012) < 0.6)
        #expect(abs(Self.count(.interrupt, distribution) - 260) < 0.6)
    }

    @Test("interrupts that are longer than slow code explains stay interrupts")
    func interrupts() throws {
        let distribution = try #require(
            Self.distribution(
                undisturbed: [(2_600, 999_000), (130_000, 10)], interrupted: [(134_000, 400)],
                gaps: OutsideGaps(scannedTicks: 1e9, counts: [])))
        #expect(Self.count(.interrupt, distribution) > 399)
        #expect(Self.count(.ownCode, distribution) < 11)
    }

    @Test("gaps that the machine makes anyway are not the code's")
    func outside() throws {
        // The class of 130,000 - 2,600 ticks.
        var counts = [Double](repeating: 0, count: 64)
        counts[16] = 1_000
        let distribution = try #require(
            Self.distribution(
                undisturbed: [(2_600, 1_000_000), (130_000, 100)], interrupted: [],
                gaps: OutsideGaps(scannedTicks: 2.613e9 * 10, counts: counts)))
        #expect(abs(Self.count(.outside, distribution) - 100) < 1)
        #expect(Self.count(.ownCode, distribution) < 1)
        #expect(distribution.worst.allSatisfy { $0.cause == .outside })
    }
}
