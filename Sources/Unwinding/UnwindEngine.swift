/// Why a stack ends where it does.
package enum UnwindEnd: UInt8, Hashable, Sendable {
    /// The thread's entry: the stack is complete.
    case root
    /// The next frame lies outside the captured bytes.
    case stackBytes
    /// The last program counter has no unwind entry in its module.
    case noUnwindInfo
    /// The last program counter is in no readable executable mapping.
    case noModule
    /// The unwind entry does not work out.
    case badUnwindInfo
    /// The unwind entry's rule is more than this engine follows.
    case unsupportedRule
    /// More frames than the limit.
    case depth
}

/// What came of one sample's user stack; the addresses are in the engine's output buffer, leaf first.
package struct UnwindResult: Sendable {
    package var frameCount: Int
    package var end: UnwindEnd
    /// The interrupted function has no unwind entry; its caller was proved by the code it returns to.
    package var isLeafRecovered = false
    /// Frames that the kernel's chain of frame pointers gave, proved by the tables: the outermost ones.
    package var chainedFrames = 0

    package init(frameCount: Int, end: UnwindEnd) {
        self.frameCount = frameCount
        self.end = end
    }

    init(frameCount: Int, end: UnwindEnd, chainedFrom shorter: UnwindResult) {
        self.init(frameCount: frameCount, end: end)
        chainedFrames = frameCount - shorter.frameCount
    }
}

/// A method of following a stack from captured registers and bytes. Owns no process and reads none.
package protocol UnwindEngine: ~Copyable {
    /// Unwinds one sample.
    /// - Parameters:
    ///   - registers: in DWARF order, program counter last.
    ///   - stack: the bytes from the stack pointer upward.
    ///   - chain: the user addresses that the kernel followed through frame pointers, leaf first; may be empty, and may
    ///     be ignored.
    ///   - space: the mappings of the sample's process.
    ///   - output: receives the interrupted address, then an address inside each calling instruction.
    // hot: per sample
    mutating func unwind(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, chain: UnsafeBufferPointer<UInt64>,
        space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult
}

extension UnwindEngine where Self: ~Copyable {
    /// Unwinds one sample from its registers and bytes alone.
    // hot: per sample
    package mutating func unwind(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, space: UnwindSpace,
        output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult {
        unwind(
            registers: registers, stack: stack, chain: UnsafeBufferPointer(start: nil, count: 0), space: space,
            output: output)
    }
}
