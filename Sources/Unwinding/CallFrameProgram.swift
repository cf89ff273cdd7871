/// Runs the call-frame instructions of one function up to an address and says what holds there.
///
/// Only the CFA, the return address and the frame pointer are followed: compilers describe a caller by nothing else,
/// except where ``UnwindRow/Kind/unsupported`` says so. DWARF 5, section 6.4.
struct CallFrameProgram {
    private enum CFA: Equatable {
        case register(UInt64, offset: Int64)
        case expression(Range<Int>)
    }

    private enum Rule: Equatable {
        case same
        case undefined
        case atCFA(Int64)
        case expression(Range<Int>)
        case inRegister(UInt64)
        case other
    }

    private struct State: Equatable {
        var cfa = CFA.register(0, offset: .min)
        var returnAddress = Rule.same
        var framePointer = Rule.same
    }

    typealias Registers = CallFrameRegisters

    private let section: UnsafeRawBufferPointer
    private let registers: Registers
    private var codeFactor: UInt64 = 1
    private var dataFactor: Int64 = 1
    private var isSignal = false
    private var pointerEncoding: UInt8 = 0
    private var sectionAddress: UInt64 = 0
    private var state = State()
    private var initial = State()
    private var remembered: [State] = []

    /// The row at an address.
    /// - Parameters:
    ///   - section: `.eh_frame`, hostile.
    ///   - address: where the section is mapped, by the module's own addresses.
    ///   - entry: offset of the function's entry in it.
    ///   - target: the address in the function.
    static func row(
        section: UnsafeRawBufferPointer, address: UInt64, entry: Int, target: UInt64, registers: Registers
    ) -> UnwindRow {
        var program = CallFrameProgram(section: section, registers: registers)
        return program.run(address: address, entry: entry, target: target) ?? UnwindRow(kind: .bad)
    }

    private init(section: UnsafeRawBufferPointer, registers: Registers) {
        self.section = section
        self.registers = registers
    }

    private mutating func run(address: UInt64, entry: Int, target: UInt64) -> UnwindRow? {
        guard let body = Self.record(section, at: entry), let parent = FunctionEntry.commonOffset(of: body),
            let common = Self.record(section, at: parent).flatMap({ CommonEntry($0) }),
            let function = FunctionEntry(body, common, sectionAddress: address)
        else { return nil }
        // Hand-written assembly may return through another register.
        guard common.returnAddress == registers.returnAddress else { return UnwindRow(kind: .unsupported) }
        codeFactor = common.codeFactor
        dataFactor = common.dataFactor
        isSignal = common.isSignal
        pointerEncoding = common.pointerEncoding
        sectionAddress = address
        guard execute(common.instructions, from: function.start, target: target, isCommon: true) else { return nil }
        initial = state
        guard execute(function.instructions, from: function.start, target: target, isCommon: false) else { return nil }
        return makeRow(target: target)
    }

    private static func record(_ section: UnsafeRawBufferPointer, at offset: Int) -> ByteReader? {
        var reader = ByteReader(section)
        reader.seek(offset)
        return reader.record()
    }

    // MARK: Instructions

    private mutating func set(_ register: UInt64?, _ rule: Rule) -> Bool {
        guard let register else { return false }
        if register == registers.returnAddress { state.returnAddress = rule }
        if register == registers.framePointer { state.framePointer = rule }
        return true
    }

    private func initialRule(_ register: UInt64) -> Rule {
        register == registers.returnAddress ? initial.returnAddress : initial.framePointer
    }

    /// Runs instructions until the target's row is reached.
    /// - Returns: false when they make no sense.
    private mutating func execute(
        _ instructions: ByteReader, from start: UInt64, target: UInt64, isCommon: Bool
    ) -> Bool {
        var reader = instructions
        var location = start
        while let opcode = reader.byte() {
            let low = UInt64(opcode & 0x3F)
            switch opcode {
            case 0x40...0x7F: location &+= low &* codeFactor  // advance_loc
            case 0x80...0xBF:  // offset
                guard let factored = reader.leb128(), set(low, .atCFA(scaled(factored))) else { return false }
            case 0xC0...0xFF: guard set(low, initialRule(low)) else { return false }  // restore
            case 0x00: break  // nop
            case 0x01:  // set_loc: an address, written like the function's own
                let place = sectionAddress &+ UInt64(reader.position)
                guard let next = reader.pointer(pointerEncoding, address: place), next >= location else { return false }
                location = next
            case 0x02:
                guard let delta = reader.byte() else { return false }
                location &+= UInt64(delta) &* codeFactor
            case 0x03:
                guard let delta = reader.unsigned(2) else { return false }
                location &+= delta &* codeFactor
            case 0x04:
                guard let delta = reader.unsigned(4) else { return false }
                location &+= delta &* codeFactor
            default: guard executeExtended(opcode, &reader) else { return false }
            }
            if location > target, !isCommon { return true }
        }
        return true
    }

