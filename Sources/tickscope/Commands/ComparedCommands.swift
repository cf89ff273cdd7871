import ArgumentParser
import BenchmarkSuites

/// How `bench compare --command` runs what it compares.
struct ComparedCommands: ParsableArguments {
    @Flag(help: "Compare two commands as whole processes, from start to exit.")
    var command = false

    @Option(
        help: ArgumentHelp("Run the commands by this shell; none otherwise, which times no shell.", valueName: "path"))
    var shell: String?

    @Option(help: ArgumentHelp("Run once before everything.", valueName: "command"))
    var setup: String?

    @Option(
        help: ArgumentHelp(
            "Run before each run, such as to empty a cache; given twice, for A and for B.", valueName: "command"))
    var prepare: [String] = []

    @Option(help: ArgumentHelp("Run once after everything.", valueName: "command"))
    var cleanup: String?

    @Option(
        name: [.customLong("warm-up"), .customLong("warmup")],
        help: ArgumentHelp("Runs of each command that are not counted (default: 1).", valueName: "count"))
    var warmUp: Int?

    @Option(
        help: ArgumentHelp(
            "Exactly so many runs of B, and twice as many of A, instead of as many as it takes.", valueName: "count"))
    var runs: Int?

    @Flag(name: .shortAndLong, help: "Count runs that exit with another status than 0, too.")
    var ignoreFailure = false

    @Option(help: ArgumentHelp("End a run that takes longer (default: 600).", valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        if !command, let option = given.first { throw ValidationError("\(option) goes with --command") }
        if prepare.count > 2 { throw ValidationError("--prepare is given once for both commands, or twice") }
        if let warmUp, !(0...1_000_000).contains(warmUp) { throw ValidationError("--warm-up is not negative") }
        if let runs, !(CommandComparison.fewestRounds...10_000).contains(runs) {
            throw ValidationError("--runs lies between \(CommandComparison.fewestRounds) and 10,000")
        }
        if let timeout, !(timeout > 0 && timeout < 1e6) {
            throw ValidationError("--timeout is a positive number of seconds")
        }
    }

    private var given: [String] {
        let options: [(String, Bool)] = [
            ("--shell", shell != nil), ("--setup", setup != nil), ("--prepare", !prepare.isEmpty),
            ("--cleanup", cleanup != nil), ("--warm-up", warmUp != nil), ("--runs", runs != nil),
            ("--ignore-failure", ignoreFailure), ("--timeout", timeout != nil),
        ]
        return options.filter(\.1).map(\.0)
    }

    func apply(to settings: inout CommandComparison.Settings) {
        settings.shell = shell
        settings.setup = setup
        settings.prepareA = prepare.first
        settings.prepareB = prepare.last
        settings.cleanup = cleanup
        settings.warmUpRuns = warmUp ?? settings.warmUpRuns
        settings.rounds = runs
        settings.ignoresFailure = ignoreFailure
        settings.timeoutSeconds = timeout ?? settings.timeoutSeconds
    }
}
