/// The registers of an interrupted task in DWARF's numbering, the program counter last.
///
/// The kernel's own order is another one on x86-64 (AX BX CX DX SI DI BP SP IP … R8–R15 against DWARF's
/// RAX RDX RCX RBX RSI RDI RBP RSP R8–R15); this type is where it ends.
package struct UserRegisters: Sendable {
    #if arch(x86_64)
        /// Registers held: 16 general ones and the program counter.
        package static let count = 17
        package static let stackPointer = 7
        package static let programCounter = 16
        /// perf register numbers to ask for: 0…8 and 16…23 (linux/arch/x86/include/uapi/asm/perf_regs.h).
        static let mask: UInt64 = 0xFF_01FF
        /// DWARF number of each asked register, by rising perf number.
        static let dwarfNumbers: [Int] = [0, 3, 2, 1, 4, 5, 6, 7, 16, 8, 9, 10, 11, 12, 13, 14, 15]
    #elseif arch(arm64)
        /// Registers held: X0…X30, SP and the program counter.
        package static let count = 33
        package static let stackPointer = 31
        package static let programCounter = 32
        /// linux/arch/arm64/include/uapi/asm/perf_regs.h: the order is DWARF's.
        static let mask: UInt64 = 0x1_FFFF_FFFF
        static let dwarfNumbers: [Int] = Array(0..<33)
    #endif

    /// ABI of a sample's registers as the kernel states it (PERF_SAMPLE_REGS_ABI_*).
    package enum ABI: UInt64, Sendable {
        case none = 0
        case bits32 = 1
        case bits64 = 2
    }

    /// For each register of a record with another mask, in the kernel's order, its place among those of ``mask``; -1 for
    /// those that it does not have.
    static func places(in mask: UInt64) -> [Int] {
        (0..<64).filter { mask & (1 << $0) != 0 }.map { bit in
            self.mask & (1 << bit) == 0 ? -1 : (self.mask & ((1 << UInt64(bit)) - 1)).nonzeroBitCount
        }
    }

    /// Whether a mask has what every unwind starts from: stack pointer, frame pointer and program counter.
    static func suffices(_ mask: UInt64) -> Bool { mask & essential == essential }

    #if arch(x86_64)
        private static let essential: UInt64 = 1 << 6 | 1 << 7 | 1 << 8
    #elseif arch(arm64)
        private static let essential: UInt64 = 1 << 29 | 1 << 30 | 1 << 31 | 1 << 32
    #endif
}
