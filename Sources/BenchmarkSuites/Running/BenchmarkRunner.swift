package import Benchmarking
internal import CycleTiming
internal import Glibc
internal import PerfEvents

/// Measures the benchmarks of a program, each in several fresh processes.
///
/// The processes of all benchmarks take turns, in an order that is shuffled for each round: what the machine does over
/// minutes falls on all of them.
package struct BenchmarkRunner: Sendable {
    /// What is asked for on top of what benchmarks declare; nil keeps the declaration.
    package struct Settings: Sendable {
        package var seconds: Double?
        package var processes: Int?
        package var iterations: Int?
        package var warmUpIterations: Int?
        package var cpu: Int?
        /// Pins no benchmark, whatever is declared.
        package var isUnpinned = false
        package var timeoutSeconds: Double?
        /// Measures this way whatever a benchmark declares.
        package var mode: BenchmarkMode?
        /// Counts the instructions of one operation of each benchmark, too.
        package var countsInstructions = false
        /// Finds out in which functions the time goes, too: names what workers found.
        package var codeReader: (any CodeReader)?

        package init() {}
    }

    /// Processes that step through an operation for a profile: what differs between them is no exact count.
    private static let steppingProcesses = 3
    /// Seconds of sampling for each second of timing: how sure a share is depends on the samples' number alone.
    package static let samplingPerTiming = 2.5

    /// How far a run is.
    package struct Progress: Sendable {
        package var benchmark: BenchmarkID
        package var finished: Int
        package var total: Int
    }

    /// Processes of a benchmark that says nothing of it: the fewest whose smallest and largest but one bound the median
    /// with 97.9 % confidence.
    package static let defaultProcesses = 10
    /// Seconds of measuring for such a benchmark, of all processes together; in latency mode twice as long, because rare
    /// operations are what is looked for.
    package static let defaultSeconds = 0.6

    private let program: String
    private let benchmarks: [DeclaredBenchmark]
    private let settings: Settings

    /// - Parameter benchmarks: those to measure, as the program declares them.
    package init(program: BenchmarkProgramFile, benchmarks: [DeclaredBenchmark], settings: Settings) {
        self.program = program.path
        self.benchmarks = benchmarks.map { declared in
            var declared = declared
            let options = declared.options
            declared.options.iterations = settings.iterations ?? options.iterations
            declared.options.warmUpIterations = settings.warmUpIterations ?? options.warmUpIterations
            declared.options.cpu = settings.isUnpinned ? nil : settings.cpu ?? options.cpu
            declared.options.mode = settings.mode ?? options.mode
            // What happens before each operation needs operations that are measured one by one.
            if declared.options.mode != .latency { declared.options.preparation = .none }
            declared.options.seconds =
                settings.seconds ?? options.seconds
                ?? (declared.options.mode == .latency ? 2 : 1) * Self.defaultSeconds
            declared.options.processes = settings.processes ?? options.processes ?? Self.defaultProcesses
            declared.options.timeoutSeconds = settings.timeoutSeconds ?? options.timeoutSeconds
            return declared
        }
        self.settings = settings
    }

    /// Measures.
    ///
    /// After an ``Interruption`` what was measured so far is returned.
    /// - Parameter tool: name and version of who asks, for the result.
    package func run(tool: String, progress: (Progress) -> Void = { _ in }) throws -> BenchmarkRun {
        try Self.run([self], tool: tool, progress: progress)[0]
    }

    /// Measures several programs, whose processes take turns, in an order that changes from round to round.
    /// - Returns: a run for each.
    package static func run(
        _ sides: [BenchmarkRunner], tool: String, progress: (Progress) -> Void = { _ in }
    ) throws -> [BenchmarkRun] {
        var findings = sides.map { side in [Findings](repeating: Findings(), count: side.benchmarks.count) }
        let rounds = sides.flatMap(\.benchmarks).map { $0.options.processes ?? 1 }.max() ?? 0
        let total = sides.flatMap(\.benchmarks).reduce(0) { $0 + ($1.options.processes ?? 1) }
        var finished = 0
        let begin = realTime()
        func isCancelled() -> Bool { Interruption.isRequested }
        measuring: for round in 0..<rounds {
            // The same benchmark of all sides one after the other: what the machine does falls on all of them.
            let places = sides.indices.flatMap { side in sides[side].benchmarks.indices.map { (side, $0) } }
            let keys = (0..<(places.map(\.1).max() ?? 0) + 1).shuffled()
            for (side, index) in places.shuffled().sorted(by: { keys[$0.1] < keys[$1.1] }) {
                let benchmark = sides[side].benchmarks[index]
                guard round < benchmark.options.processes ?? 1 else { continue }
                if isCancelled() { break measuring }
                progress(Progress(benchmark: benchmark.id, finished: finished, total: total))
                finished += 1
                // What failed once fails again, and may take its whole timeout.
                guard findings[side][index].failure == nil else { continue }
                try sides[side].measure(benchmark, &findings[side][index], isCancelled)
                if isCancelled() { break measuring }
            }
        }
        for (side, runner) in sides.enumerated() {
            for index in runner.benchmarks.indices where findings[side][index].failure == nil && !isCancelled() {
                try runner.step(runner.benchmarks[index], &findings[side][index])
            }
        }
        let duration = realTime() - begin
        return zip(sides, findings).map { runner, findings in
            BenchmarkRun(
                tool: tool, startedAtNanoseconds: begin, durationNanoseconds: duration,
                machine: .current(findings.map(\.reports).joined()),
                results: zip(runner.benchmarks, findings).map { runner.result($0, $1) })
        }
    }

    /// What was found out about a benchmark.
    private struct Findings {
        var reports: [WorkerReport] = []
        var failure: BenchmarkFailure?
        var operation: SteppedOperation?
        var samples: [[FunctionProfile.Function: Int64]] = []
        var instructions: [[FunctionProfile.Function: Int64]] = []
        var instructionsUnavailable: String?
    }

    private func measure(_ benchmark: DeclaredBenchmark, _ findings: inout Findings, _ isCancelled: () -> Bool) throws {
        var request = request(.measure, benchmark)
        let file = settings.codeReader == nil ? nil : try TemporaryFile()
        if let file {
            request.samplesPath = file.path
            request.samplingSeconds = (request.seconds ?? 0) * Self.samplingPerTiming
        }
        switch try answer(request, benchmark) {
        case _ where isCancelled(): return
        case .measured(let report):
            findings.reports.append(report)
            if let file, let reader = settings.codeReader {
                findings.samples.append(
                    report.samplesUnavailable == nil ? try reader.samples(in: file.path) : [:])
            }
        case .failed(let failure): findings.failure = failure
        default: findings.failure = BenchmarkFailure("protocol", "the program answered something else")
        }
    }

    private func step(_ benchmark: DeclaredBenchmark, _ findings: inout Findings) throws {
        guard let reader = settings.codeReader else {
            if settings.countsInstructions { findings.operation = try stepped(request(.step, benchmark), benchmark) }
            return
        }
        for _ in 0..<Self.steppingProcesses where findings.operation?.unavailable == nil {
            let file = try TemporaryFile()
            var request = request(.step, benchmark)
            request.tracePath = file.path
            findings.operation = try stepped(request, benchmark)
            guard let operation = findings.operation, operation.unavailable == nil else { break }
            let counts = try reader.instructions(in: file.path)
            if !operation.isRepeatable {
                findings.instructionsUnavailable = "an operation does not execute the same instructions each time"
            } else if counts.values.reduce(0, +) < Int64(clamping: operation.instructions) {
                findings.instructionsUnavailable = "an operation executes more instructions than are told apart"
            } else {
                findings.instructions.append(counts)
            }
        }
    }

    private func stepped(_ request: WorkerRequest, _ benchmark: DeclaredBenchmark) throws -> SteppedOperation? {
        switch try answer(request, benchmark) {
        case .stepped(let operation): operation
        case .failed(let failure): SteppedOperation(instructions: 0, unavailable: failure.text)
        default: nil
        }
    }

    private func result(_ benchmark: DeclaredBenchmark, _ findings: Findings) -> BenchmarkResult {
        var result = BenchmarkResult(id: benchmark.id, options: benchmark.options, reports: findings.reports)
        result.failure = findings.failure ?? result.failure
        if let operation = findings.operation { result.add(operation) }
        guard settings.codeReader != nil, findings.failure == nil, !findings.reports.isEmpty else { return result }
        let isExact = findings.instructionsUnavailable == nil && findings.operation?.unavailable == nil
        var profile = FunctionProfile(
            processes: findings.samples, operations: isExact ? findings.instructions : [])
        profile.unavailable = findings.reports.compactMap(\.samplesUnavailable).first
        if profile.instructions == nil {
            profile.instructionsUnavailable =
                findings.operation?.unavailable ?? findings.instructionsUnavailable
                ?? "an operation executes other instructions in each process"
        }
        result.profile = profile
        return result
    }

    private func request(_ action: WorkerRequest.Action, _ benchmark: DeclaredBenchmark) -> WorkerRequest {
        let options = benchmark.options
        var seconds = (options.seconds ?? Self.defaultSeconds) / Double(options.processes ?? 1)
        // The time that was asked for is for both.
        if settings.codeReader != nil, action == .measure { seconds /= 1 + Self.samplingPerTiming }
        return WorkerRequest(action: action, id: benchmark.id, options: options, seconds: seconds)
    }

    private func answer(_ request: WorkerRequest, _ benchmark: DeclaredBenchmark) throws -> WorkerAnswer {
        let seconds = (request.seconds ?? 0) + (request.samplingSeconds ?? 0)
        let timeout = benchmark.options.timeoutSeconds ?? max(60, 20 * seconds)
        return try WorkerProcess(program, request: request, timeoutSeconds: timeout).result()
    }

    private static func realTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension BenchmarkResult {
    /// Adds the exact number of instructions of one operation.
    fileprivate mutating func add(_ operation: SteppedOperation) {
        series.append(
            MetricSeries(
                metric: .instructions,
                values: operation.unavailable == nil ? [Double(operation.instructions)] : [],
                unavailable: operation.unavailable))
        if !operation.isRepeatable {
            warnings.append(
                BenchmarkWarning(
                    "instructions-vary", "does not execute the same number of instructions each time: the last is shown"
                ))
        }
    }
}
