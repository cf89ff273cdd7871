/// A copy of a part of a thread's stack, and where it was.
package struct StackBytes {
    private let bytes: UnsafeRawBufferPointer
    /// Address of the first byte.
    package let low: UInt64

    package init(_ bytes: UnsafeRawBufferPointer, at low: UInt64) {
        self.bytes = bytes
        self.low = low
    }

    package var count: Int { bytes.count }

    /// A word of the stack; nil when it is not all in the copy.
    // hot: per frame
    @inline(__always)
    package func load(_ address: UInt64) -> UInt64? {
        let offset = address &- low
        guard bytes.count >= 8, offset <= UInt64(bytes.count - 8) else { return nil }
        return bytes.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: offset), as: UInt64.self)
    }
}
