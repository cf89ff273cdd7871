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

    private let section: FrameBytes
    private let address: UInt64
    let count: Int

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
        self.section = section
        self.address = address
        self.count = count
        var last = start(0)
        for index in 1..<max(count, 1) {
            let next = start(index)
            guard next > last else { return nil }
            last = next
        }
    }

    /// Where a function starts and where its entry is, relative to the section: signed 32-bit numbers in pairs.
    private func start(_ index: Int) -> Int32 { number(Self.prefixBytes + 8 * index) }
    private func entry(_ index: Int) -> Int32 { number(Self.prefixBytes + 8 * index + 4) }

    private func number(_ offset: Int) -> Int32 {
        section.bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
    }

    subscript(index: Int) -> Row {
        Row(
            start: address &+ UInt64(bitPattern: Int64(start(index))),
            entry: address &+ UInt64(bitPattern: Int64(entry(index))))
    }

    /// The last function that starts at or before an address. O(log n).
    func index(of target: UInt64) -> Int? {
        guard let relative = Int32(exactly: Int64(bitPattern: target &- address)) else { return nil }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if start(middle) <= relative { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
