internal import Glibc
package import ProfileModel

/// The running kernel's functions, from `/proc/kallsyms`.
package struct KernelSymbols: Sendable {
    private let table: SymbolTable

    /// Whether the kernel shows its addresses to this user (`kernel.kptr_restrict`).
    package var isAvailable: Bool { !table.isEmpty }

    /// Reads the table of the running kernel; empty when it is hidden.
    package init() {
        let file = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC)
        defer { if file >= 0 { close(file) } }
        // procfs states no size. Kernels have tens of megabytes of symbols at most; more would not be a kernel.
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while file >= 0, bytes.count < 256 << 20 {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        self.init(kallsyms: bytes)
    }

    /// Reads lines of `address type name [module]`.
    package init(kallsyms bytes: [UInt8]) {
        table = bytes.withUnsafeBytes { bytes in
            var functions: [(address: UInt64, name: Range<Int>)] = []
            var line = 0
            while line < bytes.count {
                var end = line
                while end < bytes.count && bytes[end] != 0x0A { end += 1 }
                if let function = Self.function(bytes, line..<end) { functions.append(function) }
                line = end + 1
            }
            functions.sort { $0.address < $1.address }
            return SymbolTable(functions: functions, names: bytes)
        }
    }

    private static func function(
        _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>
    ) -> (address: UInt64, name: Range<Int>)? {
        var address: UInt64 = 0
        var index = line.lowerBound
        while index < line.upperBound, let digit = hexadecimalValue(bytes[index]) {
            address = address << 4 | digit
            index += 1
        }
        guard address != 0, line.upperBound - index > 3, bytes[index] == 0x20, bytes[index + 2] == 0x20 else {
            return nil
        }
        // Text symbols, local and global, strong and weak.
        let type = bytes[index + 1] | 0x20
        guard type == 0x74 || type == 0x77 else { return nil }
        let start = index + 3
        var end = start
        while end < line.upperBound, bytes[end] != 0x20, bytes[end] != 0x09 { end += 1 }
        return end > start ? (address, start..<end) : nil
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        default: nil
        }
    }

    package func lookup(_ address: VirtualAddress) -> SymbolTable.Match? {
        table.lookup(ModuleRelativeAddress(address.rawValue))
    }
}
