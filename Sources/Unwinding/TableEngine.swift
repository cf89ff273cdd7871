internal import CUnwind

/// Unwinds with compiled rows: one probe and two or three loads a frame once a program counter has been seen.
///
/// Rows are compiled from the call-frame information when an address is first met, and kept in a two-way cache by
/// address and address space. Every byte of a table may be hostile, so a frame whose rule is no row ends the stack and
/// is not handed to libunwind, whose interpreter of such rules trusts them.
package struct TableEngine: UnwindEngine, ~Copyable {
    private struct Slot {
        var address: UInt64
        var space: UInt64
        var row: UnwindRow
    }

    /// 512 KiB, which the processor's second cache holds: what is called in one process for a while. Rows that lose their
    /// place are still with their module.
    private static let slotCount = 1 << 14

    private let slots: UnsafeMutableBufferPointer<Slot>
    /// The steps of a stack that meets a frame whose address is in a register of its own.
    private let steps = UnsafeMutablePointer<UnwindTrace>.allocate(capacity: 1)

    package init() {
        // No address space has the serial 0: zeros are a cache of nothing.
        slots = ZeroedTable.allocate(Slot.self, count: Self.slotCount)
        steps.initialize(to: UnwindTrace(capacity: 4096))
    }

    deinit {
        ZeroedTable.deallocate(slots)
        steps.deinitialize(count: 1)
        steps.deallocate()
    }

    #if arch(arm64)
        private static let registers = CallFrameProgram.Registers.arm64
    #else
        private static let registers = CallFrameProgram.Registers.x86_64
    #endif
    private static let framePointer = Int(registers.framePointer)
    private static let stackPointer = Int(registers.stackPointer)

    /// Unwinds one sample with the help of the chain that the kernel followed through frame pointers.
    ///
    /// Where the captured bytes end, the chain goes on, for as long as the tables prove it right: see
    /// ``followChain(_:from:count:registers:stack:space:output:)``.
    /// - Parameter chain: user addresses, leaf first; may be empty.
    // hot: per sample
    package mutating func unwind(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, chain: UnsafeBufferPointer<UInt64>,
        space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult {
        var observer = NoObserver()
        return unwind(
            registers: registers, stack: stack, chain: chain, space: space, output: output, observer: &observer)
    }

    /// Unwinds one sample and keeps its steps, the one that could not be taken included.
    package mutating func trace(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, space: UnwindSpace,
        output: UnsafeMutableBufferPointer<UInt64>, into trace: inout UnwindTrace
    ) -> UnwindResult {
        trace.removeAll()
        return unwind(
            registers: registers, stack: stack, chain: UnsafeBufferPointer(start: nil, count: 0), space: space,
            output: output, observer: &trace)
    }

    /// Unwinds from a caller on, whose callee's registers are not known.
    /// - Parameters:
    ///   - returnAddress: where the caller goes on.
    ///   - stackPointer: the caller's, right after the return.
    ///   - framePointer: the caller's; nil when it is not known.
    ///   - output: receives the caller's address first.
    package mutating func unwind(
        returnAddress: UInt64, stackPointer: UInt64, framePointer: UInt64?, stack: StackBytes, space: UnwindSpace,
        output: UnsafeMutableBufferPointer<UInt64>, into trace: inout UnwindTrace
    ) -> UnwindResult {
        trace.removeAll()
        guard output.count > 0 else { return UnwindResult(frameCount: 0, end: .depth) }
        var state = UnwindState(
            lookup: returnAddress &- 1, sp: stackPointer, fp: framePointer ?? 0,
            isFramePointerKnown: framePointer != nil)
        output[0] = state.lookup
        var count = 1
        let end = walk(
            &state, &count, registers: UnsafeBufferPointer(start: nil, count: 0), stack: stack, space: space,
            output: output, observer: &trace)
        return UnwindResult(frameCount: count, end: end)
    }

    @inline(__always)
    private mutating func unwind<Observer: UnwindObserver & ~Copyable>(
        registers: UnsafeBufferPointer<UInt64>, stack: UnsafeRawBufferPointer, chain: UnsafeBufferPointer<UInt64>,
        space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>, observer: inout Observer
    ) -> UnwindResult {
        guard output.count > 0 else { return UnwindResult(frameCount: 0, end: .depth) }
        let bytes = StackBytes(stack, at: registers[Self.stackPointer])
        var state = UnwindState(
            lookup: registers[registers.count - 1], sp: bytes.low, fp: registers[Self.framePointer],
            isFramePointerKnown: true)
        #if arch(arm64)
            state.link = registers[Int(CallFrameRegisters.arm64.returnAddress)]
        #endif
        output[0] = state.lookup
        var count = 1
        var end = walk(
            &state, &count, registers: registers, stack: bytes, space: space, output: output, observer: &observer)
        if end == .unsupportedRule {
            end = goOn(&state, &count, registers: registers, stack: bytes, space: space, output: output)
        }
        if end == .stackBytes, chain.count > 1 {
            return followChain(
                chain, from: state, count: count, framePointer: registers[Self.framePointer], stack: bytes,
                space: space, output: output)
        }
        return UnwindResult(frameCount: count, end: end)
    }

    /// Goes on beyond a frame whose CFA is in a register of its own, once: resolvers do not call each other.
    /// - Returns: where the stack ends then.
    @inline(never)
    private mutating func goOn(
        _ state: inout UnwindState, _ count: inout Int, registers: UnsafeBufferPointer<UInt64>, stack: StackBytes,
        space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindEnd {
        guard count > 1 else { return .unsupportedRule }
        steps.pointee.removeAll()
        var again = UnwindState(
            lookup: registers[registers.count - 1], sp: stack.low, fp: registers[Self.framePointer],
            isFramePointerKnown: true)
        var seen = 1
        _ = walk(
            &again, &seen, registers: registers, stack: stack, space: space, output: output, observer: &steps.pointee)
        if let end = step(
            &state, &count, by: steps.pointee, registers: registers, stack: stack, space: space, output: output)
        {
            return end
        }
        var observer = NoObserver()
        return walk(
            &state, &count, registers: registers, stack: stack, space: space, output: output, observer: &observer)
    }

    /// The row of an address, from the cache if it is there.
    @inline(__always)
    private func row(at lookup: UInt64, serial: UInt64, space: UnwindSpace) -> UnwindRow {
        let slot = Self.slot(lookup, serial)
        if slots[slot].address == lookup, slots[slot].space == serial { return slots[slot].row }
        if slots[slot + 1].address == lookup, slots[slot + 1].space == serial { return slots[slot + 1].row }
        return compileRow(at: lookup, serial: serial, space: space, slot: slot)
    }

    /// Puts the row of an address into the first of two slots; what was there moves to the second.
    @inline(never)
    private func compileRow(at lookup: UInt64, serial: UInt64, space: UnwindSpace, slot: Int) -> UnwindRow {
        let row = space.row(at: lookup) { module, own in rowOfModule(module, at: own) }
        slots[slot + 1] = slots[slot]
        slots[slot] = Slot(address: lookup, space: serial, row: row)
        return row
    }

    /// The row that a module's tables have for its own address; nil when they have none.
    ///
    /// Kept with the module, so that a row is compiled once and not once for each process and thread: a compiler that is
    /// run for every file of a project is thousands of processes with the same code.
    private func rowOfModule(_ module: UnsafePointer<ts_unwind_module>, at own: UInt64) -> UnwindRow? {
        let rows = UnwindModule.rows(module)
        if let row = rows?.row(at: own) { return row }
        guard let entry = ts_fde_at(module, own) else { return nil }
        let row = UnwindModule.row(module, entry, at: own, Self.registers)
        rows?.insert(row, at: own)
        return row
    }

    /// Fibonacci hashing: the high bits of the product are the well mixed ones. Two neighbors share a cache line.
    @inline(__always)
    private static func slot(_ address: UInt64, _ serial: UInt64) -> Int {
        let mixed = (address ^ serial << 48) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 40) & (slotCount - 2)
    }

    /// Goes from frame to frame for as long as the bytes last.
    /// - Parameters:
    ///   - state: left at the last frame.
    ///   - count: of frames in the output.
    ///   - registers: of the interrupted function; empty when they are not known.
    @inline(__always)
    private func walk<Observer: UnwindObserver & ~Copyable>(
        _ state: inout UnwindState, _ count: inout Int, registers: UnsafeBufferPointer<UInt64>, stack: StackBytes,
        space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>, observer: inout Observer
    ) -> UnwindEnd {
        let serial = space.serial
        var followsFramePointers = false
        // hot: per frame
        while true {
            let row = row(at: state.lookup, serial: serial, space: space)
            var cfa: UInt64
            switch row.kind {
            case .stackPointer: cfa = state.sp &+ UInt64(bitPattern: Int64(row.cfaOffset))
            case .framePointer:
                guard state.isFramePointerKnown else { return .badUnwindInfo }
                cfa = state.fp &+ UInt64(bitPattern: Int64(row.cfaOffset))
            case .interruptedRegister:
                let register = Int(row.returnOffset)
                guard count == 1, registers.indices.contains(register) else { return .unsupportedRule }
                cfa = registers[register] &+ UInt64(bitPattern: Int64(row.cfaOffset))
            case .loadFromStackPointerPlusWord:
                guard let loaded = stack.load(state.sp &+ UInt64(bitPattern: Int64(row.cfaOffset))) else {
                    return .stackBytes
                }
                cfa = loaded &+ 8
            case .loadFromStackPointer, .loadFromFramePointer:
                guard state.isFramePointerKnown || row.kind == .loadFromStackPointer else { return .badUnwindInfo }
                let base = row.kind == .loadFromStackPointer ? state.sp : state.fp
                guard let loaded = stack.load(base &+ UInt64(bitPattern: Int64(row.cfaOffset))) else {
                    return .stackBytes
                }
                cfa = loaded
            case .linkageStub: cfa = state.sp &+ (state.lookup & 15 >= UInt64(row.returnOffset) ? 16 : 8)
            case .noInfo where !followsFramePointers: return .noUnwindInfo
            case .generated, .noInfo:
                // Compilers at run time keep frame pointers for profilers, and so do the parts of a runtime that were
                // compiled by itself into its file. A word that is no frame pointer ends the stack here.
                let unfit: UnwindEnd = row.kind == .noInfo ? .noUnwindInfo : .noModule
                guard state.isFramePointerKnown, state.fp & 7 == 0, state.fp &- state.sp < Self.longestFrame else {
                    return unfit
                }
                guard let caller = stack.load(state.fp), let next = stack.load(state.fp &+ 8) else {
                    return .stackBytes
                }
                guard next == 0 || space.isExecutable(next &- 1) else { return unfit }
                followsFramePointers = true
                if next == 0 { return .root }
                guard count < output.count else { return .depth }
                observer.didStep(
                    UnwindTrace.Step(returnSlot: state.fp &+ 8, returnAddress: next, framePointer: caller))
                state.sp = state.fp &+ 16
                state.fp = caller
                state.lookup = next &- 1
                output[count] = state.lookup
                count += 1
                continue
            case .outermost: return .root
            case .noModule: return .noModule
            case .bad: return .badUnwindInfo
            case .unsupported: return .unsupportedRule
            }
            if row.returnRule == .inRegister {
                let register = Int(row.returnOffset)
                guard count == 1, registers.indices.contains(register), row.frameRule == .unchanged else {
                    return .unsupportedRule
                }
                guard registers[register] != 0, cfa >= state.sp, count < output.count else { return .badUnwindInfo }
                observer.didStep(
                    UnwindTrace.Step(returnSlot: 0, returnAddress: registers[register], framePointer: state.fp))
                state.sp = cfa
                state.lookup = registers[register] &- 1
                output[count] = state.lookup
                count += 1
                continue
            }
            let returnSlot =
                row.kind == .linkageStub || row.kind == .interruptedRegister
                ? cfa &- 8
                : (row.returnIsFromStackPointer ? state.sp : cfa) &+ UInt64(bitPattern: Int64(row.returnOffset))
            var fp = state.fp
            var isFramePointerKnown = state.isFramePointerKnown
            switch row.frameRule {
            case .unchanged: break
            case .unknown: isFramePointerKnown = false
            case .fromFramePointer where !state.isFramePointerKnown: break
            case .fromCFA, .fromStackPointer, .fromFramePointer:
                let base =
                    switch row.frameRule {
                    case .fromCFA: cfa
                    case .fromFramePointer: state.fp
                    default: state.sp
                    }
                let slot = base &+ UInt64(bitPattern: Int64(row.frameOffset))
                // Below the stack pointer the function has popped it already: LLVM's epilogues do not say so.
                if slot < state.sp { break }
                // The caller may not need it: only its use fails.
                let loaded = stack.load(slot)
                isFramePointerKnown = loaded != nil
                fp = loaded ?? 0
            }
            guard let next = returnAddress(row, at: returnSlot, &state, stack) else {
                observer.didStep(
                    UnwindTrace.Step(
                        returnSlot: returnSlot, returnAddress: 0, framePointer: isFramePointerKnown ? fp : nil))
                return .stackBytes
            }
            if next == 0 { return .root }
            // A caller's frame lies above its callee's; only a signal may switch to another stack, and only a function
            // that has not touched the stack leaves its caller's where it is.
            guard cfa > state.sp || row.isSignal || row.returnRule == .linkRegister && cfa == state.sp else {
                return .badUnwindInfo
            }
            guard count < output.count else { return .depth }
            observer.didStep(
                UnwindTrace.Step(
                    returnSlot: returnSlot, returnAddress: next, framePointer: isFramePointerKnown ? fp : nil))
            state.fp = fp
            state.isFramePointerKnown = isFramePointerKnown
            state.sp = cfa
            state.lookup = row.isSignal ? next : next &- 1
            output[count] = state.lookup
            count += 1
        }
    }

    /// The return address of a frame; nil when it is not in the copy of the stack.
    @inline(__always)
    private func returnAddress(
        _ row: UnwindRow, at slot: UInt64, _ state: inout UnwindState, _ stack: StackBytes
    ) -> UInt64? {
        #if arch(arm64)
            // The link register is the interrupted function's; what it held further out is on the stack.
            let saved = row.returnRule == .linkRegister ? state.link : stack.load(slot)
            state.link = nil
            return saved.map { $0 & CallFrameRegisters.arm64.addressMask }
        #else
            return stack.load(slot)
        #endif
    }

    /// How far above the stack pointer a frame pointer may be believed where no table vouches for it.
    private static let longestFrame: UInt64 = 1 << 20

    /// Goes on where the captured bytes end, along the kernel's chain of frame pointers.
    ///
    /// The chain is right beyond frame `k` when the frame pointer at `k` is one that the kernel followed and the row at
    /// `k` says that this frame pointer leads to the return address and to the caller's frame pointer; and so on for
    /// each further frame. A function that keeps no frame pointer breaks the proof, and there the stack ends.
    private func followChain(
        _ chain: UnsafeBufferPointer<UInt64>, from state: UnwindState, count: Int, framePointer: UInt64,
        stack: StackBytes, space: UnwindSpace, output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult {
        let serial = space.serial
        var count = count
        var row = row(at: state.lookup, serial: serial, space: space)
        var fp = framePointer
        // chain[0] is the interrupted address; chain[next] is the return address that lies above `fp`.
        var next = 1
        let unproved = UnwindResult(frameCount: count, end: .stackBytes)
        guard state.isFramePointerKnown else { return unproved }
        while fp != state.fp {
            guard let caller = stack.load(fp), let address = stack.load(fp &+ 8), caller > fp, next + 1 < chain.count,
                address == chain[next]
            else { return unproved }
            fp = caller
            next += 1
        }
        while row.isStandardFrame, next < chain.count, count < output.count {
            let lookup = chain[next] &- 1
            next += 1
            output[count] = lookup
            count += 1
            row = self.row(at: lookup, serial: serial, space: space)
            if row.kind == .outermost { return UnwindResult(frameCount: count, end: .root, chainedFrom: unproved) }
        }
        return UnwindResult(frameCount: count, end: .stackBytes, chainedFrom: unproved)
    }
}

/// Where an unwind stands.
struct UnwindState {
    /// An address inside the instruction that the frame executes.
    var lookup: UInt64
    var sp: UInt64
    var fp: UInt64
    var isFramePointerKnown: Bool
    #if arch(arm64)
        /// The link register, as long as it is known.
        var link: UInt64?
    #endif
}

extension UnwindSpace {
    /// Whether code is mapped at an address.
    func isExecutable(_ address: UInt64) -> Bool { ts_unwind_mapping_at(space, address) != nil }

    /// Compiles the row of an address inside an instruction.
    func row(at address: UInt64, _ registers: CallFrameProgram.Registers) -> UnwindRow {
        row(at: address) { module, own in
            ts_fde_at(module, own).map { UnwindModule.row(module, $0, at: own, registers) }
        }
    }

    /// The row of an address inside an instruction.
    /// - Parameter described: gives the row that a module has for its own address; nil where it describes nothing.
    func row(at address: UInt64, described: (UnsafePointer<ts_unwind_module>, UInt64) -> UnwindRow?) -> UnwindRow {
        guard let mapping = ts_unwind_mapping_at(space, address) else { return UnwindRow(kind: .noModule) }
        guard let module = mapping.pointee.module else {
            return UnwindRow(kind: mapping.pointee.is_generated != 0 ? .generated : .noModule)
        }
        let own = address &- mapping.pointee.bias
        if let row = described(module, own) { return row }
        let past = own &- module.pointee.entry_point
        if module.pointee.entry_point != 0 && past < UnwindModule.entryCodeBytes { return UnwindRow(kind: .outermost) }
        if hasGeneratedCode, Self.isUndescribed(own, in: module) { return UnwindRow(kind: .generated) }
        let code = mapping.pointee.file_offset &+ (address &- mapping.pointee.start)
        return SignalTrampoline.row(file: module.pointee.file, offset: code) ?? UnwindRow(kind: .noInfo)
    }

    /// Whether an address lies in a stretch of at least 256 KiB that has no unwind entry: what a runtime compiled by
    /// itself and had linked into its file, such as V8's builtins, which keep frame pointers like its generated code.
    private static func isUndescribed(_ address: UInt64, in module: UnsafePointer<ts_unwind_module>) -> Bool {
        let step: UInt64 = 4096
        let needed = 64
        var count = 1
        // Ordinary code is described almost everywhere: the first steps find an entry.
        for direction in [step, 0 &- step] {
            var place = address &+ direction
            while count < needed, place >= module.pointee.low, place < module.pointee.high,
                ts_fde_at(module, place) == nil
            {
                count += 1
                place = place &+ direction
            }
        }
        return count >= needed
    }
}
