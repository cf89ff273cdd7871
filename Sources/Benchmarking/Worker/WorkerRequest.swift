/// What a benchmark program is asked to do by whoever started it, in the environment.
package struct WorkerRequest: Codable, Sendable {
    /// Holds the request as JSON.
    package static let variable = "TICKSCOPE_BENCH_REQUEST"
    /// Holds the number of the descriptor to which the program writes its answer, as JSON.
    package static let descriptorVariable = "TICKSCOPE_BENCH_FD"
    /// Holds anything: environments of different sizes move the stack.
    package static let paddingVariable = "TICKSCOPE_BENCH_PADDING"
    /// The version of what is spoken between the tool and a benchmark program.
    package static let protocolVersion = 1

    package enum Action: String, Codable, Sendable {
        /// Say which benchmarks there are.
        case list
        /// Measure one.
        case measure
        /// Execute one operation of one, instruction by instruction.
        case step
        /// Measure epochs of one whenever told to, to be compared with another program.
        case lockstep
    }

    package var protocolVersion = WorkerRequest.protocolVersion
    package var action: Action
    package var id: BenchmarkID?
    /// Settings of the benchmark as declared, with those of the suite and the command line over them.
    package var options: BenchmarkOptions?
    /// Seconds that this process measures.
    package var seconds: Double?
    /// Descriptors from which commands come and to which answers go, for `lockstep`.
    package var commandDescriptor: Int32?
    package var answerDescriptor: Int32?
    /// File for the executed instructions, for `step`.
    package var tracePath: String?
    /// File for where samples were, for `measure`, and seconds of sampling; nil takes none.
    package var samplesPath: String?
    package var samplingSeconds: Double?

    package init(action: Action, id: BenchmarkID? = nil, options: BenchmarkOptions? = nil, seconds: Double? = nil) {
        self.action = action
        self.id = id
        self.options = options
        self.seconds = seconds
    }

    /// A command to a program that measures in lockstep, never 0, which is the end.
    /// - Parameters:
    ///   - count: rounds of eight operations, or single operations.
    ///   - isSingle: which of the two.
    package static func lockstepCommand(count: UInt64, isSingle: Bool) -> UInt64 {
        max(1, min(count, ~singleOperations)) | (isSingle ? singleOperations : 0)
    }

    /// The bit of a command that says that it counts single operations.
    static let singleOperations: UInt64 = 1 << 63
}

/// A benchmark as its program declares it.
package struct DeclaredBenchmark: Codable, Hashable, Sendable {
    package var id: BenchmarkID
    package var options: BenchmarkOptions

    package init(id: BenchmarkID, options: BenchmarkOptions) {
        self.id = id
        self.options = options
    }
}

/// What a benchmark program answers: one value, then it closes the descriptor and exits.
package enum WorkerAnswer: Codable, Sendable {
    case benchmarks([DeclaredBenchmark], protocolVersion: Int)
    case measured(WorkerReport)
    case stepped(SteppedOperation)
    /// A comparison is over.
    case finished
    case failed(BenchmarkFailure)
}

/// One operation, counted instruction by instruction.
package struct SteppedOperation: Codable, Hashable, Sendable {
    package var instructions: UInt64
    /// Whether it executed as many each time.
    package var isRepeatable: Bool
    /// Why there is no count.
    package var unavailable: String?

    package init(instructions: UInt64, isRepeatable: Bool = true, unavailable: String? = nil) {
        self.instructions = instructions
        self.isRepeatable = isRepeatable
        self.unavailable = unavailable
    }
}
