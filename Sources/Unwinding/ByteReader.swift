/// Reads DWARF's primitive values from bytes; nil past the end, never out of bounds.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    private init(_ bytes: UnsafeRawBufferPointer, position: Int, end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    var remaining: Int { end - position }

    /// The bytes not read yet.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[position..<end]) }

    mutating func skip(_ count: Int) { position = min(end, position + max(0, count)) }

    mutating func seek(_ target: Int) { position = min(end, max(position, target)) }

    mutating func byte() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// A little-endian number of 2, 4 or 8 bytes.
    mutating func unsigned(_ size: Int) -> UInt64? {
        guard remaining >= size else { return nil }
        defer { position += size }
        switch size {
        case 2: return UInt64(bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self))
        case 4: return UInt64(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        default: return bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        }
    }

    /// An unsigned LEB128 number (a signed one is skipped the same way). Bits beyond 64 are dropped.
    mutating func leb128() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let next = byte() {
            if shift < 64 { value |= UInt64(next & 0x7F) << shift }
            shift += 7
            if next & 0x80 == 0 { return value }
            if shift > 140 { return nil }
        }
        return nil
    }

    /// A signed LEB128 number.
    mutating func signedLEB128() -> Int64? {
        var value: Int64 = 0
        var shift: Int64 = 0
        while let next = byte() {
            if shift < 64 { value |= Int64(next & 0x7F) << shift }
            shift += 7
            if next & 0x80 == 0 {
                if shift < 64, next & 0x40 != 0 { value |= -1 << shift }
                return value
            }
            if shift > 140 { return nil }
        }
        return nil
    }

    /// A block with its length in front, as positions in the section.
    mutating func block() -> Range<Int>? {
        guard let size = leb128(), size <= UInt64(remaining) else { return nil }
        let start = position
        skip(Int(size))
        return start..<position
    }

    /// The bytes of a block.
    func bytes(_ block: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[block]) }

    /// A record with its length in front (4 bytes, or 0xFFFFFFFF and 8); steps past it.
    /// - Returns: a reader of the record's body at its absolute position.
    mutating func record() -> ByteReader? {
        guard var length = unsigned(4) else { return nil }
        if length == 0xFFFF_FFFF {
            guard let long = unsigned(8) else { return nil }
            length = long
        }
        guard length <= UInt64(remaining) else { return nil }
        let body = ByteReader(bytes, position: position, end: position + Int(length))
        position += Int(length)
        return body
    }

    /// A pointer in one of the DW_EH_PE_* encodings.
    /// - Parameter address: where the pointer itself is mapped, for the relative ones.
    /// - Returns: nil for encodings that no linker writes for functions (text, data or function relative, indirect).
    mutating func pointer(_ encoding: UInt8, address: UInt64) -> UInt64? {
        let value: UInt64?
        switch encoding & 0x0F {
        case 0x00, 0x04, 0x0C: value = unsigned(8)
        case 0x01: value = leb128()
        case 0x02: value = unsigned(2)
        case 0x03: value = unsigned(4)
        case 0x0A: value = unsigned(2).map { UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: $0))) }
        case 0x0B: value = unsigned(4).map { UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: $0))) }
        default: value = nil
        }
        guard let value else { return nil }
        switch encoding & 0x70 {
        case 0x00: return value
        case 0x10: return address &+ value
        // Read for its size only (personality routines).
        default: return encoding & 0x80 != 0 || address == 0 ? value : nil
        }
    }
}
