internal import CUnwind

/// Unwinds with compiled rows: one probe and two or three loads a frame once a program counter has been seen.
///
/// Rows are compiled from the call-frame information when an address is first met, and kept in a direct-mapped cache by
/// address and address space. A sample that meets a frame whose rule is no row is handed to libunwind as a whole, since
/// libunwind needs all registers from the start.
package struct TableEngine: UnwindEngine, ~Copyable {
    private struct Slot {
        var address: UInt64
        var space: UInt64
        var row: UnwindRow
    }

    private static let slotCount = 1 << 15

    private let slots: UnsafeMutableBufferPointer<Slot>
    private var fallback = LibunwindEngine()
    /// Samples that went to libunwind.
    package private(set) var fallbackCount = 0

    package init() {
        slots = .allocate(capacity: Self.slotCount)
        slots.initialize(repeating: Slot(address: .max, space: 0, row: UnwindRow(kind: .bad)))
    }

    deinit { slots.deallocate() }

    #if arch(arm64)
        private static let registers = CallFrameProgram.Registers.arm64
    #else
        private static let registers = CallFrameProgram.Registers.x86_64
    #endif
    private static let framePointer = Int(registers.framePointer)
    private static let stackPointer = Int(registers.stackPointer)

    // hot: per sample
    package mutating func unwind(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, space: UnwindSpace,
        output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult {
        let low = registers[Self.stackPointer]
        guard output.count > 0 else { return UnwindResult(frameCount: 0, end: .depth) }
        let serial = space.serial
        var sp = low
        var fp = registers[Self.framePointer]
        var isFramePointerKnown = true
        var followsFramePointers = false
        var lookup = registers[registers.count - 1]
        var count = 1
        output[0] = lookup
        // hot: per frame
        while true {
            // Fibonacci hashing: the high bits of the product are the well mixed ones.
            let mixed = (lookup ^ serial << 48) &* 0x9E37_79B9_7F4A_7C15
            let slot = Int(truncatingIfNeeded: mixed >> 40) & (Self.slotCount - 1)
            if slots[slot].address != lookup || slots[slot].space != serial {
                slots[slot] = Slot(address: lookup, space: serial, row: space.row(at: lookup, Self.registers))
            }
            let row = slots[slot].row
            var cfa: UInt64
            switch row.kind {
            case .stackPointer: cfa = sp &+ UInt64(bitPattern: Int64(row.cfaOffset))
            case .framePointer:
                guard isFramePointerKnown else { return UnwindResult(frameCount: count, end: .badUnwindInfo) }
                cfa = fp &+ UInt64(bitPattern: Int64(row.cfaOffset))
            case .loadFromStackPointer, .loadFromFramePointer:
                guard isFramePointerKnown || row.kind == .loadFromStackPointer else {
                    return UnwindResult(frameCount: count, end: .badUnwindInfo)
                }
                let base = row.kind == .loadFromStackPointer ? sp : fp
                guard let loaded = Self.load(base &+ UInt64(bitPattern: Int64(row.cfaOffset)), stack, low) else {
                    return UnwindResult(frameCount: count, end: .stackBytes)
                }
                cfa = loaded
            case .linkageStub: cfa = sp &+ (lookup & 15 >= UInt64(row.returnOffset) ? 16 : 8)
            case .noInfo where !followsFramePointers: return UnwindResult(frameCount: count, end: .noUnwindInfo)
            case .generated, .noInfo:
                // Compilers at run time keep frame pointers for profilers, and so do the parts of a runtime that were
                // compiled by itself into its file. A word that is no frame pointer ends the stack here.
                guard isFramePointerKnown, fp &- sp < UInt64(stack.count), fp & 7 == 0,
                    let caller = Self.load(fp, stack, low), let next = Self.load(fp &+ 8, stack, low),
                    next == 0 || space.isExecutable(next &- 1)
                else {
                    return UnwindResult(frameCount: count, end: row.kind == .noInfo ? .noUnwindInfo : .noModule)
                }
                followsFramePointers = true
                if next == 0 { return UnwindResult(frameCount: count, end: .root) }
                guard count < output.count else { return UnwindResult(frameCount: count, end: .depth) }
                sp = fp &+ 16
                fp = caller
                lookup = next &- 1
                output[count] = lookup
                count += 1
                continue
            case .outermost: return UnwindResult(frameCount: count, end: .root)
            case .noModule: return UnwindResult(frameCount: count, end: .noModule)
            case .bad: return UnwindResult(frameCount: count, end: .badUnwindInfo)
            case .unsupported:
                fallbackCount += 1
                return fallback.unwind(registers: registers, stack: stack, space: space, output: output)
            }
            let returnSlot =
                row.kind == .linkageStub
                ? cfa &- 8
                : (row.returnIsFromStackPointer ? sp : cfa) &+ UInt64(bitPattern: Int64(row.returnOffset))
            guard let next = Self.load(returnSlot, stack, low) else {
                return UnwindResult(frameCount: count, end: .stackBytes)
            }
            switch row.frameRule {
            case .unchanged: break
            case .unknown: isFramePointerKnown = false
            case .fromCFA, .fromStackPointer:
                let slot = (row.frameRule == .fromCFA ? cfa : sp) &+ UInt64(bitPattern: Int64(row.frameOffset))
                // Below the stack pointer the function has popped it already: LLVM's epilogues do not say so.
                if slot < sp { break }
                // The caller may not need it: only its use fails.
                let loaded = Self.load(slot, stack, low)
                isFramePointerKnown = loaded != nil
                fp = loaded ?? 0
            }
            if next == 0 { return UnwindResult(frameCount: count, end: .root) }
            // A caller's frame lies above its callee's; only a signal may switch to another stack.
            guard cfa > sp || row.isSignal else { return UnwindResult(frameCount: count, end: .badUnwindInfo) }
            guard count < output.count else { return UnwindResult(frameCount: count, end: .depth) }
            sp = cfa
            lookup = row.isSignal ? next : next &- 1
            output[count] = lookup
            count += 1
        }
    }

    /// A word of the captured stack; nil outside it.
    @inline(__always)
    private static func load(_ address: UInt64, _ stack: UnsafeRawBufferPointer, _ low: UInt64) -> UInt64? {
        let offset = address &- low
        guard stack.count >= 8, offset <= UInt64(stack.count - 8) else { return nil }
        return stack.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: offset), as: UInt64.self)
    }
}

extension UnwindSpace {
    /// Whether code is mapped at an address.
    func isExecutable(_ address: UInt64) -> Bool { ts_unwind_mapping_at(space, address) != nil }

    /// Compiles the row of an address inside an instruction.
    func row(at address: UInt64, _ registers: CallFrameProgram.Registers) -> UnwindRow {
        guard let mapping = ts_unwind_mapping_at(space, address) else { return UnwindRow(kind: .noModule) }
        guard let module = mapping.pointee.module else {
            return UnwindRow(kind: mapping.pointee.is_generated != 0 ? .generated : .noModule)
        }
        let own = address &- mapping.pointee.bias
        guard let entry = ts_fde_at(module, own) else {
            let past = own &- module.pointee.entry_point
            if module.pointee.entry_point != 0 && past < UnwindModule.entryCodeBytes {
                return UnwindRow(kind: .outermost)
            }
            let code = mapping.pointee.file_offset &+ (address &- mapping.pointee.start)
            return SignalTrampoline.row(file: module.pointee.file, offset: code) ?? UnwindRow(kind: .noInfo)
        }
        return UnwindModule.row(module, entry, at: own, registers)
    }
}
