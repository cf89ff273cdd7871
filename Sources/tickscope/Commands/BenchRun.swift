import ArgumentParser
import BenchmarkSuites
import Benchmarking
import Glibc
import InstructionTracing
import ProfileFormats

/// `tickscope bench run`.
struct BenchRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Measure benchmarks, each in fresh processes.",
        discussion: """
            Throughput benchmarks show what an operation costs in core cycles and nanoseconds; latency benchmarks show \
            percentiles, and why the slow operations were slow. Without a hardware counter, core cycles come from a \
            chain of additions measured in between. A result file is shown again, or turned into another format.

            FORMATS
            \(BenchmarkFormatRegistry.formats().map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

            EXAMPLES
              tickscope bench run .build/release/engine-benchmarks
              tickscope bench run --product engine-benchmarks --filter book -o book.json
              tickscope bench run .build/release/engine-benchmarks --cpu 3 -o engine.html
              tickscope bench run book.json --format markdown
              tickscope bench run --suite 'hot path' --strict
              tickscope bench run .build/release/engine-benchmarks --profile --seconds 10 -o engine.json

            A CPU that is free of interrupts and of others gives the steadiest numbers: --cpu. Ctrl-C shows what was \
            measured until then, and writes no file.

            EXIT STATUS
              0  measured, and every budget kept or not resolved
              1  failed, a benchmark failed, or a budget was missed
              2  wrong usage
              3  with --strict: a budget was not resolved
            """)

    @OptionGroup var input: BenchmarkInput

    @Option(help: ArgumentHelp("Seconds that each benchmark measures, of all processes.", valueName: "seconds"))
    var seconds: Double?

    @Option(help: ArgumentHelp("Fresh processes for each benchmark (default: 10).", valueName: "count"))
    var processes: Int?

    @Option(help: ArgumentHelp("Operations that each process measures, instead of a time.", valueName: "count"))
    var iterations: Int?

    @Option(help: ArgumentHelp("Operations that each process performs before it measures.", valueName: "count"))
    var warmUpIterations: Int?

    @OptionGroup var place: BenchmarkPlace

    @Option(help: ArgumentHelp("End a process that takes longer.", valueName: "seconds"))
    var timeout: Double?

    @Option(help: "Measure this way whatever is declared: throughput or latency.")
    var mode: Mode?

    @Flag(help: "Count the instructions of one operation exactly, by stepping through it.")
    var instructions = false

    @Flag(help: "Find out in which functions the time goes, for 'regress' to name those that changed.")
    var profile = false

    @Option(help: ArgumentHelp("How to show the results (default: text).", valueName: "name"))
    var format: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("File to write; - for the standard output.", valueName: "file"))
    var output: String = "-"

    @Flag(help: "Exit with 3 when a budget was not resolved.")
    var strict = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors and the results.")
    var quiet = false

    enum Mode: String, ExpressibleByArgument, CaseIterable { case throughput, latency }

    func validate() throws {
        if let format, !BenchmarkFormatRegistry.names.contains(format) {
            throw ValidationError(
                "no format is named '\(format)'; known are \(BenchmarkFormatRegistry.names.joined(separator: ", "))")
        }
        for (name, value) in [("--seconds", seconds), ("--timeout", timeout)] {
            if let value, !(value > 0 && value < 1e6) {
                throw ValidationError("\(name) is a positive number of seconds")
            }
        }
        for (name, value) in [("--processes", processes), ("--iterations", iterations)] {
            if let value, !(1...1_000_000_000).contains(value) { throw ValidationError("\(name) is a positive number") }
        }
        if let warmUpIterations, warmUpIterations < 0 {
            throw ValidationError("--warm-up-iterations is not negative")
        }
    }

    /// Those of the options given that need something to be measured.
    private var measuringOptions: [String] {
        let options: [(String, Bool)] = [
            ("--seconds", seconds != nil), ("--processes", processes != nil), ("--iterations", iterations != nil),
            ("--warm-up-iterations", warmUpIterations != nil), ("--cpu", place.cpu != nil), ("--no-pin", place.noPin),
            ("--timeout", timeout != nil), ("--mode", mode != nil), ("--instructions", instructions),
            ("--profile", profile), ("--strict", strict),
        ]
        return options.filter(\.1).map(\.0)
    }

    func run() throws {
        if output != "-" { try AtomicFile.check(output) }
        let name = format ?? BenchmarkFormatRegistry.name(forFile: output)
        var options = BenchmarkFormatRegistry.Options()
        options.terminalWidth = output == "-" ? TerminalOutput.width : nil
        options.usesColor = output == "-" && TerminalOutput.width != nil && getenv("NO_COLOR") == nil
        if let stored = try input.storedRun() {
            if let option = measuringOptions.first {
                throw ValidationError("\(option) is about measuring, and '\(input.program ?? "-")' holds results")
            }
            return try AtomicFile.write(
                try BenchmarkFormatRegistry.format(named: name, options).encode(stored), to: output)
        }
        let selected = try input.select()
        try place.check()
        Interruption.listen()
        let console = BenchmarkConsole(isQuiet: quiet)
        var settings = BenchmarkRunner.Settings()
        settings.seconds = seconds
        settings.processes = processes
        settings.iterations = iterations
        settings.warmUpIterations = warmUpIterations
        settings.cpu = place.cpu
        settings.isUnpinned = place.noPin
        settings.timeoutSeconds = timeout
        settings.mode = mode.map { BenchmarkMode(rawValue: $0.rawValue) }
        if profile { settings.codeReader = FunctionReader() }
        let tool = "tickscope \(TickscopeCommand.version)"
        let grade = MachineGrade.current(tool: tool)
        var whole: BenchmarkRun?
        var judgements: [BudgetJudgement] = []
        for part in selected where !Interruption.isRequested {
            settings.countsInstructions = instructions || BudgetJudge.needsInstructions(part.benchmarks)
            let runner = BenchmarkRunner(program: part.program, benchmarks: part.benchmarks, settings: settings)
            var run = try runner.run(tool: tool, progress: { console.show($0) })
            if let grade { run.machine.set(grade, at: run.startedAtNanoseconds) }
            run.programs = [MeasuredProgram(of: part.program)]
            judgements += BudgetReport(run, benchmarks: part.benchmarks).judgements
            whole = whole.map { $0.adding(run) } ?? run
        }
        console.clear()
        if Interruption.isRequested { throw try interrupted(whole, options) }
        guard let whole else { return }
        options.budgets = judgements.map(BudgetOutcome.init)
        try AtomicFile.write(try BenchmarkFormatRegistry.format(named: name, options).encode(whole), to: output)
        let report = BudgetReport(judgements)
        // Who only sees the terminal must learn what is wrong from it.
        if output != "-" {
            for missed in report.judgements where missed.verdict == .missed {
                console.note("\(missed.benchmark): \(missed.text)")
            }
        }
        if let summary = report.summary { console.note(summary) }
        if let failure = SuiteError(failuresOf: whole) { throw failure }
        let code = report.exitCode(strict: strict)
        if code != 0 { throw ExitCode(code) }
    }

    /// Shows what was measured until an interruption. No file is written: it would pass for whole.
    private func interrupted(_ run: BenchmarkRun?, _ options: BenchmarkFormatRegistry.Options) throws -> SuiteError {
        guard var run, output == "-", format == nil || format == "text" else {
            return SuiteError(.interrupted, "interrupted; nothing was written")
        }
        run.results.removeAll { $0.processCount == 0 && $0.failure == nil }
        guard !run.results.isEmpty else { return SuiteError(.interrupted, "interrupted before anything was measured") }
        try AtomicFile.write(try BenchmarkFormatRegistry.format(named: "text", options).encode(run), to: "-")
        return SuiteError(.interrupted, "interrupted; shown is what was measured until then, and no budget is judged")
    }
}

