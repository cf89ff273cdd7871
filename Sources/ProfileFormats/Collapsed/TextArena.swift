internal import Glibc

/// Texts, one behind the other in one piece of memory.
struct TextArena {
    private var bytes: [UInt8] = []
    /// Where each text begins, and where the last one ends.
    private var ends = [0]

    /// The texts' bytes while they are in use.
    struct Bytes {
        let start: UnsafePointer<UInt8>
        let ends: UnsafePointer<Int>
    }

    var count: Int { ends.count - 1 }

    /// Adds a name in which what separates frames and lines is replaced, with an annotation behind it.
    /// - Returns: its position.
    mutating func add(_ name: String, _ annotation: String = "") -> Int32 {
        let start = bytes.count
        bytes.append(contentsOf: name.utf8)
        for index in start..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: ";"): bytes[index] = UInt8(ascii: ":")
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0: bytes[index] = UInt8(ascii: " ")
            default: break
            }
        }
        bytes.append(contentsOf: annotation.utf8)
        ends.append(bytes.count)
        return Int32(ends.count - 2)
    }

    func withBytes<Result>(_ body: (Bytes) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { bytes in
            try ends.withUnsafeBufferPointer { ends in
                // Without any text nothing is read.
                let start = bytes.baseAddress ?? UnsafePointer(bitPattern: 1)!
                return try body(Bytes(start: start, ends: ends.baseAddress!))
            }
        }
    }

    /// Position of each text in the order of bytes: equal texts have one position.
    func ranks() -> [Int32] {
        withBytes { texts in
            // Most differ in their first bytes, which need no look at the text.
            var order = (0..<count).map { (head: Self.head(texts, $0), text: Int32($0)) }
            order.sort {
                $0.head != $1.head ? $0.head < $1.head : Self.compare(texts, Int($0.text), Int($1.text)) < 0
            }
            var ranks = [Int32](repeating: 0, count: count)
            var rank: Int32 = 0
            for index in order.indices.dropFirst() {
                let (last, this) = (Int(order[index - 1].text), Int(order[index].text))
                if Self.compare(texts, last, this) != 0 { rank += 1 }
                ranks[this] = rank
            }
            return ranks
        }
    }

    /// The first eight bytes as a number, so that numbers compare as texts do; zeros behind a shorter one.
    private static func head(_ texts: Bytes, _ text: Int) -> UInt64 {
        var head: UInt64 = 0
        let length = texts.ends[text + 1] - texts.ends[text]
        withUnsafeMutableBytes(of: &head) {
            _ = memcpy($0.baseAddress!, texts.start + texts.ends[text], min(8, length))
        }
        return UInt64(bigEndian: head)
    }

    private static func compare(_ texts: Bytes, _ a: Int, _ b: Int) -> Int {
        let lengths = (texts.ends[a + 1] - texts.ends[a], texts.ends[b + 1] - texts.ends[b])
        let order = memcmp(texts.start + texts.ends[a], texts.start + texts.ends[b], min(lengths.0, lengths.1))
        return order != 0 ? Int(order) : lengths.0 - lengths.1
    }
}
