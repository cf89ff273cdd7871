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
        /// Run once before everything, and before each run; not timed.
        package var setup: String?
        package var prepare: String?

        package init() {}
    }

    /// How far a comparison is.
    package struct Progress: Sendable {
        package var rounds: Int
        package var maximumRounds: Int
    }

    private static let firstLook = 12
    private let names: (a: String, b: String)
    private let a: TimedCommand
    private let b: TimedCommand
    private let setup: TimedCommand?
    private let prepare: TimedCommand?
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
        prepare = try settings.prepare.map(command)
        names = (a, b)
        self.settings = settings
        // Two metrics share the error.
        guard settings.tolerance >= 0, settings.tolerance < 1, settings.confidence > 0, settings.confidence < 1,
            let plan = SequentialComparison(
                tolerance: settings.tolerance, confidence: 1 - (1 - settings.confidence) / 2, firstLook: Self.firstLook,
                maximumRounds: max(Self.firstLook, settings.maximumRounds))
        else {
            throw SuiteError(
                .configuration,
                "the tolerance and the confidence must lie between 0 and 1, the rounds between 12 and \(SequentialComparison.mostRounds)"
            )
        }
        self.plan = plan
    }

    /// Measures and judges.
    /// - Parameters:
    ///   - tool: name and version of who asks, for the report.
    ///   - isCancelled: asked between rounds; what was measured so far is judged.
    package func run(
        tool: String, isCancelled: () -> Bool = { false }, progress: (Progress) -> Void = { _ in }
    ) throws -> ComparisonReport {
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
        do {
            try measure(&wall, &cpu, clock: clock, isCancelled: isCancelled, progress: progress)
        } catch let failed as ComparisonFailure {
            failure = failed
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
        _ wall: inout [RoundCosts], _ cpu: inout [RoundCosts], clock: SessionClock, isCancelled: () -> Bool,
        progress: (Progress) -> Void
    ) throws {
        if let setup { try runAside(setup, "setup", .a) }
        for _ in 0..<max(0, settings.warmUpRuns) {
            for arm in [ComparisonArm.a, .b] { _ = try run(arm) }
        }
        var order = RoundOrder()
        var nextLook: Int? = Self.firstLook
        while let look = nextLook {
            if isCancelled() { return }
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
        if let prepare { try runAside(prepare, "prepare", arm) }
        let cost: CommandCost
        do {
            cost = try (arm == .b ? b : a).run(timeoutSeconds: settings.timeoutSeconds)
        } catch {
            throw ComparisonFailure(arm, error.failure)
        }
        if let complaint = cost.complaint, !settings.ignoresFailure {
            throw ComparisonFailure(
                arm,
                BenchmarkFailure("exited", "\(complaint); run it by itself to see why, or ignore failures"))
        }
        return cost
    }

    private func runAside(_ command: TimedCommand, _ role: String, _ arm: ComparisonArm) throws {
        let complaint: String?
        do {
            complaint = try command.run(timeoutSeconds: settings.timeoutSeconds).complaint
        } catch {
            throw ComparisonFailure(
                arm, BenchmarkFailure(error.failure.code, "its \(role) command \(error.failure.text)"))
        }
        if let complaint {
            throw ComparisonFailure(arm, BenchmarkFailure("exited", "its \(role) command \(complaint)"))
        }
    }
}
