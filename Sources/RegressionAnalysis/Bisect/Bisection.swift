internal import Benchmarking
internal import BenchmarkSuites
internal import Glibc
internal import ProfileFormats

/// Measures commits between which an alert's cause lies, until one is left or the budget is spent.
///
/// Every run is kept in the store, where its commit belongs. The ends are measured first: where they are not on the
/// sides on which history has them, the machine has changed since, and no commit between them could be told.
package struct Bisection {
    package struct Settings: Sendable {
        /// Most runs.
        package var budget = 20
        /// Runs of one commit that is not clearly on one side, before another is tried.
        package var repeats = 3
        /// Whether the ends are measured.
        package var measuresEnds = true
        package var timeoutSeconds = 3600.0
        /// Where the command writes its results, within the work tree; nil for `$TICKSCOPE_RESULT`.
        package var resultFile: String?

        package init() {}
    }

    package enum Ending: Hashable, Sendable {
        /// One commit is left.
        case found
        /// Several are, and no run is left to tell them apart.
        case budgetSpent
        /// Several are, and each was measured or skipped.
        case notResolved
        /// An end is not where history has it.
        case endMoved(String)
        case interrupted
    }

    package let alert: HistoryAlert
    package let before: String
    package let after: String
    package private(set) var plan: BisectPlan
    package private(set) var runs = 0

    private let members: [Member]
    private let repository: GitRepository
    private let storePath: String

    /// A series of the alert: what its two levels are, and what was measured of each commit.
    private struct Member {
        var series: StoredSeries
        var judge: StepJudge
        var values: [String: [Double]]
    }

    /// - Throws: ``RegressionError``: the runs do not tell commits, or the repository does not have them.
    package init(_ alert: HistoryAlert, of overview: HistoryOverview, in repository: GitRepository, store: String)
        throws(RegressionError)
    {
        let (before, after) = overview.bounds(alert)
        guard let low = before.commit, let high = after.commit else {
            throw RegressionError(
                .noSeries,
                "alert \(alert.id) lies between runs that tell no commit: save results with 'baseline save --commit'")
        }
        guard low != high else {
            throw RegressionError(
                .noSeries,
                "alert \(alert.id) lies within commit \(HistoryWording.short(low)): the machine changed, not the source"
            )
        }
        self.alert = alert
        self.before = low
        self.after = high
        self.repository = repository
        storePath = store
        plan = BisectPlan(try repository.line(after: low, through: high))
        let between = Set(plan.commits)
        members = alert.members.map { member in
            let history = overview.history(member), step = overview.step(member)
            var values: [String: [Double]] = [:]
            for point in history.series.points {
                if let commit = point.commit, between.contains(commit) {
                    values[commit, default: []].append(point.value)
                }
            }
            return Member(
                series: history.series,
                judge: StepJudge(before: step.before, after: step.after, noise: history.noise), values: values)
        }
        for commit in plan.commits.dropLast() where members.contains(where: { $0.values[commit] != nil }) {
            plan.note(side(of: commit, members.map(\.values)), of: commit)
        }
    }

    private func side(of commit: String, _ values: [[String: [Double]]]) -> BisectPlan.Finding {
        StepJudge.together(
            zip(members, values).compactMap { member, values in values[commit].map(member.judge.side) })
    }

    /// - Parameter report: told what happens, one line each.
    /// - Throws: ``RegressionError``: the command cannot be used, or the store cannot be written.
    package mutating func run(
        command: String, settings: Settings, report: (String) -> Void
    ) throws -> Ending {
        guard plan.suspects.count > 1 else { return .found }
        let tree = try CommitWorkTree(repository, at: after)
        defer { tree.remove() }
        var values = members.map(\.values)
        if settings.measuresEnds {
            for (commit, expected) in [(before, BisectPlan.Finding.before), (after, .after)] {
                // What history has of an end counts not: the question is where it is today.
                var today: [[String: [Double]]] = members.map { _ in [:] }
                let finding = try measure(commit, &today, tree, command, settings, report)
                if Interruption.isRequested { return .interrupted }
                if finding != expected { return finding == .unknown ? .budgetSpent : .endMoved(commit) }
            }
        }
        while plan.suspects.count > 1 {
            guard let commit = plan.next else { return .notResolved }
            let finding = try measure(commit, &values, tree, command, settings, report)
            if Interruption.isRequested { return .interrupted }
            guard finding != .unknown else { return .budgetSpent }
            plan.note(finding, of: commit)
        }
        return .found
    }

    /// Runs a commit until its side is clear; unknown when the budget was spent before.
    private mutating func measure(
        _ commit: String, _ values: inout [[String: [Double]]], _ tree: CommitWorkTree, _ command: String,
        _ settings: Settings, _ report: (String) -> Void
    ) throws -> BisectPlan.Finding {
        let title = repository.title(commit)
        do { try tree.checkOut(commit) } catch {
            report("\(title): skipped, \(error.description)")
            return .skipped
        }
        var finding = BisectPlan.Finding.unknown
        for _ in 0..<settings.repeats {
            guard runs < settings.budget else { return .unknown }
            runs += 1
            let result: BenchmarkRun
            switch try outcome(of: command, at: commit, tree, settings) {
            case .skip(let why):
                if !Interruption.isRequested { report("\(title): skipped, \(why)") }
                return .skipped
            case .measured(let run): result = run
            }
            let measured = try take(result, of: commit, &values)
            guard measured else {
                report("\(title): skipped, its results have none of the alert's benchmarks")
                return .skipped
            }
            finding = side(of: commit, values)
            report("\(title): \(wording(commit, values)), \(Self.word(finding))")
            if finding != .unclear { return finding }
        }
        return finding
    }

    // MARK: One run

    private enum Outcome {
        case measured(BenchmarkRun)
        case skip(String)
    }

    private func outcome(
        of command: String, at commit: String, _ tree: CommitWorkTree, _ settings: Settings
    ) throws(RegressionError) -> Outcome {
        let usual = "\(tree.folder)/result-\(runs).json"
        let path = settings.resultFile.map { $0.hasPrefix("/") ? $0 : "\(tree.path)/\($0)" } ?? usual
        // Results of another commit must not be taken for this one's.
        unlink(path)
        var process = ChildProcess(
            words: ["/bin/sh", "-c", "cd -- \"$0\" && exec /bin/sh -c \"$1\"", tree.path, command],
            environment: ["TICKSCOPE_RESULT": path, "TICKSCOPE_COMMIT": commit], withheld: GitRepository.withheld)
        process.output = .shown
        process.endsWithInterruption = true
        process.timeoutSeconds = settings.timeoutSeconds
        let answer = try process.run()
        if answer.hasTimedOut { return .skip("the command took longer than \(Int(settings.timeoutSeconds)) s") }
        switch answer.exitCode {
        case 0: break
        case nil: return .skip("the command was ended by signal \(answer.status & 0x7F)")
        case 126, 127:
            throw RegressionError(
                .repository,
                "the command cannot be run at \(HistoryWording.short(commit)) (status \(answer.exitCode ?? 0)): correct "
                    + "--command; it runs in the root of a work tree of that commit")
        case let code?: return .skip("the command exited with status \(code)")
        }
        guard access(path, R_OK) == 0 else {
            throw RegressionError(
                .repository,
                "the command wrote no results to "
                    + (settings.resultFile.map {
                        "'\(PlainText.of($0, limit: 100))' in its work tree: correct --result"
                    }
                        ?? "$TICKSCOPE_RESULT: write them there, or say where with --result"))
        }
        do {
            return .measured(try BenchmarkImportRegistry.decode(InputFile.read(path), path: path))
        } catch {
            throw RegressionError(.repository, "what the command wrote are no results: \(error)")
        }
    }

    /// Keeps a run in the store and its values here; false when it has none of the alert's series.
    private func take(_ run: BenchmarkRun, of commit: String, _ values: inout [[String: [Double]]]) throws -> Bool {
        let points = RunPoints.of(run)
        var isFitting = false
        for (index, member) in members.enumerated() {
            let point = points.first {
                $0.id == member.series.benchmark && $0.metric == member.series.metric.id
            }
            guard let point else { continue }
            guard StoredMachine.areAlike(member.series.machine.fingerprint, run.machine) else { continue }
            values[index][commit, default: []].append(point.median)
            isFitting = true
        }
        if !isFitting, !members.contains(where: { StoredMachine.areAlike($0.series.machine.fingerprint, run.machine) })
        {
            throw RegressionError(
                .incomparable,
                "the command measures on another machine than the alert's runs (\(members[0].series.machine.title)): run "
                    + "bisect there")
        }
        guard isFitting else { return false }
        let place = plan.commits.firstIndex(of: commit).map { $0 + 1 } ?? 0
        _ = try SQLiteStore(path: storePath, access: .writing).save(
            run, as: nil, origin: RunOrigin(commit: commit, branch: alert.branch), replacesPinned: false,
            before: Array(plan.commits[place...]))
        return true
    }

    private func wording(_ commit: String, _ values: [[String: [Double]]]) -> String {
        for (member, values) in zip(members, values) {
            guard let last = values[commit]?.last else { continue }
            let kind = UnitText.kind(of: member.series.metric)
            return "\(PlainText.of(member.series.benchmark.description)) \(member.series.metric.id) "
                + UnitText.text(last, kind, uncertainty: member.judge.noise > 0 ? member.judge.noise / 10 : nil)
        }
        return "measured"
    }

    private static func word(_ finding: BisectPlan.Finding) -> String {
        switch finding {
        case .before: "before the step"
        case .after: "after the step"
        default: "not resolved"
        }
    }
}
