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
    /// More frames than the limit.
    case depth
}

/// What came of one sample's user stack; the addresses are in the engine's output buffer, leaf first.
package struct UnwindResult: Sendable {
    package var frameCount: Int
    package var end: UnwindEnd
    /// The interrupted function has no unwind entry; its caller was proved by the code it returns to.
    package var isLeafRecovered = false

    package init(frameCount: Int, end: UnwindEnd) {
        self.frameCount = frameCount
        self.end = end
    }
}

/// A method of following a stack from captured registers and bytes. Owns no process and reads none.
package protocol UnwindEngine: ~Copyable {
    /// Unwinds one sample.
    /// - Parameters:
    ///   - registers: in DWARF order, program counter last.
    ///   - stack: the bytes from the stack pointer upward.
    ///   - space: the mappings of the sample's process.
    ///   - output: receives the interrupted address, then an address inside each calling instruction.
    // hot: per sample
    mutating func unwind(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, space: UnwindSpace,
        output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult
}
