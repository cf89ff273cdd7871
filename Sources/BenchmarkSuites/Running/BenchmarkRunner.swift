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

        package init() {}
    }

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
        var reports = [[WorkerReport]](repeating: [], count: benchmarks.count)
        var failures = [BenchmarkFailure?](repeating: nil, count: benchmarks.count)
        var stepped = [SteppedOperation?](repeating: nil, count: benchmarks.count)
        let rounds = benchmarks.map { $0.options.processes ?? 1 }.max() ?? 0
        let total = benchmarks.reduce(0) { $0 + ($1.options.processes ?? 1) }
        var finished = 0
        let begin = Self.realTime()
        func isCancelled() -> Bool { Interruption.isRequested }
        measuring: for round in 0..<rounds {
            for index in benchmarks.indices.shuffled() where round < benchmarks[index].options.processes ?? 1 {
                if isCancelled() { break measuring }
                progress(Progress(benchmark: benchmarks[index].id, finished: finished, total: total))
                finished += 1
                // What failed once fails again, and may take its whole timeout.
                guard failures[index] == nil else { continue }
                switch try answer(.measure, benchmarks[index]) {
                case _ where isCancelled(): break measuring
                case .measured(let report): reports[index].append(report)
                case .failed(let failure): failures[index] = failure
                default: failures[index] = BenchmarkFailure("protocol", "the program answered something else")
                }
            }
        }
        if settings.countsInstructions {
            for index in benchmarks.indices where failures[index] == nil && !isCancelled() {
                switch try answer(.step, benchmarks[index]) {
                case .stepped(let operation): stepped[index] = operation
                case .failed(let failure):
                    stepped[index] = SteppedOperation(instructions: 0, unavailable: failure.text)
                default: break
                }
            }
        }
        let results = benchmarks.indices.map { index in
            var result = BenchmarkResult(
                id: benchmarks[index].id, options: benchmarks[index].options, reports: reports[index])
            result.failure = failures[index] ?? result.failure
            if let operation = stepped[index] { result.add(operation) }
            return result
        }
        return BenchmarkRun(
            tool: tool, startedAtNanoseconds: begin, durationNanoseconds: Self.realTime() - begin,
            machine: .current(reports.joined()), results: results)
    }

    private func answer(_ action: WorkerRequest.Action, _ benchmark: DeclaredBenchmark) throws -> WorkerAnswer {
        let options = benchmark.options
        let seconds = (options.seconds ?? Self.defaultSeconds) / Double(options.processes ?? 1)
        let request = WorkerRequest(action: action, id: benchmark.id, options: options, seconds: seconds)
        let timeout = options.timeoutSeconds ?? max(60, 20 * seconds)
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
