import ArgumentParser
import BenchmarkSuites
import RegressionAnalysis

/// `tickscope history bisect`: which commit is it?
struct HistoryBisect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect", abstract: "Narrow the commits between which an alert lies.",
        discussion: """
            Without --command, says which commits would tell most. With it, checks out one after the other in a work \
            tree of its own in TMPDIR (yours stays as it is), runs the command there, and keeps the results in the store, \
            until one commit is left. The command writes results, of 'bench run' or another harness, to the file that \
            TICKSCOPE_RESULT names; the commit is in TICKSCOPE_COMMIT. A commit at which it fails is skipped, as with \
            125 and git bisect. The ends are measured first: where they are not where history has them, the machine \
            changed. A commit that is not clearly on one side, the noise of the history considered, is measured again, \
            and then left as not resolved. Merges count as one commit.

            EXAMPLES
              tickscope history bisect 3fa9c21
              tickscope history bisect 3fa9c21 --command 'swift build -c release && tickscope bench run \
            .build/release/engine-benchmarks -o "$TICKSCOPE_RESULT"'
              tickscope history bisect 3fa9c21 --command ./run-benchmarks.sh --result out/result.json --budget 10

            EXIT STATUS
              0  one commit is left, or commits were proposed
              2  wrong usage, or the store, the repository or the command cannot be used
              3  several commits are left
            """)

    @Argument(help: ArgumentHelp("Alert, or the beginning of its name.", valueName: "alert")) var alert: String
    @OptionGroup var place: StorePlace
    @Option(help: ArgumentHelp("Shell command that builds, measures and writes results.", valueName: "command"))
    var command: String?
    @Option(
        help: ArgumentHelp("File in the work tree that it writes instead of $TICKSCOPE_RESULT.", valueName: "file"))
    var result: String?
    @Option(help: ArgumentHelp("Most runs, or most commits to propose.", valueName: "count"))
    var budget = Bisection.Settings().budget
    @Option(help: ArgumentHelp("Most runs of a commit that is not clear.", valueName: "count"))
    var repeats = Bisection.Settings().repeats
    @Option(help: ArgumentHelp("Skip a commit whose command takes longer.", valueName: "seconds"))
    var timeout = Bisection.Settings().timeoutSeconds
    @Flag(help: "Trust the history about the ends; saves two runs.") var noEnds = false
    @Option(help: ArgumentHelp("Folder of the git repository (default: here).", valueName: "folder"))
    var repository: String?

    func validate() throws {
        guard (1...10_000).contains(budget) else { throw ValidationError("--budget lies between 1 and 10,000") }
        guard (1...100).contains(repeats) else { throw ValidationError("--repeats lies between 1 and 100") }
        guard timeout > 0, timeout < 1e7 else { throw ValidationError("--timeout is a positive number of seconds") }
        if let command, command.allSatisfy(\.isWhitespace) { throw ValidationError("--command is a shell command") }
        if command == nil, result != nil || noEnds { throw ValidationError("--result and --no-ends go with --command") }
    }

    func run() throws { try HistoryCommand.endingWithTwo(bisect) }

    private func bisect() throws -> Int32 {
        let loader = HistoryLoader(path: place.path)
        var overview = try loader.overview()
        if !overview.alerts.contains(where: { $0.id.hasPrefix(alert) }) {
            // It may be of a metric, or of times, that are not shown unless asked for.
            var request = HistoryRequest()
            (request.metrics, request.limit) = (["*"], 100_000)
            overview = try loader.overview(request)
        }
        let id = try SQLiteStore.identifier(alert, overview.alerts.map(\.id))
        guard let found = overview.alerts.first(where: { $0.id == id }) else { return 2 }
        let git = try GitRepository(repository ?? StoreLocation.workingFolder())
        var bisection = try Bisection(found, of: overview, in: git, store: place.path)
        guard let command else {
            propose(bisection, git)
            return 0
        }
        var settings = Bisection.Settings()
        (settings.budget, settings.repeats, settings.timeoutSeconds) = (budget, repeats, timeout)
        (settings.resultFile, settings.measuresEnds) = (result, !noEnds)
        Interruption.listen()
        let ending = try bisection.run(command: command, settings: settings) { StandardError.write($0 + "\n") }
        return conclude(bisection, ending, git)
    }

    private func propose(_ bisection: Bisection, _ git: GitRepository) {
        let suspects = bisection.plan.suspects
        if suspects.count == 1 {
            print("alert \(bisection.alert.id) is of \(git.title(suspects[0]))")
            return
        }
        let proposals = bisection.plan.proposals(limit: budget)
        print(
            "alert \(bisection.alert.id) lies in one of \(suspects.count) commits up to \(git.title(bisection.after)); "
                + "about \(bisection.plan.stepsLeft) runs tell which")
        if proposals.isEmpty { print("all of them were measured, and are not clearly on one side: measure them again") }
        for commit in proposals { print("  \(git.title(commit))") }
        print(
            "--command measures them; or check out one, 'tickscope bench run', and 'tickscope baseline save NAME RESULT'"
        )
    }

    private func conclude(_ bisection: Bisection, _ ending: Bisection.Ending, _ git: GitRepository) -> Int32 {
        let suspects = bisection.plan.suspects
        let runs = "\(bisection.runs) run\(bisection.runs == 1 ? "" : "s")"
        switch ending {
        case .found:
            print("alert \(bisection.alert.id) is of \(git.title(suspects[0])), after \(runs)")
            return 0
        case .endMoved(let commit):
            print(
                "not resolved: \(git.title(commit)) is not where the history has it; the machine changed since, or the "
                    + "command measures something else")
        case .budgetSpent: print("not resolved: the budget of \(runs) is spent")
        case .notResolved:
            print("not resolved: what lies between was skipped, or is not clearly on one side; after \(runs)")
        case .interrupted: print("interrupted after \(runs); what was measured is kept")
        }
        print("alert \(bisection.alert.id) is of one of \(suspects.count) commits:")
        for commit in suspects.suffix(20) { print("  \(git.title(commit))") }
        return 3
    }
}
