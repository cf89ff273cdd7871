package import BenchmarkSuites
package import Benchmarking
package import Symbolization

/// Has a benchmark program execute one operation instruction by instruction, and makes a trace of what it wrote.
package struct OperationTracer: Sendable {
    private let program: String
    private let benchmark: DeclaredBenchmark
    private let options: SymbolizationOptions

    /// Some five million instructions are stepped in a minute, three times over.
    private static let timeoutSeconds = 240.0

    /// - Parameters:
    ///   - benchmarks: those that a filter left.
    ///   - filters: which; of several benchmarks the one that is named exactly so is meant.
    /// - Throws: ``SuiteError`` of code `nothingSelected` when it is not clear which benchmark is meant.
    package init(
        _ program: BenchmarkProgramFile, _ benchmarks: [DeclaredBenchmark], filters: [String],
        options: SymbolizationOptions
    ) throws(SuiteError) {
        let exact = benchmarks.filter { filters.contains($0.id.description) }
        let meant = benchmarks.count > 1 && exact.count == 1 ? exact : benchmarks
        guard let benchmark = meant.first, meant.count == 1 else {
            let names = meant.prefix(8).map(\.id.description).joined(separator: ", ")
            throw SuiteError(
                .nothingSelected,
                "one operation of one benchmark is traced, and \(meant.count) are meant: \(names)"
                    + "\(meant.count > 8 ? ", …" : ""); name one with --filter")
        }
        self.program = program.path
        self.benchmark = benchmark
        self.options = options
    }

    /// Executes the operation.
    /// - Throws: ``SuiteError`` when it cannot be stepped or is not a benchmark's to be, with the reason;
    ///   ``FormatError`` for a path that makes no sense.
    package func trace() throws -> OperationTrace {
        let file = try TemporaryFile()
        var request = WorkerRequest(action: .step, id: benchmark.id, options: benchmark.options)
        request.tracePath = file.path
        let timeout = benchmark.options.timeoutSeconds ?? Self.timeoutSeconds
        let worker = try WorkerProcess(program, request: request, timeoutSeconds: timeout)
        let pid = worker.identifier
        switch worker.result() {
        case .stepped(let operation):
            if let reason = operation.unavailable {
                throw SuiteError(.program, "'\(benchmark.id)' cannot be traced: \(reason)")
            }
            let subject = OperationTrace.Subject(
                benchmark: benchmark.id.description, program: program, pid: pid,
                instructions: Int64(clamping: operation.instructions), isRepeatable: operation.isRepeatable)
            return try withExtendedLifetime(file) {
                try OperationTrace(try InstructionPath(file: file.path), subject, options: options)
            }
        case .failed(let failure): throw SuiteError(.program, "'\(benchmark.id)' \(failure.text)")
        default: throw SuiteError(.program, "'\(program)' answered something else; rebuild it with this version")
        }
    }
}
