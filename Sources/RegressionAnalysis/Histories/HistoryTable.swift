internal import BenchmarkSuites
/// Reads a history from a table of text: RFC 4180 with the separator that the first line has.
enum HistoryTable {
    private static let commitNames: Set<String> = ["commit", "commits", "revision", "sha", "hash"]
    /// Most columns, and most bytes of a field.
    private static let mostColumns = 10_000
    private static let longestField = 4096

    static func parse(_ bytes: [UInt8], from start: Int, column: String?) throws(RegressionError) -> HistoryFile {
        guard !bytes.contains(0) else {
            throw RegressionError(.malformed, "not a history: the file is not text; give a table or JSON")
        }
        let firstLine = bytes[start...].prefix { $0 != 0x0A }
        let separator = [UInt8(ascii: ","), 0x09, UInt8(ascii: ";")].first { firstLine.contains($0) }
        var rows = Rows(bytes: bytes, index: start, separator: separator ?? UInt8(ascii: ","))
        guard let first = try rows.next() else {
            throw RegressionError(.malformed, "the file is empty: give at least one value")
        }
        let hasNames = !first.contains { NumberField.parse($0).map(\.isFinite) ?? false }
        let second = try hasNames ? rows.next() : first
        let place = try find(column, names: hasNames ? first : nil, sample: second ?? [], count: first.count)
        let commitPlace = hasNames ? first.firstIndex { commitNames.contains($0.lowercased()) } : nil
        var values: [Double] = []
        var commits: [String]? = commitPlace == nil ? nil : []
        var next = second
        while let row = next {
            if row != [""] {
                guard row.count > place else {
                    throw RegressionError(
                        .malformed,
                        "line \(rows.line) has \(row.count) fields, but the values are in field \(place + 1)")
                }
                guard let value = NumberField.parse(row[place]) else {
                    throw RegressionError(
                        .malformed,
                        "line \(rows.line): '\(PlainText.of(row[place]))' is not a number; name the right --column")
                }
                try HistoryFile.check(values.count)
                values.append(value)
                if let commitPlace { commits?.append(row.count > commitPlace ? row[commitPlace] : "") }
            }
            next = try rows.next()
        }
        return HistoryFile(values: values, commits: commits)
    }

    private static func find(
        _ column: String?, names: [String]?, sample: [String], count: Int
    ) throws(RegressionError) -> Int {
        let known = (names ?? []).prefix(8).map { PlainText.of($0) }.joined(separator: ", ")
        if let column {
            if let place = names?.firstIndex(of: column) { return place }
            if let number = Int(column), number >= 1, number <= count { return number - 1 }
            throw RegressionError(
                .column,
                "no column '\(PlainText.of(column))'; "
                    + (names == nil ? "give a number from 1 to \(count)" : "the file has: \(known)"))
        }
        let numeric = sample.indices.filter { NumberField.parse(sample[$0]) != nil && !sample[$0].isEmpty }
        if numeric.count == 1 { return numeric[0] }
        if numeric.isEmpty, count == 1 { return 0 }
        throw RegressionError(
            .column,
            "\(numeric.count) columns hold numbers: name one with --column"
                + (names == nil ? ", from 1 to \(count)" : "; the file has: \(known)"))
    }

    /// The rows of a table, one at a time.
    private struct Rows {
        let bytes: [UInt8]
        var index: Int
        let separator: UInt8
        /// Of the row that was read last, from 1.
        private(set) var line = 0
        private var lineEnds = 0

        init(bytes: [UInt8], index: Int, separator: UInt8) {
            self.bytes = bytes
            self.index = index
            self.separator = separator
        }

        mutating func next() throws(RegressionError) -> [String]? {
            guard index < bytes.count else { return nil }
            line = lineEnds + 1
            var row: [String] = []
            while true {
                row.append(try field())
                guard row.count <= mostColumns else {
                    throw RegressionError(.malformed, "line \(line) has more than \(mostColumns) fields")
                }
                guard index < bytes.count else { return row }
                let end = bytes[index]
                index += 1
                if end == 0x0A {
                    lineEnds += 1
                    return row
                }
            }
        }

        /// Up to a separator or the line's end, which is left.
        private mutating func field() throws(RegressionError) -> String {
            var text: [UInt8] = []
            var isQuoted = false
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                isQuoted = true
                index += 1
            }
            while index < bytes.count {
                let byte = bytes[index]
                if isQuoted {
                    if byte == UInt8(ascii: "\"") {
                        index += 1
                        guard index < bytes.count, bytes[index] == byte else {
                            isQuoted = false
                            continue
                        }
                    } else if byte == 0x0A {
                        lineEnds += 1
                    }
                } else if byte == separator || byte == 0x0A {
                    break
                }
                text.append(byte)
                index += 1
                guard text.count <= longestField else {
                    throw RegressionError(
                        .malformed, "line \(line): a field is longer than \(longestField) bytes; is this a table?")
                }
            }
            guard !isQuoted else { throw RegressionError(.malformed, "line \(line): a quotation mark is not closed") }
            let space: Set<UInt8> = [0x20, 0x09, 0x0D]
            let kept = text.drop { space.contains($0) }
            let end = kept.lastIndex { !space.contains($0) }.map { $0 + 1 } ?? kept.startIndex
            return String(decoding: kept[kept.startIndex..<end], as: UTF8.self)
        }
    }
}
