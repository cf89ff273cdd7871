internal import CCycles

/// Executes one operation instruction by instruction, some times over.
///
/// The operations before let lazily bound symbols, caches of the runtime and the like settle. The last count stands when
/// it equals the one before.
final class SteppingStage: MeasurementStage {
    /// What became of a stepped operation.
    enum Outcome: Equatable {
        case counted(UInt64)
        case unavailable(String)
    }

    /// At some twelve microseconds an instruction a minute.
    private static let instructionLimit: UInt64 = 5_000_000
    private static let repetitions = 3

    private let step: UnsafeMutablePointer<ts_step>
    private var counts: [UInt64] = []
    private var problem: String?

    init(keepsPath: Bool) {
        step = .allocate(capacity: 1)
        step.initialize(to: ts_step())
        step.pointee.maximum_instructions = Self.instructionLimit
        step.pointee.maximum_nanoseconds = 60_000_000_000
        guard keepsPath else { return }
        step.pointee.addresses = .allocate(capacity: InstructionPathFile.largestCount)
        step.pointee.stack_pointers = .allocate(capacity: InstructionPathFile.largestCount)
        step.pointee.capacity = UInt64(InstructionPathFile.largestCount)
    }

    deinit {
        step.pointee.addresses?.deallocate()
        step.pointee.stack_pointers?.deallocate()
        step.deallocate()
    }

    func next() -> ts_assignment? {
        guard counts.count < Self.repetitions, problem == nil else { return nil }
        var assignment = ts_assignment()
        assignment.kind = Int32(TS_ASSIGNMENT_STEPPED)
        assignment.rounds = 1
        assignment.step = step
        return assignment
    }

    func finish(ticks: UInt64) {
        switch step.pointee.state {
        case TS_STEP_COMPLETE: counts.append(step.pointee.count)
        case TS_STEP_TOO_MANY: problem = "one operation executes more than \(Self.instructionLimit) instructions"
        case TS_STEP_TOO_LONG: problem = "stepping through one operation takes more than a minute"
        case TS_STEP_SIGNAL_TAKEN: problem = "the operation handles SIGTRAP itself"
        case TS_STEP_IDLE, TS_STEP_RUNNING: problem = "this processor cannot be stepped by its own program"
        default: problem = "the operation leaves its function while it is stepped"
        }
    }

    var outcome: Outcome {
        if let problem { return .unavailable(problem) }
        guard let count = counts.last else { return .unavailable("nothing was executed") }
        return .counted(count)
    }

    /// Whether the last operations all executed the same number of instructions.
    var isRepeatable: Bool { counts.suffix(2).allSatisfy { $0 == counts.last } }

    /// The addresses of the last operation's instructions in the order of execution, and the stack pointer before each.
    var path: (addresses: UnsafeBufferPointer<UInt64>, stackPointers: UnsafeBufferPointer<UInt64>) {
        let count = Int(min(step.pointee.count, step.pointee.capacity))
        return (
            UnsafeBufferPointer(start: step.pointee.addresses, count: count),
            UnsafeBufferPointer(start: step.pointee.stack_pointers, count: count)
        )
    }
}
