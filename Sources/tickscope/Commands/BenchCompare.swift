import ArgumentParser
import BenchmarkSuites
import Benchmarking
import ProfileFormats

/// `tickscope bench compare`.
struct BenchCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Say whether build B is slower or faster than build A.",
        discussion: """
            Both programs take turns on one CPU, in fresh processes, until the difference is resolved; a second A shows \
            what the machine alone makes differ. Each verdict is faster, slower, equivalent (within the tolerance) or \
            not resolved.

            With --command two command lines are compared as whole processes, from start to exit: wall time, and time on \
            CPUs. They are split into words as a shell does, but started without one; what they print is thrown away. \
            Programs with several busy threads need --no-pin.

            EXAMPLES
              tickscope bench compare old/engine-benchmarks new/engine-benchmarks
              tickscope bench compare old new --filter 'book.*' --tolerance 0.5%
              tickscope bench compare --command './old day.itch' './new day.itch'
              tickscope bench compare --command --no-pin 'make -j2 -C a' 'make -j2 -C b' \\
                  --prepare 'make -C a clean' --prepare 'make -C b clean'
              tickscope bench compare --command --shell /bin/sh 'xz -dc a.xz | wc' 'zstd -dc a.zst | wc'

            EXIT STATUS
              0  nothing is slower
              1  failed, or slower by more than the tolerance
              2  wrong usage
              3  with --strict: not resolved
            """)

    @Argument(help: ArgumentHelp("The two programs, A and B; with --command, command lines.", valueName: "program"))
    var programs: [String]

    @OptionGroup var commands: ComparedCommands

    @Option(help: ArgumentHelp("Difference that does not matter, per cent (default: 1).", valueName: "percent"))
    var tolerance: PercentArgument?

    @OptionGroup var place: BenchmarkPlace

    @Option(help: ArgumentHelp("Only benchmarks whose name matches.", valueName: "regex"))
    var filter: [String] = []

    @Option(
        help: ArgumentHelp(
            "Give up a benchmark that is not resolved by then (default: 30; of commands 20).", valueName: "seconds"))
    var seconds: Double?

    @Option(help: "How to show the result: text, markdown or json.")
    var format: Format = .text

    @Option(name: .shortAndLong, help: ArgumentHelp("File to write; - for the standard output.", valueName: "file"))
    var output: String = "-"

    @Flag(help: "Exit with 3 when a difference was not resolved.")
    var strict = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors and the result.")
    var quiet = false

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, json }

    func validate() throws {
        if programs.count != 2 {
            let hint = commands.command ? "; quote each command" : ""
            throw ValidationError("name two \(commands.command ? "commands" : "builds") to compare, A and B\(hint)")
        }
        if commands.command, !filter.isEmpty { throw ValidationError("--filter selects benchmarks, not commands") }
        do {
            _ = try BenchmarkSelection(filters: filter)
        } catch {
            throw ValidationError("\(error)")
        }
        if let tolerance, !(0..<1).contains(tolerance.share) {
            throw ValidationError("--tolerance lies between 0 and 100 per cent")
        }
        if let seconds, !(seconds > 0 && seconds < 1e6) {
            throw ValidationError("--seconds is a positive number of seconds")
        }
    }

    func run() throws {
        if output != "-" { try AtomicFile.check(output) }
        let console = BenchmarkConsole(isQuiet: quiet)
        let placement = place.noPin ? .any : place.cpu.map { ProcessorPlacement.processor($0) } ?? .last
        Interruption.listen()
        let report =
            commands.command ? try compareCommands(placement, console) : try comparePrograms(placement, console)
        console.clear()
        if Interruption.isRequested {
            throw SuiteError(.interrupted, "interrupted before the difference was resolved; nothing was written")
        }
        let text =
            switch format {
            case .text: report.text
            case .markdown: report.markdown
            case .json: try report.json()
            }
        try AtomicFile.write(Array(text.utf8), to: output)
        let code = report.exitCode(isStrict: strict)
        if code != 0 { throw ExitCode(code) }
    }

    private static var tool: String { "tickscope \(TickscopeCommand.version)" }

    private func comparePrograms(_ placement: ProcessorPlacement, _ console: BenchmarkConsole) throws
        -> ComparisonReport
    {
        let a = try BenchmarkProgramFile(programs[0])
        let b = try BenchmarkProgramFile(programs[1])
        var settings = BinaryComparison.Settings()
        if let tolerance { settings.tolerance = tolerance.share }
        settings.placement = placement
        if let seconds { settings.secondsPerBenchmark = seconds }
        let wanted = Set(try BenchmarkSelection(filters: filter).apply(to: a.benchmarks).map(\.id))
        let comparison = try BinaryComparison(a: a, b: b, settings: settings) { wanted.contains($0.id) }
        return try comparison.run(
            tool: Self.tool,
            progress: { console.live("\($0.finished) of \($0.total) resolved  \($0.benchmark)") })
    }

    private func compareCommands(_ placement: ProcessorPlacement, _ console: BenchmarkConsole) throws
        -> ComparisonReport
    {
        var settings = CommandComparison.Settings()
        if let tolerance { settings.tolerance = tolerance.share }
        settings.placement = placement
        if let seconds { settings.seconds = seconds }
        commands.apply(to: &settings)
        let comparison = try CommandComparison(a: programs[0], b: programs[1], settings: settings)
        return try comparison.run(
            tool: Self.tool, progress: { console.live("\($0.rounds) rounds of at most \($0.maximumRounds)") })
    }
}
