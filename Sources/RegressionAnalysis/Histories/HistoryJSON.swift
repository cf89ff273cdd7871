/// Reads a history from JSON. A reader of its own: decoders refuse the NaN that Python writes, and say little of where.
struct HistoryJSON {
    private let bytes: [UInt8]
    private var index: Int

    /// Containers within containers that are passed over.
    private static let deepest = 64

    static func parse(_ bytes: [UInt8], from start: Int) throws(RegressionError) -> HistoryFile {
        var reader = HistoryJSON(bytes: bytes, index: start)
        reader.skipSpace()
        let file: HistoryFile
        if reader.take("[") {
            file = HistoryFile(values: try reader.numbers(), commits: nil)
        } else {
            file = try reader.object()
        }
        reader.skipSpace()
        guard reader.index == bytes.count else { throw reader.problem("something follows the end") }
        return file
    }

    private mutating func object() throws(RegressionError) -> HistoryFile {
        try expect("{")
        var values: [Double]?
        var commits: [String]?
        skipSpace()
        if !take("}") {
            repeat {
                skipSpace()
                let name = try string()
                skipSpace()
                try expect(":")
                skipSpace()
                switch name {
                case "values":
                    try expect("[")
                    values = try numbers()
                case "commits":
                    commits = try take("null") ? nil : strings()
                default: try skipValue(depth: 0)
                }
                skipSpace()
            } while take(",")
            try expect("}")
        }
        guard let values else {
            throw RegressionError(
                .malformed, "not a history: the object has no member \"values\" with an array of numbers")
        }
        return HistoryFile(values: values, commits: commits)
    }

    /// After the opening bracket.
    private mutating func numbers() throws(RegressionError) -> [Double] {
        var result: [Double] = []
        skipSpace()
        if take("]") { return result }
        repeat {
            skipSpace()
            let start = index
            while index < bytes.count, !",] \t\r\n[{\"".utf8.contains(bytes[index]) { index += 1 }
            let word = String(decoding: bytes[start..<index], as: UTF8.self)
            guard index - start <= 64, !word.isEmpty, let value = NumberField.parse(word) else {
                index = start
                throw problem("value \(result.count) is not a number")
            }
            try HistoryFile.check(result.count)
            result.append(value)
            skipSpace()
        } while take(",")
        try expect("]")
        return result
    }

    private mutating func strings() throws(RegressionError) -> [String] {
        try expect("[")
        var result: [String] = []
        skipSpace()
        if take("]") { return result }
        repeat {
            skipSpace()
            try HistoryFile.check(result.count)
            result.append(try take("null") ? "" : string())
            skipSpace()
        } while take(",")
        try expect("]")
        return result
    }

    private mutating func string() throws(RegressionError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard bytes[index] == UInt8(ascii: "\\") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { break }
            let escaped = bytes[index + 1]
            index += 2
            switch escaped {
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
                text.append(0x20)
            case UInt8(ascii: "u"):
                let digits = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self)
                guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16) else {
                    throw problem("a \\u escape needs four hexadecimal digits")
                }
                index += 4
                text += Array(String(Unicode.Scalar(code).map(Character.init) ?? "\u{FFFD}").utf8)
            default: text.append(escaped)
            }
        }
        try expect("\"")
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func skipValue(depth: Int) throws(RegressionError) {
        guard depth < Self.deepest else { throw problem("nested too deeply") }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            _ = try string()
        } else if take("[") {
            skipSpace()
            if take("]") { return }
            repeat {
                skipSpace()
                try skipValue(depth: depth + 1)
                skipSpace()
            } while take(",")
            try expect("]")
        } else if take("{") {
            skipSpace()
            if take("}") { return }
            repeat {
                skipSpace()
                _ = try string()
                skipSpace()
                try expect(":")
                skipSpace()
                try skipValue(depth: depth + 1)
                skipSpace()
            } while take(",")
            try expect("}")
        } else {
            let start = index
            while index < bytes.count, !",]} \t\r\n".utf8.contains(bytes[index]) { index += 1 }
            guard index > start else { throw problem("a value is missing") }
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count, " \t\r\n".utf8.contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        let isThere = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
        if isThere { index += count }
        return isThere
    }

    private mutating func expect(_ word: StaticString) throws(RegressionError) {
        guard take(word) else { throw problem("'\(word)' is missing") }
    }

    private func problem(_ what: String) -> RegressionError {
        let line = bytes.prefix(index).reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        return RegressionError(
            .malformed,
            "not a history in JSON: \(what), at byte \(index) on line \(line); "
                + "write an array of numbers, or {\"values\": [...], \"commits\": [...]}")
    }
}
