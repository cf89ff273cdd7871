import BenchmarkSuites
import Benchmarking
import Glibc
import InstructionTracing
import RegressionAnalysis
import Statistics

// How often the function is named that a change of a benchmark comes from, and how often one that did not change.
//
//   attribution-trials [TRIALS] [SECONDS] [CASE…]
//
// Measures the benchmark "five" of known-answers (five functions of a fifth each) against itself with a change in the
// third function, SECONDS a side and trial, as 'regress --attribute' does. Cases:
//   A/A       no change
//   more      5 % more work in it, 1 % of the whole: other instructions
//   slower    5 % slower with the same instructions, 1 % of the whole: samples alone tell
//   sampled   as more, without looking at instructions
// "regressed" is the gate's verdict at a tolerance of 0.25 %, of cycles or instructions. A line a trial, as it ends.

/// Writes a line at once: whoever watches sees each trial when it ends.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

let arguments = Array(CommandLine.arguments.dropFirst())
let trials = arguments.first.flatMap { Int($0) } ?? 100
let seconds = arguments.dropFirst().first.flatMap { Double($0) } ?? 10

struct Case {
    var name: String
    var variable: String
    var thousandths: Int
    var usesInstructions: Bool
}
let all = [
    Case(name: "A/A", variable: "KNOWN_ANSWERS_THIRD", thousandths: 0, usesInstructions: true),
    Case(name: "more", variable: "KNOWN_ANSWERS_THIRD", thousandths: 50, usesInstructions: true),
    Case(name: "slower", variable: "KNOWN_ANSWERS_SLOWER", thousandths: 50, usesInstructions: true),
    Case(name: "sampled", variable: "KNOWN_ANSWERS_THIRD", thousandths: 50, usesInstructions: false),
]
let cases = arguments.count > 2 ? all.filter { arguments.dropFirst(2).contains($0.name) } : all

var template = Array("/tmp/attribution-trials.XXXXXX".utf8CString)
guard mkdtemp(&template) != nil else { fatalError("cannot make a folder in /tmp") }
let folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
guard let executable = realpath("/proc/self/exe", nil).map({ String(cString: $0) }),
    let slash = executable.lastIndex(of: "/")
else { fatalError("cannot tell where this program is") }
let builds = String(executable[..<slash])

/// The same program, told to do more.
func variant(_ name: String, _ variable: String, _ thousandths: Int) throws -> BenchmarkProgramFile {
    let path = "\(folder)/\(name)"
    guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
    fputs("#!/bin/sh\nexport \(variable)=\(thousandths)\nexec \(builds)/known-answers\n", file)
    fclose(file)
    chmod(path, 0o755)
    return try BenchmarkProgramFile(path)
}

struct Tally {
    var regressed = 0
    var named = 0
    var namedWrongly = 0
    var changes: [Double] = []
    var functionChanges: [Double] = []
    var smallest: [Double] = []
    var dispersions: [Double] = []

    var line: String {
        func percent(_ values: [Double]) -> String { PercentText.signed(1 + (Median.of(values) ?? 0), decimals: 2) }
        let dispersion = ((Median.of(dispersions) ?? 0) * 100).rounded() / 100
        return "regressed \(regressed), the third named \(named), another named \(namedWrongly) of \(changes.count); "
            + "whole \(percent(changes)), third \(percent(functionChanges)); smallest change of a function with 20 % of the "
            + "cost that would be named: \(percent(smallest)) of it; dispersion \(dispersion)"
    }
}

let plain = try variant("before", "KNOWN_ANSWERS_THIRD", 0)
let gate = RegressionGate(rules: try ToleranceRules(["cycles=0.25%"]))
for item in cases {
    let changed = try variant("after", item.variable, item.thousandths)
    var tally = Tally()
    for trial in 1...max(1, trials) {
        var settings = BenchmarkRunner.Settings()
        settings.seconds = seconds
        settings.codeReader = FunctionReader()
        let runners = [plain, changed].map { program in
            BenchmarkRunner(
                program: program, benchmarks: program.benchmarks.filter { $0.id.name == "five" }, settings: settings)
        }
        var runs = try BenchmarkRunner.run(runners, tool: "attribution-trials")
        for index in runs.indices {
            if let failure = runs[index].results[0].failure { fatalError(failure.text) }
            guard !item.usesInstructions else { continue }
            runs[index].results[0].series.removeAll { $0.metric == BenchmarkMetric.instructions.id }
            runs[index].results[0].profile?.instructions = nil
        }
        let report = try gate.judge(runs[1], against: runs[0], named: "before")
        guard let attribution = try Attribution(runs[0].results[0], runs[1].results[0]) else {
            fatalError("no profiles: \(runs[0].results[0].profile?.unavailable ?? "")")
        }
        let isThird: (Attribution.Row) -> Bool = { $0.function.contains("third") }
        let named = attribution.named
        let third = attribution.rows.first(where: isThird)?.cost
        tally.regressed += report.hasRegressed ? 1 : 0
        tally.named += named.contains(where: isThird) ? 1 : 0
        tally.namedWrongly += named.allSatisfy(isThird) ? 0 : 1
        tally.changes.append(attribution.after / attribution.before - 1)
        tally.functionChanges.append(third?.relative ?? 0)
        tally.smallest.append((attribution.smallest?.fifth ?? 0) / (0.2 * attribution.before))
        tally.dispersions.append(attribution.dispersion)
        let names = named.map { "\($0.function) (\($0.finding.rawValue))" }.joined(separator: ", ")
        say(
            "\(item.name) \(trial): \(report.hasRegressed ? "regressed" : "passed"), named: \(names.isEmpty ? "none" : names)"
        )
    }
    say("\(item.name): \(tally.line)")
}
_ = ["before", "after"].map { unlink("\(folder)/\($0)") }
rmdir(folder)
