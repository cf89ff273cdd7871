import ArgumentParser
import BenchmarkSuites
import Benchmarking
import Glibc
import ProfileFormats
import RegressionAnalysis

/// `tickscope regress`: the gate.
struct Regress: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether results are worse than a baseline, by more than a tolerance.",
        discussion: """
            Each metric of each benchmark gets a verdict: regressed, same (the whole 95 % interval is within the \
            tolerance), improved, or not resolved, with how many more processes would resolve it, and the smallest \
            change that these data could have shown. Processes are the replicates; the verdicts of a suite together are \
            wrong in at most 5 of 100 runs without a change. Latency benchmarks are judged at p50 to p99.99, and by how \
            often they exceed the baseline's p99.9. Counts that never vary (instructions, allocations, retains) may not \
            change at all.

            Which functions a change comes from is told when both sides were measured by 'bench run --profile', or with \
            --attribute, which measures the changed benchmarks of both programs again, in turns.

            TOLERANCES, the last that fits wins
              15%                      every metric that varies
              cycles=2%                one metric
              'book.*:time=5%,2ns'     of benchmarks whose name matches; the wider of a share and an amount
              'tolerances:' of scenarios in tickscope.yaml come first.
              Usual: cost, memory, p50 and p90 5%, p99 10%, p99.9 and p99.99 20%, tail-frequency 25%.

            EXAMPLES
              tickscope regress result.json --baseline main
              tickscope regress result.json --against before.json --tolerance 3% --strict
              tickscope regress result.json --baseline main --tolerance p99.9=10% --format markdown -o pr.md
              tickscope regress result.json --baseline main --format junit -o regressions.xml
              tickscope regress result.json --baseline main --format html -o regressions.html
              tickscope regress result.json --baseline main --attribute --before-program old/bench \\
                --after-program new/bench

            EXIT STATUS
              0  nothing regressed
              1  regressed, or a benchmark fails that did not
              2  wrong usage, unusable input, another machine, or a tolerance finer than the noise
              3  with --strict: a regression is not ruled out
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, junit, json, html }

    @Argument(help: ArgumentHelp("Result file of 'bench run', or of another harness.", valueName: "result"))
    var result: String

    @Option(help: ArgumentHelp("Baseline of the store to judge against.", valueName: "name"))
    var baseline: String?

    @Option(help: ArgumentHelp("Result file to judge against, instead of a baseline.", valueName: "file"))
    var against: String?

    @OptionGroup var place: StorePlace

    @Option(help: ArgumentHelp("Difference that does not matter.", valueName: "tolerance"))
    var tolerance: [String] = []

    @Option(
        help: ArgumentHelp(
            "Suite file whose tolerances count (default: tickscope.yaml here or above).", valueName: "file"))
    var config: String?

    @Flag(help: "Compare runs of different machines, by what does not depend on them.")
    var crossMachine = false

    @Flag(help: "Measure both programs again, in turns and with samples, to name the functions that changed.")
    var attribute = false

    @Option(help: ArgumentHelp("For --attribute: the program of the baseline.", valueName: "path"))
    var beforeProgram: String?

    @Option(help: ArgumentHelp("For --attribute: the program of the result.", valueName: "path"))
    var afterProgram: String?

    @Option(help: ArgumentHelp("For --attribute: seconds for each benchmark and side.", valueName: "seconds"))
    var seconds = 10.0

    @Flag(help: "Exit with 3 when a regression is not ruled out.")
    var strict = false

    @Flag(help: "Show metrics, too, that decide nothing.")
    var all = false

    @Option(help: "How to show the verdicts: text, markdown, junit, json or html.")
    var format = Format.text

    @Option(name: .shortAndLong, help: ArgumentHelp("File to write; - for the standard output.", valueName: "file"))
    var output = "-"

    func validate() throws {
        guard (baseline == nil) != (against == nil) else {
            throw ValidationError("give either --baseline or --against")
        }
        guard attribute == (beforeProgram != nil), attribute == (afterProgram != nil) else {
            throw ValidationError("--attribute needs --before-program and --after-program, and they need it")
        }
        guard seconds > 0, seconds < 1e6 else { throw ValidationError("--seconds is a positive number of seconds") }
        if let baseline { _ = try BaselineName.parsed(baseline) }
        do {
            _ = try ToleranceRules(tolerance)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        let code: Int32
        do {
            code = try judge()
        } catch let error as FileError where error.isClosedPipe {
            throw error
        } catch {
            // 1 says "regressed" to those who only look at the status.
            StandardError.write("tickscope: error: \(error)\n")
            throw ExitCode(2)
        }
        if code != 0 { throw ExitCode(code) }
    }

    private func judge() throws -> Int32 {
        if output != "-" { try AtomicFile.check(output) }
        let candidate = try ResultFile.read(result)
        let (before, name) = try reference()
        let gate = RegressionGate(rules: try rules(), isCrossMachine: crossMachine)
        var report = try gate.judge(candidate, against: before, named: name)
        if let beforeProgram, let afterProgram, !report.changed.isEmpty {
            let again = try AttributionRun(before: beforeProgram, after: afterProgram, seconds: seconds)
            report.warnings += again.differences(before: before, after: candidate)
            let (old, new) = try again.measure(report.changed)
            report.attribute(new, against: old, showsAll: true)
        } else {
            report.attribute(candidate, against: before, showsAll: all)
        }
        report.warnings += calibrationWarnings(report.findings, candidate)
        let isTerminal = output == "-" && TerminalOutput.width != nil
        let text =
            switch format {
            case .text:
                report.text(
                    width: output == "-" ? TerminalOutput.width : nil,
                    usesColor: isTerminal && getenv("NO_COLOR") == nil,
                    showsAll: all)
            case .markdown: report.markdown()
            case .junit: report.junit()
            case .html: report.html()
            case .json: try report.json()
            }
        try AtomicFile.write(Array(text.utf8), to: output)
        if output != "-" { StandardError.write(report.summary + "\n") }
        let code = report.exitCode(isStrict: strict)
        if code == 2 {
            let count = report.toleranceErrors.count
            StandardError.write(
                "tickscope: error: \(count) \(count == 1 ? "tolerance is" : "tolerances are") finer than the noise floor: "
                    + "widen, or measure more processes\n")
        }
        return code
    }

    private func rules() throws -> ToleranceRules {
        guard let path = config ?? SuiteFile.find(from: ".") else { return try ToleranceRules(tolerance) }
        return try ToleranceRules(SuiteFile(path: path), tolerance)
    }

    /// What the store knows of this machine, when there is a store.
    private func calibrationWarnings(_ findings: [GateFinding], _ run: BenchmarkRun) -> [String] {
        guard access(place.path, R_OK) == 0,
            let calibration = try? place.open(.reading).calibration(of: run.machine)
        else { return [] }
        return calibration.warnings(findings, on: run.machine)
    }

    private func reference() throws -> (run: BenchmarkRun, name: String) {
        if let against { return (try ResultFile.read(against), against) }
        let store = try place.open(.reading)
        let found = try store.baseline(BaselineName.parsed(baseline ?? ""))
        return (try store.run(of: found), found.name.description)
    }
}
