extension ElfReader {
    /// `.gnu_debuglink`: the name of the debug file and its CRC-32 (GDB manual, "Separate Debug Files").
    package var debugLink: (name: String, checksum: UInt32)? {
        guard let bytes = section(named: ".gnu_debuglink")?.bytes else { return nil }
        return bytes.withUnsafeBytes { bytes in
            var cursor = ByteCursor(bytes)
            let name = cursor.zeroTerminated()
            cursor.seek((cursor.offset + 3) & ~3)
            let checksum = cursor.u32()
            let text = cursor.text(name)
            return cursor.isValid && Self.isPlainName(text) ? (text, checksum) : nil
        }
    }

    /// `.gnu_debugaltlink`: the file that dwz made, and its build-id.
    package var alternateLink: (name: String, buildID: String)? {
        guard let bytes = section(named: ".gnu_debugaltlink")?.bytes else { return nil }
        return bytes.withUnsafeBytes { bytes in
            var cursor = ByteCursor(bytes)
            let name = cursor.zeroTerminated()
            guard cursor.isValid, !name.isEmpty, cursor.remaining >= 8, cursor.remaining <= 64 else { return nil }
            return (cursor.text(name), Self.hexadecimal(bytes[cursor.offset...]))
        }
    }

    /// The ELF image in `.gnu_debugdata`: symbols that Fedora keeps in stripped files.
    package var miniDebugInfo: [UInt8]? {
        section(named: ".gnu_debugdata").flatMap { LzmaCoding.unpack($0.bytes) }
    }

    /// Two lower-case digits a byte.
    static func hexadecimal(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A debug link names a file, never a way out of the folder.
    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && !name.contains("/") && name != "." && name != ".."
    }
}
