import BenchmarkSuites
import Benchmarking
import Foundation
import Testing

/// One billion ticks a second: ticks are nanoseconds.
private func distribution(machine: [(UInt64, Int)], code: [(UInt64, Int)] = [], step: Double = 0) -> LatencyDistribution
{
    func histogram(_ pairs: [(UInt64, Int)]) -> LatencyHistogram {
        let json: [String: [Int]] = ["values": pairs.map { Int($0.0) }, "counts": pairs.map(\.1)]
        return try! JSONDecoder().decode(LatencyHistogram.self, from: JSONEncoder().encode(json))
    }
    return LatencyDistribution(
        ticksPerSecond: 1e9, tickStep: step, stampTicks: 20, coreCyclesPerTick: nil, machine: histogram(machine),
        code: histogram(code), outlierThresholdTicks: 1_000, causes: [], worst: [], timeline: [], response: nil)
}

private func result(_ metric: BenchmarkMetric, _ values: [Double], resolution: Double? = nil) -> BenchmarkResult {
    var result = BenchmarkResult(id: BenchmarkID(name: "b"), mode: .throughput)
    result.series = [MetricSeries(metric: metric, values: values, resolution: resolution)]
    return result
}

private func latencyResult(_ latency: LatencyDistribution) -> BenchmarkResult {
    var result = BenchmarkResult(id: BenchmarkID(name: "b"), mode: .latency)
    result.latency = latency
    return result
}

@Suite struct BudgetJudgeTests {
    /// Of ten values the second and the ninth bound the median with at least 95 % (97.9 %).
    private let ten: [Double] = [39.0, 39.2, 39.4, 39.6, 39.8, 40.2, 40.4, 40.6, 40.8, 41.0]

    @Test(arguments: [
        (39.1, BudgetVerdict.missed), (39.2, .notResolved), (40.0, .notResolved), (40.7, .notResolved), (40.8, .kept),
        (41.5, .kept),
    ])
    func theIntervalOfTheProcessesDecides(bound: Double, expected: BudgetVerdict) {
        let judgement = BudgetJudge.judge(.time(atMost: bound), result(.time, ten.shuffled()))
        #expect(judgement.verdict == expected)
        #expect(judgement.value == 40)
        #expect(judgement.lower == 39.2)
        #expect(judgement.upper == 40.8)
    }

    @Test(arguments: [(39.2, BudgetVerdict.kept), (40.0, .notResolved), (40.8, .notResolved), (40.81, .missed)])
    func throughputIsAtLeast(bound: Double, expected: BudgetVerdict) {
        #expect(BudgetJudge.judge(.throughput(atLeast: bound), result(.throughput, ten)).verdict == expected)
    }

    @Test func whatTheClockCannotTellApartIsNotJudged() {
        let values = Array(repeating: 40.0, count: 10)
        #expect(BudgetJudge.judge(.time(atMost: 40.4), result(.time, values)).verdict == .kept)
        #expect(BudgetJudge.judge(.time(atMost: 40.4), result(.time, values, resolution: 0.5)).verdict == .notResolved)
        #expect(BudgetJudge.judge(.time(atMost: 40.6), result(.time, values, resolution: 0.5)).verdict == .kept)
        #expect(BudgetJudge.judge(.time(atMost: 39.4), result(.time, values, resolution: 0.5)).verdict == .missed)
    }

    @Test func exactCountsAreCompared() {
        #expect(BudgetJudge.judge(.allocations(atMost: 0), result(.allocations, [0])).verdict == .kept)
        #expect(BudgetJudge.judge(.allocations(atMost: 0), result(.allocations, [0, 0, 1])).verdict == .missed)
        #expect(BudgetJudge.judge(.instructions(atMost: 600), result(.instructions, [600])).verdict == .kept)
        #expect(BudgetJudge.judge(.instructions(atMost: 600), result(.instructions, [601])).verdict == .missed)
    }

