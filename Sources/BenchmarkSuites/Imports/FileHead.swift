/// The beginning of a text file, to tell what it is.
struct FileHead {
    private let text: String

    init(_ bytes: [UInt8]) {
        let start = bytes.firstIndex { $0 > 0x20 && $0 < 0x80 } ?? bytes.endIndex
        text = String(decoding: bytes[start...].prefix(8192), as: UTF8.self)
    }

    var isObject: Bool { text.hasPrefix("{") }
    var isArray: Bool { text.hasPrefix("[") }

    func contains(_ part: String) -> Bool { text.utf8.firstRange(of: part.utf8) != nil }
}

extension Collection where Element == UInt8 {
    /// The first place of a short text. O(count · part.count).
    fileprivate func firstRange(of part: some Collection<UInt8>) -> Index? {
        var start = startIndex
        while start != endIndex {
            if self[start...].starts(with: part) { return start }
            formIndex(after: &start)
        }
        return nil
    }
}
