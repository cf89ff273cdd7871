/// What an unwind saw on its way: for each frame that it left, where the return address was and what the caller's frame
/// pointer is.
///
/// Kept only for stacks that break off, which are then compared with what is known of the thread's outer frames.
package struct UnwindTrace: ~Copyable {
    /// One step from a frame to its caller.
    package struct Step {
        /// Address of the word that holds the return address.
        package var returnSlot: UInt64
        /// The return address; 0 when the word was not in the captured bytes.
        package var returnAddress: UInt64
        /// The caller's frame pointer; nil when it is not known.
        package var framePointer: UInt64?
    }

    private let steps: UnsafeMutableBufferPointer<Step>
    /// Number of steps. Step `i` leads from frame `i` to frame `i + 1`; the last one may lack its return address.
    package private(set) var count = 0

    package init(capacity: Int) {
        steps = .allocate(capacity: capacity)
        steps.initialize(repeating: Step(returnSlot: 0, returnAddress: 0, framePointer: nil))
    }

    deinit { steps.deallocate() }

    package subscript(index: Int) -> Step {
        precondition(index < count, "a step that was taken")
        return steps[index]
    }

    package mutating func removeAll() { count = 0 }

    package mutating func append(_ step: Step) {
        guard count < steps.count else { return }
        steps[count] = step
        count += 1
    }
}

/// Is told of each step of an unwind. A generic parameter, so that an unwind that nobody watches pays nothing.
protocol UnwindObserver: ~Copyable {
    mutating func didStep(_ step: UnwindTrace.Step)
}

struct NoObserver: UnwindObserver {
    @inline(__always)
    mutating func didStep(_ step: UnwindTrace.Step) {}
}

extension UnwindTrace: UnwindObserver {
    mutating func didStep(_ step: Step) { append(step) }
}
