/// Unwinds captured stacks by frame pointers alone: no tables are read, and code that keeps none is not noticed.
///
/// For comparison with the others, and for code without unwind information that was compiled with frame pointers.
package struct FramePointerEngine: UnwindEngine {
    package init() {}

    #if arch(arm64)
        private static let registers = CallFrameProgram.Registers.arm64
    #else
        private static let registers = CallFrameProgram.Registers.x86_64
    #endif

    // hot: per sample
    package mutating func unwind(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, chain: UnsafeBufferPointer<UInt64>,
        space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult {
        guard output.count > 0 else { return UnwindResult(frameCount: 0, end: .depth) }
        let bytes = StackBytes(stack, at: registers[Int(Self.registers.stackPointer)])
        var fp = registers[Int(Self.registers.framePointer)]
        var low = bytes.low
        var count = 1
        output[0] = registers[registers.count - 1]
        // hot: per frame
        while count < output.count {
            // Each frame record lies above the last one's; what does not is no frame record. Entries set it to zero.
            guard fp >= low, fp & 7 == 0 else { return finish(count, .noUnwindInfo, space: space, output: output) }
            guard let caller = bytes.load(fp), let next = bytes.load(fp &+ 8) else {
                return finish(count, .stackBytes, space: space, output: output)
            }
            guard next != 0, space.isExecutable(next &- 1) else {
                return finish(count, next == 0 ? .root : .noModule, space: space, output: output)
            }
            output[count] = next &- 1
            count += 1
            low = fp &+ 16
            fp = caller
        }
        return UnwindResult(frameCount: count, end: .depth)
    }

    /// A chain that ends where a thread starts is complete, however it ends.
    private func finish(
        _ count: Int, _ end: UnwindEnd, space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult {
        let isOutermost = space.row(at: output[count - 1], Self.registers).kind == .outermost
        return UnwindResult(frameCount: count, end: isOutermost ? .root : end)
    }
}
