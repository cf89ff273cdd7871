/// Writes the shapes of fields that samples, locations and functions are made of, in protocol buffers' wire format
/// (protobuf.dev/programming-guides/encoding): a tag, then a number of variable length, or a length and so many bytes.
///
/// The bytes lie in memory of its own, whose room is asked for once a message: an array would ask once a byte.
struct PprofWriter: ~Copyable {
    /// Field number × 8, + 2 where the length stands in front.
    enum Tag {
        static let sample: UInt8 = 2 << 3 | 2
        static let location: UInt8 = 4 << 3 | 2
        static let function: UInt8 = 5 << 3 | 2
        static let text: UInt8 = 6 << 3 | 2
        /// `Sample.location_id`.
        static let locationIDs: UInt8 = 1 << 3 | 2
        /// `Sample.value`.
        static let values: UInt8 = 2 << 3 | 2
        /// `Location.line`.
        static let line: UInt8 = 4 << 3 | 2
    }

    private var memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)
    private(set) var count = 0

    deinit { memory.deallocate() }

    /// Everything that was written.
    consuming func finish() -> [UInt8] { Array(memory[..<count]) }

    /// Bytes of a number: seven bits in each.
    static func size(of number: UInt64) -> Int { (70 - (number | 1).leadingZeroBitCount) / 7 }

    /// Bytes of a field with its tag and length; an empty one is left out.
    static func size(ofField bytes: Int) -> Int { bytes == 0 ? 0 : 1 + size(of: UInt64(bytes)) + bytes }

    /// Bytes of a number with its tag; 0 is left out.
    static func size(ofNumber number: UInt64) -> Int { number == 0 ? 0 : 1 + size(of: number) }

    /// Makes room for what is appended next.
    mutating func reserve(_ size: Int) {
        guard memory.count - count < size else { return }
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(memory.count * 2, count + size))
        _ = larger.moveUpdate(fromContentsOf: memory[..<count])
        memory.deallocate()
        memory = larger
    }

    // What follows needs the room that was reserved before.

    mutating func append(byte: UInt8) {
        memory[count] = byte
        count += 1
    }

    // hot: per frame of each sample
    mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(byte: UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(byte: UInt8(truncatingIfNeeded: rest))
    }

    /// A field that is a number; 0 is left out.
    mutating func append(field: UInt8, _ number: UInt64) {
        guard number != 0 else { return }
        append(byte: field << 3)
        append(number)
    }

    /// The tag and the length of a field whose bytes come next.
    mutating func append(tag: UInt8, length: Int) {
        append(byte: tag)
        append(UInt64(length))
    }

    mutating func append(contentsOf bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        _ = UnsafeMutableBufferPointer(rebasing: memory[count..<(count + bytes.count)]).update(fromContentsOf: bytes)
        count += bytes.count
    }
}