    @Test func excessIsInTheMetricsUnitAndAShareOfTheBound() {
        let over = BudgetJudge.judge(.instructions(atMost: 600), result(.instructions, [630]))
        #expect(over.excess == 30)
        #expect(over.excessShare == 0.05)
        let under = BudgetJudge.judge(.throughput(atLeast: 100), result(.throughput, Array(repeating: 90, count: 6)))
        #expect(under.excess == 10)
        #expect(under.excessShare == 0.1)
        #expect(BudgetJudge.judge(.allocations(atMost: 0), result(.allocations, [2])).excessShare == nil)
    }

    @Test func percentilesAreJudgedByTheirRanks() {
        // 100,000 operations: p99.9 lies between ranks 99,880 and 99,920 with 95 %.
        let fast = latencyResult(distribution(machine: [(100, 99_850), (2_000, 150)]))
        #expect(BudgetJudge.judge(.p999(atMost: 1_999), fast).verdict == .missed)
        #expect(BudgetJudge.judge(.p999(atMost: 2_000), fast).verdict == .kept)
        let between = latencyResult(distribution(machine: [(100, 99_900), (2_000, 100)]))
        #expect(BudgetJudge.judge(.p999(atMost: 1_000), between).verdict == .notResolved)
        let rare = latencyResult(distribution(machine: [(100, 99_950), (2_000, 50)]))
        #expect(BudgetJudge.judge(.p999(atMost: 1_000), rare).verdict == .kept)
        #expect(BudgetJudge.judge(BudgetKey("p50")!.budget(99), rare).verdict == .missed)
    }

    @Test func theUndisturbedCurveHasItsOwnKey() {
        let latency = latencyResult(
            distribution(machine: [(100, 90_000), (5_000, 10_000)], code: [(100, 90_000)]))
        #expect(BudgetJudge.judge(BudgetKey("p99")!.budget(1_000), latency).verdict == .missed)
        #expect(BudgetJudge.judge(BudgetKey("code-p99")!.budget(1_000), latency).verdict == .kept)
        #expect(BudgetJudge.judge(BudgetKey("code-max-latency")!.budget(99), latency).verdict == .missed)
        #expect(BudgetKey("code-time") == nil)
        #expect(BudgetKey("code-code-p99") == nil)
    }

    /// A server that is as fast as ever, and late.
    @Test func anOpenLoopIsJudgedFromTheIntendedStart() {
        var latency = distribution(machine: [(100, 100_000)], code: [(100, 100_000)])
        latency.response = distribution(machine: [(100, 99_000), (9_000, 1_000)]).machine
        let judgement = BudgetJudge.judge(.p999(atMost: 2_000), latencyResult(latency))
        #expect(judgement.verdict == .missed && judgement.text.hasPrefix("response p99.9 9,000 ns is over its budget"))
        #expect(BudgetJudge.judge(BudgetKey("code-p99.9")!.budget(2_000), latencyResult(latency)).verdict == .kept)
    }

    @Test func aStepOfTheClockAndABucketAreNotToldApart() {
        let stepped = latencyResult(distribution(machine: [(100, 1_000)], step: 26))
        #expect(BudgetJudge.judge(BudgetKey("p50")!.budget(126), stepped).verdict == .kept)
        #expect(BudgetJudge.judge(BudgetKey("p50")!.budget(125), stepped).verdict == .notResolved)
        #expect(BudgetJudge.judge(BudgetKey("p50")!.budget(74), stepped).verdict == .notResolved)
        #expect(BudgetJudge.judge(BudgetKey("p50")!.budget(73), stepped).verdict == .missed)
        let bucket = latencyResult(distribution(machine: [(1_024_000, 1_000)]))
        #expect(BudgetJudge.judge(BudgetKey("p50")!.budget(1_023_500), bucket).verdict == .notResolved)
        #expect(BudgetJudge.judge(BudgetKey("p50")!.budget(1_022_500), bucket).verdict == .missed)
    }