    private func scaled(_ factored: UInt64) -> Int64 { Int64(truncatingIfNeeded: factored) &* dataFactor }

    private mutating func executeExtended(_ opcode: UInt8, _ reader: inout ByteReader) -> Bool {
        switch opcode {
        case 0x05:  // offset_extended
            guard let register = reader.leb128(), let factored = reader.leb128() else { return false }
            return set(register, .atCFA(scaled(factored)))
        case 0x06:  // restore_extended
            guard let register = reader.leb128() else { return false }
            return set(register, initialRule(register))
        case 0x07: return set(reader.leb128(), .undefined)
        case 0x08: return set(reader.leb128(), .same)
        case 0x09:  // register: kept in another one
            let register = reader.leb128()
            guard let holder = reader.leb128() else { return false }
            return set(register, .inRegister(holder))
        case 0x0A:  // remember_state; nesting beyond a few is damage
            guard remembered.count < 64 else { return false }
            remembered.append(state)
        case 0x0B:  // restore_state
            guard let last = remembered.popLast() else { return false }
            state = last
        case 0x0C:  // def_cfa
            guard let register = reader.leb128(), let offset = reader.leb128().flatMap(Int64.init(exactly:)) else {
                return false
            }
            state.cfa = .register(register, offset: offset)
        case 0x0D:  // def_cfa_register
            guard let register = reader.leb128(), case .register(_, let offset) = state.cfa else { return false }
            state.cfa = .register(register, offset: offset)
        case 0x0E:  // def_cfa_offset
            guard let offset = reader.leb128().flatMap(Int64.init(exactly:)),
                case .register(let register, _) = state.cfa
            else { return false }
            state.cfa = .register(register, offset: offset)
        case 0x0F:  // def_cfa_expression
            guard let block = reader.block() else { return false }
            state.cfa = .expression(block)
        case 0x10:  // expression
            guard let register = reader.leb128(), let block = reader.block() else { return false }
            return set(register, .expression(block))
        case 0x16:  // val_expression
            guard let register = reader.leb128(), reader.block() != nil else { return false }
            return set(register, .other)
        case 0x11:  // offset_extended_sf
            guard let register = reader.leb128(), let factored = reader.signedLEB128() else { return false }
            return set(register, .atCFA(factored &* dataFactor))
        case 0x12:  // def_cfa_sf
            guard let register = reader.leb128(), let factored = reader.signedLEB128() else { return false }
            state.cfa = .register(register, offset: factored &* dataFactor)
        case 0x13:  // def_cfa_offset_sf
            guard let factored = reader.signedLEB128(), case .register(let register, _) = state.cfa else {
                return false
            }
            state.cfa = .register(register, offset: factored &* dataFactor)
        case 0x14, 0x15:  // val_offset, val_offset_sf
            let register = reader.leb128()
            return reader.leb128() != nil && set(register, .other)
        case 0x2D: break  // GNU_window_save; on arm64, a toggle of return-address signing
        case 0x2E: return reader.leb128() != nil  // GNU_args_size
        case 0x2F:  // GNU_negative_offset_extended
            guard let register = reader.leb128(), let factored = reader.leb128() else { return false }
            return set(register, .atCFA(0 &- scaled(factored)))
        default: return false
        }
        return true
    }

    // MARK: Rows

