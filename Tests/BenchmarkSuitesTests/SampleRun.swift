import Benchmarking
import BenchmarkSuites

/// A small run in which everything occurs that a report must show: made by hand, the same each time.
enum SampleRun {
    static var machine: MachineFingerprint {
        var machine = MachineFingerprint(
            hostname: "lab-1", architecture: "x86_64", processor: "AuthenticAMD 25/17", processorName: "AMD EPYC 9R14",
            logicalCPUs: 2, hypervisor: "KVM", kernel: "Linux 6.1.0", ticksPerSecond: 2.6e9, tickStep: 26,
            coreCyclesPerTick: 1.42, hasHardwareCounters: false, grade: "B")
        machine.gradeReason = "lost: 1.2 % of the time"
        machine.gradeAgeSeconds = 720
        machine.resolvableDifference = 0.0005
        return machine
    }

    static var run: BenchmarkRun {
        BenchmarkRun(
            tool: "tickscope 0.1.0", startedAtNanoseconds: 1_795_761_469_000_000_000,
            durationNanoseconds: 12_345_000_000, machine: machine,
            results: [1, 10, 100, 1000, 10_000].map(add) + [decode, check, odd])
    }

    static var budgets: [BudgetOutcome] {
        [
            BudgetOutcome(
                id: BenchmarkID(name: "book.add", argument: "1"), metric: "time", verdict: .kept,
                text: "time 8.5 ns ± 0.2 ns, at most 10 ns"),
            BudgetOutcome(
                id: BenchmarkID(name: "feed.decode"), metric: "p99.9", verdict: .missed,
                text: "p99.9 20.0 µs, at most 5 µs"),
            BudgetOutcome(
                id: BenchmarkID(name: "book.add", argument: "10"), metric: "cycles", verdict: .notResolved,
                text: "cycles 41 ± 3, at most 42"),
        ]
    }

    /// 12 processes; 20 cycles and 10 more for each doubling of the size.
    private static func add(_ size: Int) -> BenchmarkResult {
        var result = BenchmarkResult(id: BenchmarkID(name: "book.add", argument: "\(size)"), mode: .throughput)
        var doublings = 0.0
        var rest = Double(size)
        while rest > 1.5 {
            rest /= 10
            doublings += 3.3219280948873626
        }
        let base = 20 + 10 * doublings
        let cycles: [Double] = (0..<12).map { index in
            let place = Double(index * 7 % 12 - 6)
            return base * (1 + place * 0.002)
        }
        let times: [Double] = cycles.map { $0 / 1.42 / 2.6 }
        let epochs: [[Double]] = cycles.map { cycle in
            [cycle, cycle * 1.004, cycle * 1.008, cycle * 1.012]
        }
        result.throughputUnits = [.messages(12)]
        result.processCount = 12
        result.operations = 1_200_000
        result.series = [
            MetricSeries(metric: .cycles, values: cycles, resolution: 0.01, epochs: epochs),
            MetricSeries(metric: .time, values: times, resolution: 0.005),
            MetricSeries(metric: .allocations, values: Array(repeating: 2, count: 12)),
            MetricSeries(metric: .retains, values: Array(repeating: 0.5, count: 12)),
            MetricSeries(metric: .instructions, values: Array(repeating: 1234, count: 12)),
            MetricSeries(metric: .branchMisses, values: [], unavailable: "no PMU: run on bare metal"),
            MetricSeries(metric: .peakMemory, values: [23_433_216, 23_437_312, 23_433_216, 23_445_504]),
        ]
        return result
    }

    /// 20,000 operations: enough for p99.9, too few for p99.99.
    private static var decode: BenchmarkResult {
        var result = BenchmarkResult(id: BenchmarkID(name: "feed.decode"), mode: .latency)
        result.processCount = 6
        result.operations = 20_000
        var slow: [OutlierRecord] = []
        for index in 0..<20 {
            let cause: OutlierCause = index == 3 ? .preempted : index < 18 ? .interrupt : .pageFault
            slow.append(
                OutlierRecord(
                    process: index % 6, operation: UInt64(index * 900), startNanoseconds: Double(index) * 1.5e6,
                    ticks: UInt64(520_000 - 20_800 * index), cause: cause, input: index == 0 ? 7 : nil))
        }
        result.latency = LatencyDistribution(
            ticksPerSecond: 2.6e9, tickStep: 26, stampTicks: 52, coreCyclesPerTick: 1.42,
            machine: LatencyHistogram(
                values: [260, 286, 520, 5200, 52_000, 520_000], counts: [12_000, 6000, 1700, 250, 30, 20])!,
            code: LatencyHistogram(values: [260, 286, 520, 5200], counts: [12_000, 6000, 1690, 10])!,
            outlierThresholdTicks: 6500,
            causes: [
                CauseCount(
                    cause: .interrupt, operations: 271, outliers: 47, excessTicks: 7_800_000, longestTicks: 520_000),
                CauseCount(
                    cause: .preempted, operations: 1, outliers: 1, excessTicks: 457_000, longestTicks: 457_600),
                CauseCount(
                    cause: .outside, operations: 2.4, outliers: 2, excessTicks: 104_000, longestTicks: 52_000),
            ],
            worst: slow, timeline: slow.reversed(), response: nil)
        result.series = [
            MetricSeries(metric: .latencyP50, values: Array(repeating: 100, count: 6), resolution: 10),
            MetricSeries(
                metric: .latencyP999, values: [19_000, 20_000, 20_000, 21_000, 20_500, 19_500], resolution: 10),
        ]
        return result
    }

    private static var check: BenchmarkResult {
        var result = BenchmarkResult(id: BenchmarkID(name: "risk.check"), mode: .throughput)
        result.failure = BenchmarkFailure("crashed", "the process ended by signal 11 (SIGSEGV)")
        return result
    }

    /// Few processes, a metric that is missing, and a name that no format may take for markup.
    private static var odd: BenchmarkResult {
        var result = BenchmarkResult(id: BenchmarkID(name: "odd <b>|\"name\", 日本\u{1B}"), mode: .throughput)
        result.processCount = 2
        result.operations = 10
        result.series = [
            MetricSeries(metric: .cycles, values: [], unavailable: "the reference chain did not hold"),
            MetricSeries(metric: .time, values: [1_234_567, 1_204_567], resolution: 5),
        ]
        result.warnings = [BenchmarkWarning("never-settled", "2 of 2 processes never settled")]
        return result
    }
}
