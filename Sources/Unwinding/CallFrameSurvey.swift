/// What call-frame instructions say as a whole, without running them.
///
/// libunwind, which runs them too, believes two things that no compiler writes: a register that is kept in another one
/// whatever that one's number is, and a jump in an expression, back or forth. Nobody gets to see an entry with either.
struct CallFrameSurvey {
    /// The return address is declared undefined: a thread starts here.
    private(set) var isOutermost = false

    /// - Parameter encoding: how addresses in the instructions are written.
    /// - Returns: nil when the instructions must not be run.
    init?(_ instructions: ByteReader, encoding: UInt8, _ registers: CallFrameRegisters) {
        var reader = instructions
        while let opcode = reader.byte() {
            switch opcode {
            case 0x40...0x7F, 0xC0...0xFF, 0x00, 0x0A, 0x0B, 0x2D: break  // advance_loc, restore, nop, states, window
            case 0x80...0xBF: _ = reader.leb128()  // offset
            case 0x01:  // set_loc
                guard reader.pointer(encoding, address: 0) != nil else { return }
            case 0x02: reader.skip(1)
            case 0x03: reader.skip(2)
            case 0x04: reader.skip(4)
            case 0x07:
                if reader.leb128() == registers.returnAddress { isOutermost = true }
            case 0x09:  // register
                _ = reader.leb128()
                guard let source = reader.leb128(), source < registers.count else { return nil }
            case 0x06, 0x08, 0x0D, 0x0E, 0x13, 0x2E: _ = reader.leb128()
            case 0x05, 0x0C, 0x11, 0x12, 0x14, 0x15, 0x2F:
                _ = reader.leb128()
                _ = reader.leb128()
            case 0x0F, 0x10, 0x16:  // expressions
                if opcode != 0x0F { _ = reader.leb128() }
                guard let block = reader.block() else { return }
                if Self.jumps(in: reader.bytes(block)) { return nil }
            default: return  // unknown to libunwind as well, which stops there
            }
        }
    }

    /// Whether a location expression has a jump. DWARF 5, section 2.5; operators with unknown operands end the search
    /// like a jump: nothing is known of what follows.
    private static func jumps(in expression: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(expression)
        while let operation = reader.byte() {
            switch operation {
            case 0x28, 0x2F: return true  // bra, skip
            case 0x06, 0x12...0x14, 0x16...0x22, 0x24...0x27, 0x29...0x2E, 0x30...0x6F, 0x96: break
            case 0x08, 0x09, 0x15, 0x94: reader.skip(1)
            case 0x0A, 0x0B: reader.skip(2)
            case 0x0C, 0x0D: reader.skip(4)
            case 0x03, 0x0E, 0x0F: reader.skip(8)
            case 0x10, 0x11, 0x23, 0x70...0x90, 0x91: _ = reader.leb128()
            case 0x92:
                _ = reader.leb128()
                _ = reader.leb128()
            default: return true
            }
        }
        return false
    }
}
