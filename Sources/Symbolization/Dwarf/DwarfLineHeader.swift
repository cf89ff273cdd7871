/// The head of a line-number program: which files its rows, and a unit's entries, refer to (DWARF 5, 6.2.4).
package struct DwarfLineHeader {
    struct Entry {
        var name: DwarfValue
        var directory: UInt64
    }

    /// The program's bytes from its head on; file names stay in there until one is asked for.
    let bytes: [UInt8]
    let encoding: DwarfEncoding
    /// Where the program's opcodes start in ``bytes``, and where they end.
    let program: Range<Int>
    let minimumInstructionLength: UInt64
    let lineBase: Int64
    let lineRange: UInt64
    let opcodeBase: UInt8
    let opcodeLengths: [UInt8]
    private let directories: [Entry]
    private let files: [Entry]

    /// Programs of units that were optimized as a whole may be long; more is not a program.
    private static let largestSize: UInt64 = 128 << 20
    private static let largestEntryCount = 1 << 20

    init?(unit: DwarfUnit, offset: UInt64) {
        let lines = unit.file.lines
        guard offset < lines.count else { return nil }
        var length = lines.unsigned(at: offset, size: 4)
        var head: UInt64 = 4
        if length == 0xFFFF_FFFF {
            length = lines.unsigned(at: offset + 4, size: 8)
            head = 12
        }
        guard length > 0, length <= min(Self.largestSize, lines.count) else { return nil }
        self.init(lines.copy(at: offset, count: head + length), addressSize: unit.encoding.addressSize)
    }

    /// - Parameter bytes: a whole line-number program.
    package init?(_ bytes: [UInt8], addressSize: Int) {
        var parsed: DwarfLineHeader?
        bytes.withUnsafeBytes { parsed = DwarfLineHeader($0, copy: bytes, addressSize: addressSize) }
        guard let parsed else { return nil }
        self = parsed
    }

    private init?(_ buffer: UnsafeRawBufferPointer, copy: [UInt8], addressSize: Int) {
        var cursor = ByteCursor(buffer)
        var encoding = DwarfEncoding(version: 0, addressSize: addressSize, offsetSize: 4)
        if cursor.u32() == 0xFFFF_FFFF {
            encoding.offsetSize = 8
            _ = cursor.u64()
        }
        encoding.version = cursor.u16()
        guard (2...5).contains(encoding.version) else { return nil }
        if encoding.version >= 5 {
            encoding.addressSize = Int(cursor.u8())
            _ = cursor.u8()
        }
        guard [4, 8].contains(encoding.addressSize) else { return nil }
        let headerLength = cursor.unsigned(encoding.offsetSize)
        let start = cursor.offset &+ Int(clamping: min(headerLength, UInt64(buffer.count)))
        minimumInstructionLength = UInt64(cursor.u8())
        if encoding.version >= 4 { _ = cursor.u8() }
        _ = cursor.u8()
        lineBase = Int64(Int8(bitPattern: cursor.u8()))
        lineRange = UInt64(cursor.u8())
        opcodeBase = cursor.u8()
        guard opcodeBase > 0 else { return nil }
        var lengths: [UInt8] = [0]
        for _ in 1..<max(1, Int(opcodeBase)) { lengths.append(cursor.u8()) }
        opcodeLengths = lengths
        if encoding.version >= 5 {
            directories = Self.described(&cursor, encoding)
            files = Self.described(&cursor, encoding)
        } else {
            (directories, files) = Self.listed(&cursor)
        }
        guard cursor.isValid, start <= buffer.count else { return nil }
        program = start..<buffer.count
        self.encoding = encoding
        bytes = copy
    }

    /// Version 5: a table that says which values its entries have.
    private static func described(_ cursor: inout ByteCursor, _ encoding: DwarfEncoding) -> [Entry] {
        var format: [(content: UInt64, form: UInt16)] = []
        for _ in 0..<cursor.u8() { format.append((cursor.uleb(), UInt16(clamping: cursor.uleb()))) }
        let count = Int(clamping: cursor.uleb())
        var entries: [Entry] = []
        guard count <= largestEntryCount, !format.isEmpty || count == 0 else {
            cursor.invalidate()
            return []
        }
        while entries.count < count, cursor.isValid {
            var entry = Entry(name: DwarfValue(), directory: 0)
            for (content, form) in format {
                let value = cursor.value(form: form, encoding, implicit: 0)
                if content == 1 { entry.name = value }
                if content == 2 { entry.directory = value.number }
            }
            entries.append(entry)
        }
        return entries
    }

    /// Versions 2 to 4: texts, ended by an empty one; files count from 1.
    private static func listed(_ cursor: inout ByteCursor) -> ([Entry], [Entry]) {
        var directories = [Entry(name: DwarfValue(), directory: 0)]
        while cursor.isValid, directories.count < largestEntryCount {
            let name = cursor.zeroTerminated()
            if name.isEmpty { break }
            directories.append(
                Entry(name: DwarfValue(kind: .inlineText, number: UInt64(name.lowerBound)), directory: 0))
        }
        var files = [Entry(name: DwarfValue(), directory: 0)]
        while cursor.isValid, files.count < largestEntryCount {
            let name = cursor.zeroTerminated()
            if name.isEmpty { break }
            let directory = cursor.uleb()
            _ = cursor.uleb()
            _ = cursor.uleb()
            files.append(
                Entry(name: DwarfValue(kind: .inlineText, number: UInt64(name.lowerBound)), directory: directory))
        }
        return (directories, files)
    }

    /// The path of a file; nil when the table has no such one.
    /// - Parameter unit: whose program this is; knows the folder that paths are relative to.
    func path(of file: UInt64, in unit: DwarfUnit) -> String? {
        guard file < UInt64(files.count) else { return nil }
        let entry = files[Int(file)]
        return bytes.withUnsafeBytes { bytes in
            guard let name = unit.text(entry.name, in: bytes), !name.isEmpty else { return nil }
            if name.hasPrefix("/") { return name }
            var folder = ""
            if entry.directory < UInt64(directories.count) {
                folder = unit.text(directories[Int(entry.directory)].name, in: bytes) ?? ""
            }
            if !folder.hasPrefix("/"), let base = unit.directory, !base.isEmpty {
                folder = folder.isEmpty || folder == base ? base : base + "/" + folder
            }
            return folder.isEmpty ? name : folder + "/" + name
        }
    }
}
