/// What an instruction does to the order of execution, as far as its bytes tell.
package enum Transfer: UInt8, Sendable {
    /// Goes on with the next instruction, or jumps.
    case none
    case call
    case `return`
    /// The bytes are not known.
    case unknown

    /// Bytes that are looked at: an instruction has at most 15, and what is looked for has few prefixes.
    package static let byteCount = 15

    /// Looks at the beginning of an x86-64 instruction. Intel SDM volume 2: CALL is E8, FF /2 and FF /3; RET is C3, C2,
    /// CB and CA. Before the opcode are any of the legacy prefixes (F2 bnd, 3E notrack, 66 and F3 as padding, …) and at
    /// most one REX byte.
    ///
    /// A call of the next instruction (E8 0) is none: it is how old code asks for its own address, and nothing returns.
    package init(_ bytes: some Sequence<UInt8>) {
        var opcode: UInt8?
        var operand: [UInt8] = []
        for byte in bytes.prefix(Self.byteCount) {
            if opcode != nil {
                operand.append(byte)
                if operand.count == 4 { break }
            } else if !Self.isPrefix(byte) {
                opcode = byte
            }
        }
        switch opcode {
        case nil: self = .unknown
        case 0xE8: self = operand == [0, 0, 0, 0] ? .none : .call
        case 0xC3, 0xC2, 0xCB, 0xCA: self = .return
        case 0xFF:
            guard let modes = operand.first else {
                self = .unknown
                return
            }
            self = (2...3).contains(modes >> 3 & 7) ? .call : .none
        default: self = .none
        }
    }

    private static func isPrefix(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x66, 0x67, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65, 0xF0, 0xF2, 0xF3, 0x40...0x4F: true
        default: false
        }
    }
}