extension SuiteError {
    /// Says which benchmarks failed; nil when none did.
    fileprivate init?(failuresOf run: BenchmarkRun) {
        let failed = run.results.filter { $0.failure != nil }
        guard let first = failed.first, let why = first.failure else { return nil }
        let count = "\(failed.count) of \(run.results.count) benchmarks failed"
        let more = failed.dropFirst().map { ", \($0.id)" }.prefix(10).joined()
        self.init(.failed, "\(count): \(first.id) (\(why.text))\(more)\(failed.count > 11 ? " and more" : "")")
    }
}

extension BudgetOutcome {
    fileprivate init(_ judgement: BudgetJudgement) {
        let verdict: Verdict =
            switch judgement.verdict {
            case .kept: .kept
            case .missed: .missed
            case .notResolved: .notResolved
            }
        self.init(id: judgement.benchmark, metric: judgement.budget.metric, verdict: verdict, text: judgement.text)
    }
}

/// What a benchmark command says on standard error.
final class BenchmarkConsole {
    private let isQuiet: Bool
    private var hasLine = false

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func show(_ progress: BenchmarkRunner.Progress) {
        live("\(progress.finished + 1) of \(progress.total) processes  \(progress.benchmark)")
    }

    /// One line that is overwritten, on a terminal only.
    func live(_ text: String) {
        guard !isQuiet, let width = StandardError.width else { return }
        StandardError.write("\r\u{1B}[K" + text.prefix(width - 2))
        hasLine = true
    }

    func note(_ text: String) {
        clear()
        if !isQuiet { StandardError.write("tickscope: note: \(text)\n") }
    }

    func clear() {
        guard hasLine else { return }
        StandardError.write("\r\u{1B}[K")
        hasLine = false
    }
}