    @Test(arguments: [
        (
            BudgetKey("p99.9")!.budget(2_000), latencyResult(distribution(machine: [(100, 3_687)])),
            "p99.9: its budget of 2,000 ns cannot be judged: it needs 3,688 operations and has 3,687; measure more"
        ),
        (
            .time(atMost: 40), result(.time, [39, 39, 39, 39, 39]),
            "time: its budget of 40 ns cannot be judged: it needs 6 processes and has 5; measure more"
        ),
        (
            .cycles(atMost: 150), result(.time, [1]),
            "cycles: its budget of 150 cycles cannot be judged: it was not measured in throughput mode"
        ),
        (
            .p999(atMost: 2_000), result(.time, [1]),
            "p99.9: its budget of 2,000 ns cannot be judged: "
                + "single operations were not timed; measure in latency mode"
        ),
        (
            BudgetKey("code-p50")!.budget(5), latencyResult(distribution(machine: [(100, 10)])),
            "code-p50: its budget of 5 ns cannot be judged: every operation was interrupted"
        ),
        (
            .instructions(atMost: 600), result(.time, [1]),
            "instructions: its budget of 600 instructions cannot be judged: "
                + "instructions were not counted; ask for them to be"
        ),
        (
            .time(atMost: 40), result(.time, [.infinity, 1, 1, 1, 1, 1]),
            "time: its budget of 40 ns cannot be judged: its values are not numbers"
        ),
    ])
    func whatCannotBeJudgedSaysWhy(budget: Budget, result: BenchmarkResult, expected: String) {
        let judgement = BudgetJudge.judge(budget, result)
        #expect(judgement.verdict == .notResolved)
        #expect(judgement.text == expected)
        #expect(judgement.value == nil)
    }

    @Test func aFailureAndAMissingCounterExplainThemselves() {
        var failed = BenchmarkResult(id: BenchmarkID(name: "b"), mode: .throughput)
        failed.failure = BenchmarkFailure("crashed", "it was ended by\nsignal 11")
        #expect(
            BudgetJudge.judge(.time(atMost: 40), failed).text
                == "time: its budget of 40 ns cannot be judged: it was ended by\u{FFFD}signal 11")
        var counterless = result(.time, [1])
        counterless.series.append(MetricSeries(metric: .branchMisses, values: [], unavailable: "there is no PMU"))
        #expect(
            BudgetJudge.judge(BudgetKey("branch-misses")!.budget(1), counterless).reason == "there is no PMU")
        var unknown = Budget.time(atMost: 1)
        unknown.metric = "joules"
        #expect(
            BudgetJudge.judge(unknown, counterless).text
                == "joules: the budget cannot be judged: this version knows no such metric; use a newer one")
    }
}

@Suite struct BudgetTextTests {
    private func text(_ budget: Budget, _ metric: BenchmarkMetric, _ values: [Double]) -> String {
        BudgetJudge.judge(budget, result(metric, values)).text
    }

    /// Six values whose interval is the given range: 6 values bound the median by the first and the last.
    private func six(_ lower: Double, _ value: Double, _ upper: Double) -> [Double] {
        [lower, lower, value, value, upper, upper]
    }

