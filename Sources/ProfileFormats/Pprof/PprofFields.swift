/// The outermost level of a `profile.proto`, without decoding what is in it.
///
/// Knowing where each field begins lets the decoder read the tables before the samples that refer to them, whatever
/// their order in the file, and a few megabytes at a time: a decoded message is many times its encoded size, so that
/// a file decoded at once could ask for far more memory than it has bytes.
struct PprofFields {
    private static let sampleNumber = 2
    private static let lastNumber = 15

    /// Byte ranges of whole fields, neighbors joined up to ``pieceSize``.
    private(set) var samples: [Range<Int>] = []
    private(set) var tables: [Range<Int>] = []

    static let pieceSize = 4 << 20

    /// - Throws: ``FormatError`` when the bytes are not a sequence of protocol buffer fields.
    init(_ bytes: [UInt8]) throws {
        var cursor = Cursor(bytes: bytes)
        while cursor.offset < bytes.count {
            let start = cursor.offset
            guard let field = cursor.skipField() else {
                throw FormatError(.malformed, "the pprof file is truncated or damaged at byte \(start)")
            }
            // An empty message has no identifier, an empty sample no value; only texts may be empty.
            if (2...5).contains(field.number) && field.wireType == 2 && field.length == 0 {
                throw FormatError(.malformed, "the pprof file is damaged at byte \(start): an empty entry")
            }
            if field.number == Self.sampleNumber {
                Self.append(start..<cursor.offset, to: &samples)
            } else {
                Self.append(start..<cursor.offset, to: &tables)
            }
        }
    }

    private static func append(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
        if let last = ranges.last, last.upperBound == range.lowerBound, range.upperBound - last.lowerBound <= pieceSize
        {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }

    /// Whether the first fields are ones that a profile has, in the right wire types.
    static func looksLikeProfile(_ bytes: [UInt8]) -> Bool {
        var cursor = Cursor(bytes: bytes)
        for count in 0..<16 {
            if cursor.offset == bytes.count { return count > 0 }
            // A field that runs past the end is a truncated profile if everything before was right.
            guard let field = cursor.skipField() else { return count > 0 }
            guard (1...lastNumber).contains(field.number) else { return false }
            let hasLength = (1...6).contains(field.number) || field.number == 11
            let isPackable = field.number == 13
            guard field.wireType == (hasLength ? 2 : 0) || (isPackable && field.wireType == 2) else { return false }
        }
        return true
    }

    private struct Cursor {
        let bytes: [UInt8]
        var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// Steps over one field; nil when it is malformed or runs past the end.
        mutating func skipField() -> (number: Int, wireType: Int, length: Int)? {
            guard let key = varint(), key >> 3 > 0, key >> 3 <= 0x1FFF_FFFF else { return nil }
            let number = Int(key >> 3)
            switch key & 7 {
            case 0:
                return varint() == nil ? nil : (number, 0, 0)
            case 1, 5:
                offset += key & 7 == 1 ? 8 : 4
                return offset <= bytes.count ? (number, Int(key & 7), 0) : nil
            case 2:
                guard let length = varint(), length <= UInt64(bytes.count - offset) else { return nil }
                offset += Int(length)
                return (number, 2, Int(length))
            default:
                return nil  // groups, and wire types that do not exist
            }
        }

        private mutating func varint() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 70, by: 7) {
                guard offset < bytes.count else { return nil }
                let byte = bytes[offset]
                offset += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            return nil
        }
    }
}
