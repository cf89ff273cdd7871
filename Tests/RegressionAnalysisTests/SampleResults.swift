import Benchmarking
import RegressionAnalysis
import Statistics

/// Runs made of chosen numbers.
enum Sample {
    static func machine(processor: String = "AuthenticAMD 25/17", hostname: String = "h") -> MachineFingerprint {
        MachineFingerprint(
            hostname: hostname, architecture: "x86_64", processor: processor, processorName: processor,
            logicalCPUs: 2, hypervisor: "KVM", kernel: "6.1", ticksPerSecond: 1e9, tickStep: 1, coreCyclesPerTick: 1,
            hasHardwareCounters: false, grade: nil)
    }

    static func run(_ results: [BenchmarkResult], machine: MachineFingerprint = machine()) -> BenchmarkRun {
        BenchmarkRun(
            tool: "tickscope 0.1.0", startedAtNanoseconds: 1_700_000_000_000_000_000, durationNanoseconds: 1,
            machine: machine, results: results)
    }

    static func result(_ name: String, _ series: [(BenchmarkMetric, [Double])]) -> BenchmarkResult {
        var result = BenchmarkResult(id: BenchmarkID(name: name), mode: .throughput)
        result.series = series.map { MetricSeries(metric: $0.0, values: $0.1) }
        return result
    }

    /// A benchmark with one metric.
    static func one(_ metric: BenchmarkMetric, _ values: [Double], name: String = "b") -> BenchmarkRun {
        run([result(name, [(metric, values)])])
    }

    /// Ten processes around a level: 100, 101, … of it.
    static func steady(_ level: Double, count: Int = 10) -> [Double] {
        (0..<count).map { level * (1 + 0.001 * Double($0)) }
    }

    static func latency(_ processes: [LatencyHistogram], keepsProcesses: Bool = true) -> BenchmarkRun {
        var all = LatencyHistogram()
        for process in processes { all.add(process) }
        var result = BenchmarkResult(id: BenchmarkID(name: "tick"), mode: .latency)
        var latency = LatencyDistribution(
            ticksPerSecond: 1e9, tickStep: 1, stampTicks: 0, coreCyclesPerTick: nil, machine: all, code: all,
            outlierThresholdTicks: 1000, causes: [], worst: [], timeline: [], response: nil)
        if keepsProcesses { latency.processes = processes }
        result.latency = latency
        return run([result])
    }
}

extension RepeatableGenerator {
    mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) / 0x1p53 }

    mutating func normal() -> Double { NormalDistribution.standard.quantile(uniform()) }
}
