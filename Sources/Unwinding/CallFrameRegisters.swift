/// DWARF numbers of the registers that unwinding follows on an architecture, and what calls do there.
package struct CallFrameRegisters: Hashable, Sendable {
    var stackPointer: UInt64
    var framePointer: UInt64
    /// The column that stands for the return address.
    var returnAddress: UInt64
    /// Numbers from here on are no register whose value another one may keep.
    var count: UInt64
    /// A call puts the return address into that register instead of on the stack.
    var hasLinkRegister: Bool
    /// The bits of a return address that are address: above them may be a signature (arm64's pointer authentication).
    package var addressMask: UInt64

    /// System V ABI, AMD64 supplement, figure 3.36.
    package static let x86_64 = CallFrameRegisters(
        stackPointer: 7, framePointer: 6, returnAddress: 16, count: 17, hasLinkRegister: false, addressMask: .max)

    /// DWARF for the Arm 64-bit Architecture. User addresses have 48 bits, unless a program asks for more by name, which
    /// none does for code.
    package static let arm64 = CallFrameRegisters(
        stackPointer: 31, framePointer: 29, returnAddress: 30, count: 32, hasLinkRegister: true,
        addressMask: 0xFFFF_FFFF_FFFF)

    /// Those of the machine that this runs on.
    #if arch(arm64)
        package static let native = arm64
    #else
        package static let native = x86_64
    #endif
}
