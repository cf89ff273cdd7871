/// Reads little-endian values from bytes that may be anything.
///
/// Past the end every read yields 0 and ``isValid`` turns false for good, so that a parser checks once at the end of a
/// record instead of after each field. Never reads out of bounds.
package struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    package private(set) var offset: Int
    package let end: Int
    package private(set) var isValid = true

    /// - Parameter bytes: borrowed; must outlive the cursor.
    package init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        self.bytes = bytes
        end = bytes.count
        self.offset = 0
        seek(offset)
    }

    /// A cursor over a part of the bytes.
    package init(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) {
        self.bytes = bytes
        self.end = max(0, min(end, bytes.count))
        offset = 0
        seek(start)
    }

    package var remaining: Int { end - offset }
    package var isAtEnd: Bool { offset >= end }

    package mutating func invalidate() {
        isValid = false
        offset = end
    }

    package mutating func seek(_ target: Int) {
        guard target >= 0, target <= end else { return invalidate() }
        offset = target
    }

    package mutating func skip(_ count: Int) {
        guard count >= 0, count <= end &- offset else { return invalidate() }
        offset &+= count
    }

    package mutating func skip(_ count: UInt64) { skip(Int(clamping: count)) }

    @inline(__always)
    private mutating func load<Value: FixedWidthInteger>(_: Value.Type) -> Value {
        let size = MemoryLayout<Value>.size
        guard end &- offset >= size else {
            invalidate()
            return 0
        }
        defer { offset &+= size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    package mutating func u8() -> UInt8 { load(UInt8.self) }
    package mutating func u16() -> UInt16 { load(UInt16.self) }
    package mutating func u32() -> UInt32 { load(UInt32.self) }
    package mutating func u64() -> UInt64 { load(UInt64.self) }

    /// A number of 1, 2, 3, 4 or 8 bytes.
    package mutating func unsigned(_ size: Int) -> UInt64 {
        switch size {
        case 1: return UInt64(u8())
        case 2: return UInt64(u16())
        case 3: return UInt64(u16()) | UInt64(u8()) << 16
        case 4: return UInt64(u32())
        case 8: return u64()
        default:
            invalidate()
            return 0
        }
    }

    /// An unsigned LEB128 number; bits beyond 64 are dropped, numbers longer than 20 bytes are invalid.
    package mutating func uleb() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 140 {
            let byte = u8()
            if shift < 64 { value |= UInt64(byte & 0x7F) &<< shift }
            if byte & 0x80 == 0 { return value }
            shift &+= 7
        }
        invalidate()
        return 0
    }

    /// A signed LEB128 number.
    package mutating func sleb() -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 140 {
            let byte = u8()
            if shift < 64 { value |= UInt64(byte & 0x7F) &<< shift }
            shift &+= 7
            if byte & 0x80 == 0 {
                if byte & 0x40 != 0, shift < 64 { value |= ~0 &<< shift }
                return Int64(bitPattern: value)
            }
        }
        invalidate()
        return 0
    }

    /// Moves behind the zero byte that ends a text; the range is the text without it.
    package mutating func zeroTerminated() -> Range<Int> {
        let start = offset
        while offset < end, bytes[offset] != 0 { offset &+= 1 }
        guard offset < end else {
            invalidate()
            return start..<start
        }
        defer { offset &+= 1 }
        return start..<offset
    }

    package func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
