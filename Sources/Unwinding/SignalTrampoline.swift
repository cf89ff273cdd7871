internal import Glibc

/// The code that a signal handler returns to, recognized by its bytes in libraries that describe no frame for it.
enum SignalTrampoline {
    #if arch(x86_64)
        /// `mov $15, %rax; syscall`: rt_sigreturn.
        private static let code: [UInt8] = [0x48, 0xC7, 0xC0, 0x0F, 0x00, 0x00, 0x00, 0x0F, 0x05]

        /// Offsets from the stack pointer at the trampoline to the interrupted registers: struct ucontext starts there, its
        /// general registers 40 bytes in (RBP is the 11th, RSP the 16th, RIP the 17th; linux/arch/x86/include/uapi/asm/
        /// sigcontext.h).
        private static let row: UnwindRow = {
            var row = UnwindRow(kind: .loadFromStackPointer)
            row.cfaOffset = 160
            row.returnOffset = 168
            row.returnIsFromStackPointer = true
            row.frameOffset = 120
            row.frameRule = .fromStackPointer
            row.isSignal = true
            return row
        }()
    #else
        private static let code: [UInt8] = []
        private static let row = UnwindRow(kind: .noInfo)
    #endif

    /// The row for a trampoline at this place of a file; nil when other code is there. Reads the file.
    static func row(file: Int32, offset: UInt64) -> UnwindRow? {
        guard file >= 0, !code.isEmpty, let offset = Int(exactly: offset) else { return nil }
        var bytes = [UInt8](repeating: 0, count: code.count)
        guard pread(file, &bytes, bytes.count, offset) == bytes.count, bytes == code else { return nil }
        return row
    }
}