    private func makeRow(target: UInt64) -> UnwindRow {
        if state.returnAddress == .undefined { return UnwindRow(kind: .outermost) }
        var row = UnwindRow(kind: .unsupported)
        row.isSignal = isSignal
        let unsupported = row
        switch state.cfa {
        case .register(let register, let offset):
            guard let offset = Int32(exactly: offset) else { return unsupported }
            row.cfaOffset = offset
            if register == registers.stackPointer {
                row.kind = .stackPointer
            } else if register == registers.framePointer {
                row.kind = .framePointer
            } else {
                return interruptedRow(register, offset) ?? unsupported
            }
        case .expression(let block):
            guard let (kind, offset, edge) = cfaExpression(block) else { return unsupported }
            row.kind = kind
            row.cfaOffset = offset
            if kind == .linkageStub {
                row.returnOffset = edge
                return row
            }
        }
        switch state.returnAddress {
        case .same where registers.hasLinkRegister: row.returnRule = .linkRegister
        case .atCFA(let offset):
            guard let offset = Int32(exactly: offset) else { return unsupported }
            row.returnOffset = offset
        case .expression(let block):
            guard let offset = registerOffset(block, registers.stackPointer) else { return unsupported }
            row.returnOffset = offset
            row.returnIsFromStackPointer = true
        case .inRegister(let register) where register < registers.count && register != registers.returnAddress:
            row.returnRule = .inRegister
            row.returnOffset = Int32(register)
        default: return unsupported
        }
        switch state.framePointer {
        case .same: row.frameRule = .unchanged
        case .undefined: row.frameRule = .unknown
        case .atCFA(let offset):
            guard let offset = Int32(exactly: offset) else { return unsupported }
            row.frameOffset = offset
            row.frameRule = .fromCFA
        case .expression(let block):
            if let offset = registerOffset(block, registers.stackPointer) {
                row.frameOffset = offset
                row.frameRule = .fromStackPointer
            } else if let offset = registerOffset(block, registers.framePointer) {
                // A realigned frame keeps it at FP + 0, relative to a register instead of the CFA.
                row.frameOffset = offset
                row.frameRule = .fromFramePointer
            } else {
                return unsupported
            }
        case .inRegister, .other: return unsupported
        }
        return row
    }

    /// The row of a function that keeps its frame's address in a register of its own for some instructions: while it
    /// realigns its stack, or all along in hand-written assembly.
    private func interruptedRow(_ register: UInt64, _ offset: Int32) -> UnwindRow? {
        guard register < registers.count, register != registers.returnAddress, state.returnAddress == .atCFA(-8),
            !isSignal
        else { return nil }
        var row = UnwindRow(cfaOffset: offset, returnOffset: Int32(register), kind: .interruptedRegister)
        switch state.framePointer {
        case .same: row.frameRule = .unchanged
        case .undefined: row.frameRule = .unknown
        case .atCFA(let offset):
            guard let offset = Int32(exactly: offset) else { return nil }
            row.frameOffset = offset
            row.frameRule = .fromCFA
        case .expression, .inRegister, .other: return nil
        }
        return row
    }

    /// DW_OP_breg0 + n.
    private static let baseRegister: UInt8 = 0x70

    /// `breg REGISTER, n`: an address relative to a register.
    private func registerOffset(_ block: Range<Int>, _ register: UInt64) -> Int32? {
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: section[block]))
        guard reader.byte() == Self.baseRegister + UInt8(register),
            let offset = reader.signedLEB128(), reader.remaining == 0
        else { return nil }
        return Int32(exactly: offset)
    }

    /// The expressions that linkers and compilers write for a CFA: a load through a register, and the linkage stub's
    /// `breg sp 8; breg ip 0; lit15; and; lit EDGE; ge; lit3; shl; plus`.
    private func cfaExpression(_ block: Range<Int>) -> (UnwindRow.Kind, Int32, edge: Int32)? {
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: section[block]))
        guard let base = reader.byte(), let offset = reader.signedLEB128(), let offset = Int32(exactly: offset) else {
            return nil
        }
        let isStackPointer = base == Self.baseRegister + UInt8(registers.stackPointer)
        let isFramePointer = base == Self.baseRegister + UInt8(registers.framePointer)
        let rest = Array(reader.rest)
        if rest == [0x06] {
            if isStackPointer { return (.loadFromStackPointer, offset, 0) }
            if isFramePointer { return (.loadFromFramePointer, offset, 0) }
            return nil
        }
        // deref; plus_uconst 8
        if rest == [0x06, 0x23, 0x08], isStackPointer { return (.loadFromStackPointerPlusWord, offset, 0) }
        let pattern: [UInt8] = [0x80, 0x00, 0x3F, 0x1A, 0x00, 0x2A, 0x33, 0x24, 0x22]
        guard isStackPointer, offset == 8, rest.count == pattern.count, (0x30...0x4F).contains(rest[4]) else {
            return nil
        }
        var plain = rest
        plain[4] = 0
        return plain == pattern ? (.linkageStub, offset, Int32(rest[4]) - 0x30) : nil
    }
}
