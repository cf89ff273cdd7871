internal import CUnwind

/// Unwinds with libunwind's remote interface over the captured registers and bytes: the reference.
package struct LibunwindEngine: UnwindEngine {
    package init() {}

    // hot: per sample
    package mutating func unwind(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, chain: UnsafeBufferPointer<UInt64>,
        space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult {
        precondition(registers.count >= Int(TS_UNWIND_REGISTERS), "all registers in DWARF order")
        guard let registers = registers.baseAddress, let pcs = output.baseAddress else {
            return UnwindResult(frameCount: 0, end: .badUnwindInfo)
        }
        var end = TS_UNWIND_BAD_INFO
        let count = ts_unwind(space.space, registers, stack.baseAddress, stack.count, pcs, output.count, &end)
        return UnwindResult(frameCount: count, end: UnwindEnd(end))
    }
}

extension UnwindEnd {
    init(_ end: ts_unwind_end) {
        switch end {
        case TS_UNWIND_ROOT: self = .root
        case TS_UNWIND_STACK_BYTES: self = .stackBytes
        case TS_UNWIND_NO_INFO: self = .noUnwindInfo
        case TS_UNWIND_NO_MODULE: self = .noModule
        case TS_UNWIND_DEPTH: self = .depth
        default: self = .badUnwindInfo
        }
    }
}
