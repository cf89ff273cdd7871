/// Unaligned big-endian loads: ITCH fields sit at odd offsets, and one load and a byte swap reads each of them.
extension UnsafeRawPointer {
    @inlinable
    @inline(__always)
    package func bigEndianUInt16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inlinable
    @inline(__always)
    package func bigEndianUInt32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inlinable
    @inline(__always)
    package func bigEndianUInt64(at offset: Int) -> UInt64 {
        UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// A 6-byte integer, from two loads: one of 8 bytes would read past the end of the shortest message.
    @inlinable
    @inline(__always)
    package func bigEndianUInt48(at offset: Int) -> UInt64 {
        UInt64(bigEndianUInt16(at: offset)) << 32 | UInt64(bigEndianUInt32(at: offset + 2))
    }

    @inlinable
    @inline(__always)
    package func byte(at offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}
