package import Benchmarking

internal import CycleTiming
internal import Glibc

/// Compares the benchmarks that two builds share.
///
/// A, B and A once more run as fresh processes on one processor and take turns, each an epoch of about 200 µs of the same
/// number of operations, in orders that alternate (``RoundOrder``): what drifts or disturbs hits all alike. After some
/// rounds they are replaced by new processes with another layout in memory. Blocks of all benchmarks take turns, too.
/// A benchmark is done as soon as it is resolved, see ``SequentialComparison`` and ``BlockedComparison``.
///
/// What is compared is what an operation costs when it is repeated, whatever mode a benchmark declares.
package struct BinaryComparison: Sendable {
    package struct Settings: Sendable {
        /// The relative difference that does not matter.
        package var tolerance = 0.01
        /// With which all intervals of the report hold at once.
        package var confidence = 0.95
        package var placement = ProcessorPlacement.last
        /// Blocks of fresh processes of a benchmark that stays unresolved.
        package var maximumBlocks = 24
        /// Wall time after which a benchmark that stays unresolved is given up, though not before its first look.
        package var secondsPerBenchmark = 30.0
        /// For each answer of a program, an epoch or being ready; nil for what a benchmark declares, or else a minute.
        package var timeoutSeconds: Double?

        package init() {}
    }

    /// How far a comparison is.
    package struct Progress: Sendable {
        package var benchmark: BenchmarkID
        /// Benchmarks that are done.
        package var finished: Int
        package var total: Int
        /// Blocks that were measured of this benchmark.
        package var blocks: Int
    }

    private let a: BenchmarkProgramFile
    private let b: BenchmarkProgramFile
    private let benchmarks: [DeclaredBenchmark]
    private let settings: Settings

    /// - Parameter isSelected: whether to compare a benchmark.
    /// - Throws: ``SuiteError`` when there is nothing to compare.
    package init(
        a: BenchmarkProgramFile, b: BenchmarkProgramFile, settings: Settings = Settings(),
        isSelected: (DeclaredBenchmark) -> Bool = { _ in true }
    ) throws {
        let known = Set(b.benchmarks.map(\.id))
        let shared = a.benchmarks.filter { known.contains($0.id) }
        guard !shared.isEmpty else {
            throw SuiteError(
                .nothingSelected,
                "'\(a.path)' and '\(b.path)' have no benchmark in common; compare two builds of one suite")
        }
        benchmarks = shared.filter(isSelected)
        guard !benchmarks.isEmpty else {
            throw SuiteError(.nothingSelected, "no benchmark that both programs have is selected; see 'bench list'")
        }
        guard settings.tolerance >= 0, settings.tolerance < 1, settings.confidence > 0, settings.confidence < 1 else {
            throw SuiteError(.configuration, "the tolerance and the confidence must lie between 0 and 1")
        }
        self.a = a
        self.b = b
        self.settings = settings
    }

    /// Measures and judges. After an ``Interruption`` what is returned is no judgement.
    /// - Parameter tool: name and version of who asks, for the report.
    package func run(tool: String, progress: (Progress) -> Void = { _ in }) throws -> ComparisonReport {
        let clock = SessionClock()
        let thread = try settings.placement.apply()
        defer { thread.undo() }
        var report = ComparisonReport(
            tool: tool, startedAtNanoseconds: clock.start, durationNanoseconds: 0, machine: .current([]), a: a.path,
            b: b.path, processor: thread.processor, tolerance: settings.tolerance, confidence: settings.confidence)
        report.onlyInA = Self.ids(a.benchmarks, without: b.benchmarks)
        report.onlyInB = Self.ids(b.benchmarks, without: a.benchmarks)
        report.warnings = SessionWarnings.all(thread)
        let rate = try ClockCalibration.measure(seconds: 0.02).ticksPerSecond
        report.machine.ticksPerSecond = rate

        var runs = benchmarks.map { ComparedBenchmark($0, ticksPerSecond: rate, tickStep: report.machine.tickStep) }
        let error = (1 - settings.confidence) / Double(runs.count)
        var finished = 0
        measuring: while finished < runs.count {
            for index in runs.indices.shuffled() where !runs[index].isDone {
                if Interruption.isRequested { break measuring }
                progress(
                    Progress(
                        benchmark: benchmarks[index].id, finished: finished, total: runs.count,
                        blocks: runs[index].blocks))
                try runs[index].advance(confidence: 1 - error, settings: settings) { arm, benchmark, timeout in
                    try LockstepProcess(
                        arm == .b ? b.path : a.path, benchmark: benchmark, arm: arm, timeoutSeconds: timeout)
                }
                if runs[index].isDone { finished += 1 }
            }
        }
        report.results = runs.map(\.result)
        report.results.correct(familyError: 1 - settings.confidence)
        report.durationNanoseconds = clock.elapsed
        return report
    }

    private static func ids(_ some: [DeclaredBenchmark], without others: [DeclaredBenchmark]) -> [BenchmarkID] {
        let known = Set(others.map(\.id))
        return some.map(\.id).filter { !known.contains($0) }
    }
}

/// The clock of a report.
struct SessionClock {
    /// Nanoseconds since 1970.
    let start = SessionClock.now()

    var elapsed: Int64 { Self.now() - start }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
