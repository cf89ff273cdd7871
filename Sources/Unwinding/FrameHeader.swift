/// The linker's sorted table of functions in `.eh_frame_hdr`: address and entry, 4 bytes each, relative to the section.
///
/// It saves reading all of `.eh_frame`, but is not trusted: whoever finds an entry with it checks that the entry is there
/// and says the same. Format: Linux Standard Base, Core, "Exception Frames", `.eh_frame_hdr`.
struct FrameHeader {
    /// One function, by the module's own addresses.
    struct Row {
        var start: UInt64
        var entry: UInt64
    }

    /// Pairs of signed 32-bit numbers.
    private let table: [Int32]
    private let address: UInt64

    var count: Int { table.count / 2 }

    /// What precedes the table: version, three encodings, a pointer and a count, 4 bytes each.
    private static let prefixBytes = 12
    /// DW_EH_PE_udata4; DW_EH_PE_datarel | DW_EH_PE_sdata4. Nothing else is written with a table.
    private static let encodings: (count: UInt8, table: UInt8) = (0x03, 0x3B)

    /// Reads and checks a table; nil when it is not there, in another encoding, cut off or not in order.
    init?(_ section: FrameBytes, address: UInt64) {
        section.load(0..<section.bytes.count)
        let bytes = section.bytes
        guard bytes.count >= Self.prefixBytes, bytes[0] == 1, bytes[1] & 0x0F == 0x0B || bytes[1] & 0x0F == 0x03,
            bytes[2] == Self.encodings.count, bytes[3] == Self.encodings.table
        else { return nil }
        let count = Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        guard count > 0, count <= (bytes.count - Self.prefixBytes) / 8 else { return nil }
        let table = [Int32](unsafeUninitializedCapacity: 2 * count) { buffer, initialized in
            let source = UnsafeRawBufferPointer(rebasing: bytes[Self.prefixBytes..<(Self.prefixBytes + 8 * count)])
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            initialized = 2 * count
        }
        let isSorted = table.withUnsafeBufferPointer { table in
            var index = 2
            while index < table.count, table[index - 2] < table[index] { index += 2 }
            return index >= table.count
        }
        guard isSorted else { return nil }
        self.table = table
        self.address = address
    }

    subscript(index: Int) -> Row {
        Row(
            start: address &+ UInt64(bitPattern: Int64(table[2 * index])),
            entry: address &+ UInt64(bitPattern: Int64(table[2 * index + 1])))
    }

    /// The last function that starts at or before an address. O(log n).
    func index(of target: UInt64) -> Int? {
        guard let relative = Int32(exactly: Int64(bitPattern: target &- address)) else { return nil }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if table[2 * middle] <= relative { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
