import BenchmarkSuites
import Benchmarking
import Glibc
import Statistics

// How often a comparison of two builds finds a difference that is there, and one that is not.
//
//   compare-trials [TRIALS] [SECONDS]
//
// Compares the benchmark "work" of known-answers with itself and with itself doing 0.3 % and 1 % more, each TRIALS times
// with the machine as it is and with a busy competitor on the same processor. The tolerance is half of the difference, for A/A 0.5 %.

struct Tally {
    var counts: [Verdict: Int] = [:]
    var ratios: [Double] = []
    var seconds: [Double] = []
    var widths: [Double] = []
    var controlsMoved = 0
    var widened = 0
    var measuring: [Double] = []

    mutating func add(_ result: ComparisonResult, wallSeconds: Double) {
        counts[result.verdict, default: 0] += 1
        if let ratio = result.ratio { ratios.append(ratio) }
        if let interval = result.interval {
            widths.append(interval.halfWidth)
        }
        measuring.append(result.seconds)
        seconds.append(wallSeconds)
        if result.warnings.contains(where: { $0.code == "control-moved" }) { controlsMoved += 1 }
        if result.isBetweenBlocks { widened += 1 }
    }

    var line: String {
        let sorted = ratios.sorted()
        let low = sorted.isEmpty ? 1 : sorted[sorted.count / 20]
        let high = sorted.isEmpty ? 1 : sorted[sorted.count - 1 - sorted.count / 20]
        let verdicts = Verdict.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }.joined(separator: ", ")
        let wall = ((Median.of(seconds) ?? 0) * 1_000).rounded() / 1_000
        let width = ((Median.of(widths) ?? 0) * 1e5).rounded() / 1e3
        return
            "\(verdicts); p5–p95 \(PercentText.signed(low, decimals: 3)) to \(PercentText.signed(high, decimals: 3)), "
            + "interval ±\(width) %, widened \(widened), control moved \(controlsMoved), "
            + "\(((Median.of(measuring) ?? 0) * 1_000).rounded() / 1_000) s measuring, \(wall) s wall (longest \(((seconds.max() ?? 0) * 100).rounded() / 100))"
    }
}

/// A process that does nothing but run on a processor, in bursts.
func startCompetitor(on processor: Int) -> pid_t {
    let script = "i=0; while :; do i=$((i+1)); done"
    var process: pid_t = 0
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    let words = ["taskset", "-c", "\(processor)", "sh", "-c", script]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    guard posix_spawnp(&process, "taskset", nil, &attributes, arguments, environ) == 0 else { return 0 }
    return process
}

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

let trials = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100
let longest = CommandLine.arguments.dropFirst(2).first.flatMap { Double($0) } ?? 1

var template = Array("/tmp/compare-trials.XXXXXX".utf8CString)
guard mkdtemp(&template) != nil else { fatalError("cannot make a folder in /tmp") }
let folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
guard let executable = realpath("/proc/self/exe", nil).map({ String(cString: $0) }),
    let slash = executable.lastIndex(of: "/")
else { fatalError("cannot tell where this program is") }
let builds = String(executable[..<slash])

/// A program that does some thousandths more: the same one, told so.
func variant(_ thousandths: Int) throws -> BenchmarkProgramFile {
    let path = "\(folder)/more-\(thousandths)"
    guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
    fputs("#!/bin/sh\nexport KNOWN_ANSWERS_MORE=\(thousandths)\nexec \(builds)/known-answers\n", file)
    fclose(file)
    chmod(path, 0o755)
    return try BenchmarkProgramFile(path)
}

let plain = try variant(0)
let cases: [(name: String, program: BenchmarkProgramFile, tolerance: Double)] = [
    ("A/A", plain, 0.005), ("+1 %", try variant(10), 0.005),
    ("+0.3 %", try variant(3), 0.0015),
]
for hasCompetitor in [false, true] {
    var competitor: pid_t = 0
    if hasCompetitor {
        let thread = try ProcessorPlacement.last.apply()
        thread.undo()
        competitor = startCompetitor(on: thread.processor ?? 0)
    }
    print(hasCompetitor ? "with a competitor on the same processor" : "the machine as it is")
    var tallies = cases.map { _ in Tally() }
    for _ in 0..<trials {
        for index in cases.indices {
            var settings = BinaryComparison.Settings()
            settings.tolerance = cases[index].tolerance
            settings.secondsPerBenchmark = longest
            let comparison = try BinaryComparison(a: plain, b: cases[index].program, settings: settings) {
                $0.id.name == "work"
            }
            let begin = now()
            let report = try comparison.run(tool: "compare-trials")
            tallies[index].add(report.results[0], wallSeconds: now() - begin)
            if let failure = report.results[0].failure { print(failure) }
        }
    }
    for (index, tally) in tallies.enumerated() { print("  \(cases[index].name): \(tally.line)") }
    if competitor > 0 {
        kill(competitor, SIGKILL)
        waitpid(competitor, nil, 0)
    }
}
_ = ["more-0", "more-3", "more-10"].map { unlink("\(folder)/\($0)") }
rmdir(folder)
