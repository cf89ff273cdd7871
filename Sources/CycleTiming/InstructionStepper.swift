internal import CCycles
internal import Glibc

/// Executes a region of the calling thread one instruction at a time and notes each, without a PMU or any privilege.
///
/// Ten to twenty microseconds an instruction; what depends on time (a timeout, a race) may take another path than
/// unstepped. The region may call anything: the C library, system calls, threads, processes; those made in it, and signal
/// handlers, run at full speed and are not counted. What the region must not do is set a SIGTRAP handler.
package final class InstructionStepper {
    private let step: UnsafeMutablePointer<ts_step>
    private let addresses: UnsafeMutableBufferPointer<UInt64>
    private let stackPointers: UnsafeMutableBufferPointer<UInt64>
    private let maximumInstructions: Int
    private let maximumSeconds: Double
    private var callOverhead = 0

    /// - Parameters:
    ///   - capacity: instructions of which address and stack pointer are kept; the rest is only counted.
    ///   - maximumInstructions: stepping stops, and ``trace(_:)`` throws, when the region has more.
    ///   - maximumSeconds: the same when it takes longer.
    /// - Throws: ``TimingError`` where the processor cannot step itself.
    package init(
        capacity: Int = 1 << 16, maximumInstructions: Int = 1_000_000, maximumSeconds: Double = 60
    ) throws {
        guard capacity >= 0, capacity <= 1 << 28, maximumInstructions >= 0, maximumSeconds >= 0,
            maximumSeconds <= 1e6
        else { throw TimingError(.argument, "the limits of stepping are negative or beyond reason") }
        self.maximumInstructions = maximumInstructions
        self.maximumSeconds = maximumSeconds
        step = .allocate(capacity: 1)
        step.initialize(to: ts_step())
        addresses = .allocate(capacity: capacity)
        stackPointers = .allocate(capacity: capacity)
        callOverhead = try run(Self.emptyBody()).count
    }

    deinit {
        step.deallocate()
        addresses.deallocate()
        stackPointers.deallocate()
    }

    /// Steps through `body` once.
    /// - Returns: what was executed, when all of it was seen.
    /// - Throws: what `body` throws; ``TimingError`` when a limit was reached, or `body` left without returning,
    ///   switched stacks, traced something itself, or took SIGTRAP. `body` has run to its end nevertheless.
    package func trace(_ body: () throws -> Void) throws -> InstructionTrace { try run(body) }

    /// Opaque to the optimizer, which would else make a copy of ``run(_:)`` for this body.
    @inline(never) @_optimize(none)
    private static func emptyBody() -> () throws -> Void { {} }

    /// Not inlined: the call of `body` must be the same instructions for every body.
    @inline(never)
    private func run(_ body: () throws -> Void) throws -> InstructionTrace {
        step.pointee.addresses = addresses.baseAddress
        step.pointee.stack_pointers = stackPointers.baseAddress
        step.pointee.capacity = UInt64(addresses.count)
        step.pointee.maximum_instructions = UInt64(maximumInstructions + callOverhead)
        step.pointee.maximum_nanoseconds = UInt64(maximumSeconds * 1e9)
        let error = ts_step_prepare(step)
        guard error == 0 else {
            throw TimingError(
                error == ENOSYS ? .unsupported : .refused, errno: error,
                "instructions cannot be stepped: \(TimingError.text(error))"
                    + (error == ENOSYS ? " on this architecture" : ""))
        }
        do {
            ts_step_on()
            try body()
            ts_step_off()
        } catch {
            ts_step_off()
            ts_step_finish(step)
            throw error
        }
        ts_step_finish(step)
        return try result()
    }

    private func result() throws -> InstructionTrace {
        switch step.pointee.state {
        case TS_STEP_COMPLETE: break
        case TS_STEP_TOO_MANY:
            throw TimingError(
                .limit, "the region has more than \(maximumInstructions) instructions; raise the limit or trace less")
        case TS_STEP_TOO_LONG:
            throw TimingError(
                .limit, "stepping took longer than \(maximumSeconds) seconds; raise the limit or trace less")
        case TS_STEP_SIGNAL_TAKEN:
            throw TimingError(.disturbed, "the region set a SIGTRAP handler, which stepping needs for itself")
        default:
            throw TimingError(
                .disturbed,
                "the region left by a jump, switched stacks or traced itself: it cannot be stepped as a whole")
        }
        let count = Int(step.pointee.count)
        let kept = min(count, addresses.count)
        return InstructionTrace(
            count: count - callOverhead, callOverhead: callOverhead, addresses: Array(addresses[..<kept]),
            stackPointers: Array(stackPointers[..<kept]), isTruncated: kept < count)
    }
}