    @Test func missed() {
        #expect(
            text(.time(atMost: 2_000), .time, six(2_309, 2_310, 2_311))
                == "time 2,310 ns is over its budget of 2,000 ns by 15.5 %")
        #expect(
            text(.peakMemory(atMost: 67_108_864), .peakMemory, six(74_000_000, 75_000_000, 76_000_000))
                == "peak-memory 72 MiB is over its budget of 64 MiB by 12 %")
        #expect(
            text(.throughput(atLeast: 1e7), .throughput, six(8.9e6, 9.1e6, 9.3e6))
                == "throughput 9.1 M operations/s is under its budget of 10 M operations/s by 9 %")
        #expect(
            text(.cpuUtilization(atMost: 1), .cpuUtilization, six(1.19, 1.2, 1.21))
                == "cpu-utilization 120 % is over its budget of 100 % by 20 %")
        #expect(
            text(.allocations(atMost: 0), .allocations, [2]) == "allocations 2 is over its budget of 0 by 2")
        #expect(
            text(.instructions(atMost: 600), .instructions, [1_603])
                == "instructions 1,603 instructions is over its budget of 600 instructions by 167.2 %")
    }

    @Test func kept() {
        #expect(
            text(.time(atMost: 40), .time, six(37.6, 38, 38.4)) == "time 38.0 ns keeps its budget of 40 ns, 5 % below")
        #expect(text(.allocations(atMost: 0), .allocations, [0]) == "allocations 0 is its budget")
    }

    @Test func notResolved() {
        #expect(
            text(.time(atMost: 40), .time, six(38.4, 39.4, 41.2))
                == "time 39 ns, in the range 38 to 41 ns, neither keeps nor misses its budget of 40 ns; measure more")
    }

    /// A miss by less than the last digit that means something still reads as one.
    @Test func aNarrowMissReadsAsOne() {
        #expect(
            text(.time(atMost: 2_000), .time, six(2_001, 2_003, 2_601))
                == "time 2,003 ns is over its budget of 2,000 ns by 0.2 %")
    }

    @Test func unitsOfThroughputAreNamed() {
        var messages = result(.throughput, Array(repeating: 5e6, count: 6))
        messages.throughputUnits = [.messages(12)]
        #expect(
            BudgetJudge.judge(.throughput(atLeast: 4e6), messages).text
                == "throughput 5 M messages/s keeps its budget of 4 M messages/s, 25.0 % above")
    }
}

@Suite struct BudgetReportTests {
    private func report(_ budgets: [Budget]) -> BudgetReport {
        BudgetReport(BudgetJudge.judge(budgets, result(.time, [30, 30, 30, 30, 30, 30])))
    }

    @Test func theExitCodeFollowsTheWorstVerdict() {
        let kept = Budget.time(atMost: 40)
        let missed = Budget.time(atMost: 20)
        let unresolved = Budget.cycles(atMost: 100)
        #expect(report([]).exitCode(strict: true) == 0)
        #expect(report([kept]).exitCode(strict: true) == 0)
        #expect(report([kept, unresolved]).exitCode(strict: false) == 0)
        #expect(report([kept, unresolved]).exitCode(strict: true) == 3)
        #expect(report([unresolved, missed]).exitCode(strict: false) == 1)
        #expect(report([unresolved, missed]).exitCode(strict: true) == 1)
        #expect(report([kept, missed, unresolved]).summary == "1 of 3 budgets kept, 1 missed, 1 not resolved")
        #expect(report([kept]).summary == "1 of 1 budget kept")
        #expect(report([]).summary == nil)
    }

    @Test func aRunIsJudgedByWhatItsBenchmarksDeclare() throws {
        let machine = MachineFingerprint(
            hostname: "h", architecture: "x86_64", processor: "p", processorName: "p", logicalCPUs: 2, hypervisor: nil,
            kernel: "k", ticksPerSecond: 1e9, tickStep: 1, coreCyclesPerTick: nil, hasHardwareCounters: false,
            grade: nil)
        let run = BenchmarkRun(
            tool: "test", startedAtNanoseconds: 0, durationNanoseconds: 1, machine: machine,
            results: [result(.time, [30, 30, 30, 30, 30, 30])])
        let options = BenchmarkOptions([.budget(.time(atMost: 20)), .budget(.instructions(atMost: 5))])
        let benchmarks = ["b", "gone"].map { DeclaredBenchmark(id: BenchmarkID(name: $0), options: options) }
        let report = BudgetReport(run, benchmarks: benchmarks)
        #expect(report.judgements.map(\.verdict) == [.missed, .notResolved, .notResolved, .notResolved])
        #expect(report.judgements[2].reason == "the benchmark was not measured")
        #expect(BudgetJudge.needsInstructions(benchmarks))
        #expect(!BudgetJudge.needsInstructions([DeclaredBenchmark(id: BenchmarkID(name: "b"), options: .init())]))
        let decoded = try JSONDecoder().decode(BudgetReport.self, from: JSONEncoder().encode(report))
        #expect(decoded == report)
    }
}
