import Benchmarking
import Glibc
import RegressionAnalysis

// store-saver PATH COUNT WORD: saves COUNT runs, each under the same name, and prints each run's number once it is kept.
// The first benchmark's name is WORD.
let arguments = CommandLine.arguments
guard arguments.count == 4, let count = Int(arguments[2]) else { exit(2) }

let machine = MachineFingerprint(
    hostname: "h", architecture: "x86_64", processor: "p", processorName: "p", logicalCPUs: 1, hypervisor: nil,
    kernel: "k", ticksPerSecond: 1e9, tickStep: 1, coreCyclesPerTick: nil, hasHardwareCounters: false, grade: nil)
let results = (0..<20).map { index in
    var result = BenchmarkResult(id: BenchmarkID(name: index == 0 ? arguments[3] : "b\(index)"), mode: .throughput)
    result.series = [.time, .cycles, .allocations].map {
        MetricSeries(metric: $0, values: (0..<10).map { Double($0 * index + 1) })
    }
    return result
}
do {
    let store = try SQLiteStore(path: arguments[1], access: .writing)
    for _ in 0..<count {
        let run = BenchmarkRun(
            tool: "test", startedAtNanoseconds: 1, durationNanoseconds: 1, machine: machine, results: results)
        let number = try store.save(run, as: BaselineName("main"), origin: RunOrigin(), replacesPinned: false)
        let line = "\(number)\n"
        _ = line.utf8.withContiguousStorageIfAvailable { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
} catch {
    let line = "\(error)\n"
    _ = line.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(1)
}
