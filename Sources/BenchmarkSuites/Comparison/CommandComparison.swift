internal import Benchmarking
internal import CycleTiming
internal import Statistics

/// Compares what two commands take, from start to exit: wall time, and time on processors.
///
/// Each round runs A, B and A once more, one after the other on one processor, in orders that alternate. Each run is a
/// fresh process with a layout of its own, so the rounds are the replicates. No shell stands between: nothing of it is
/// measured.
package struct CommandComparison: Sendable {
    package struct Settings: Sendable {
        /// The relative difference that does not matter.
        package var tolerance = 0.01
        /// With which the intervals of both metrics hold at once.
        package var confidence = 0.95
        package var placement = ProcessorPlacement.last
        /// Rounds of commands that stay unresolved, at least 12.
        package var maximumRounds = 200
        /// So many rounds instead, which are looked at once: at least ``fewestRounds``.
        package var rounds: Int?
        /// Wall time after which commands that stay unresolved are given up, though not before the first look.
        package var seconds = 20.0
        /// Runs of each command before the first round.
        package var warmUpRuns = 1
        /// For each run.
        package var timeoutSeconds = 600.0
        /// Accepts runs that exit with another status than 0, or by a signal.
        package var ignoresFailure = false
        /// Runs the commands by this shell, such as `/bin/sh`, with `-c`; its start is then measured, too.
        package var shell: String?
        /// Run once before everything; not timed, like the following.
        package var setup: String?
        /// Run before each run of A, and of B.
        package var prepareA: String?
        package var prepareB: String?
        /// Run once after everything, whatever became of it.
        package var cleanup: String?

        package init() {}
    }

    /// How far a comparison is.
    package struct Progress: Sendable {
        package var rounds: Int
        package var maximumRounds: Int
    }

    /// Fewer have no interval for two metrics at 95 %.
    package static let fewestRounds = 7
    private static let firstLook = 12
    private let names: (a: String, b: String)
    private let a: TimedCommand
    private let b: TimedCommand
    private let setup: TimedCommand?
    private let prepareA: TimedCommand?
    private let prepareB: TimedCommand?
    private let cleanup: TimedCommand?
    private let settings: Settings
    private let plan: SequentialComparison

    /// - Throws: ``SuiteError`` for a command that is none, or settings out of range.
    package init(a: String, b: String, settings: Settings = Settings()) throws {
        func command(_ text: String) throws -> TimedCommand {
            let words = try CommandWords.split(text)
            return TimedCommand(words: settings.shell.map { [$0, "-c", text] } ?? words)
        }
        self.a = try command(a)
        self.b = try command(b)
        setup = try settings.setup.map(command)
        prepareA = try settings.prepareA.map(command)
        prepareB = try settings.prepareB.map(command)
        cleanup = try settings.cleanup.map(command)
        names = (a, b)
        self.settings = settings
        let first = settings.rounds ?? Self.firstLook
        // Two metrics share the error.
        guard settings.tolerance >= 0, settings.tolerance < 1, settings.confidence > 0, settings.confidence < 1,
            first >= Self.fewestRounds,
            let plan = SequentialComparison(
                tolerance: settings.tolerance, confidence: 1 - (1 - settings.confidence) / 2, firstLook: first,
                maximumRounds: max(first, settings.rounds ?? settings.maximumRounds))
        else {
            throw SuiteError(
                .configuration,
                "the tolerance and the confidence must lie between 0 and 1, the rounds between \(Self.fewestRounds) and "
                    + "\(SequentialComparison.mostRounds)")
        }
        self.plan = plan
    }

    /// Measures and judges. After an ``Interruption`` what is returned is no judgement.
    /// - Parameter tool: name and version of who asks, for the report.
    package func run(tool: String, progress: (Progress) -> Void = { _ in }) throws -> ComparisonReport {
        let clock = SessionClock()
        let thread = try settings.placement.apply()
        defer { thread.undo() }
        var report = ComparisonReport(
            tool: tool, startedAtNanoseconds: clock.start, durationNanoseconds: 0, machine: .current([]), a: names.a,
            b: names.b, processor: thread.processor, tolerance: settings.tolerance, confidence: settings.confidence)
        report.machine.ticksPerSecond = try ClockCalibration.measure(seconds: 0.02).ticksPerSecond
        report.warnings = SessionWarnings.all(thread)

        var wall: [RoundCosts] = []
        var cpu: [RoundCosts] = []
        var failure: ComparisonFailure?
        var cleanupComplaint: String?
        do {
            defer { if let cleanup { cleanupComplaint = complaint(of: cleanup) } }
            try measure(&wall, &cpu, clock: clock, progress: progress)
        } catch let failed as ComparisonFailure {
            failure = failed
        }
        if let cleanupComplaint {
            report.warnings.append(BenchmarkWarning("cleanup", "the cleanup command \(cleanupComplaint)"))
        }
        report.results = [(BenchmarkMetric.time, wall), (.cpuTime, cpu)].map { metric, rounds in
            var result = ComparisonResult(id: BenchmarkID(name: "command"), mode: .command, metric: metric)
            result.failure = failure
            result.seconds = rounds.reduce(0) { $0 + $1.a + $1.b + $1.control } / 1e9
            if failure == nil, !rounds.isEmpty { result.set(judge(rounds), rounds) }
            return result
        }
        report.results.correct(familyError: 1 - settings.confidence)
        report.durationNanoseconds = clock.elapsed
        return report
    }

    private func judge(_ rounds: [RoundCosts]) -> BlockedComparison {
        BlockedComparison(rounds.map { [$0] }, plan: plan)
    }

    private func measure(
        _ wall: inout [RoundCosts], _ cpu: inout [RoundCosts], clock: SessionClock,
        progress: (Progress) -> Void
    ) throws {
        if let setup {
            if let complaint = complaint(of: setup) {
                throw SuiteError(.program, "nothing was measured: the setup command \(complaint)")
            }
        }
        for _ in 0..<max(0, settings.warmUpRuns) {
            for arm in [ComparisonArm.a, .b] { _ = try run(arm) }
        }
        var order = RoundOrder()
        var nextLook = plan.looks.first
        while let look = nextLook {
            if Interruption.isRequested { return }
            progress(Progress(rounds: wall.count, maximumRounds: plan.looks.last ?? look))
            var wallCosts = RoundCosts()
            var cpuCosts = RoundCosts()
            for arm in order.next() {
                let cost = try run(arm)
                wallCosts[arm] = cost.wallNanoseconds
                cpuCosts[arm] = cost.cpuNanoseconds
            }
            wall.append(wallCosts)
            cpu.append(cpuCosts)
            guard wall.count >= look else { continue }
            // Both are judged at the same looks: one that is resolved early gets sharper with the other.
            nextLook = [judge(wall).nextLook, judge(cpu).nextLook].compactMap { $0 }.min()
            if Double(clock.elapsed) / 1e9 > settings.seconds { return }
        }
    }

    private func run(_ arm: ComparisonArm) throws -> CommandCost {
        if let prepare = arm == .b ? prepareB : prepareA, let complaint = complaint(of: prepare) {
            throw ComparisonFailure(arm, BenchmarkFailure("exited", "was not prepared: that command \(complaint)"))
        }
        let cost: CommandCost
        do {
            cost = try (arm == .b ? b : a).run(timeoutSeconds: settings.timeoutSeconds)
        } catch {
            throw ComparisonFailure(arm, error.failure)
        }
        if let complaint = cost.complaint, !settings.ignoresFailure {
            throw ComparisonFailure(
                arm,
                BenchmarkFailure(
                    "exited", "\(complaint); run it by itself to see why, or accept it with --ignore-failure"))
        }
        return cost
    }

    /// Runs a command that is not timed; nil when it went well.
    private func complaint(of command: TimedCommand) -> String? {
        do {
            return try command.run(timeoutSeconds: settings.timeoutSeconds).complaint
        } catch {
            return error.failure.text
        }
    }
}
