/// The few shapes of fields that samples are made of, in protocol buffers' wire format
/// (protobuf.dev/programming-guides/encoding): a tag, a length, packed variable-length numbers.
enum PprofWriter {
    /// Field number × 8 + 2: what follows has its length in front.
    enum Tag {
        /// `Profile.sample`.
        static let sample: UInt8 = 2 << 3 | 2
        /// `Sample.location_id`.
        static let locationIDs: UInt8 = 1 << 3 | 2
        /// `Sample.value`.
        static let values: UInt8 = 2 << 3 | 2
    }

    /// Bytes of a number: seven bits in each.
    static func size(of number: UInt64) -> Int { max(1, (64 - number.leadingZeroBitCount + 6) / 7) }

    /// Bytes of a field with its tag and length; an empty one is left out.
    static func size(ofField bytes: Int) -> Int { bytes == 0 ? 0 : 1 + size(of: UInt64(bytes)) + bytes }

    static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
