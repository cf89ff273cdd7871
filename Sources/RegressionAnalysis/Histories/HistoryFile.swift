/// A history of results as others write it: a table or JSON.
package struct HistoryFile: Hashable, Sendable {
    /// In order of time; NaN where the file has no value.
    package let values: [Double]
    /// One for each value; nil when the file names none.
    package let commits: [String]?

    /// Most values that are looked at.
    package static let mostValues = 10_000_000
    /// Most bytes that are read.
    package static let mostBytes = 512 << 20

    package init(values: [Double], commits: [String]?) {
        self.values = values
        self.commits = commits
    }

    /// Tells the kind by the first character: `[` or `{` is JSON, anything else a table.
    ///
    /// JSON is an array of numbers, or `{"values": [...], "commits": [...]}`, of which commits may be left out and other
    /// members are passed over; `null`, `NaN` and `Infinity` stand for no value, as Python writes them. A table has one
    /// line a value, fields separated by commas, semicolons or tabs (whichever its first line has), quoted as in RFC
    /// 4180, with or without a line of names; empty fields, `nan`, `null` and `NA` stand for no value. A column that is
    /// called `commit`, `revision` or `sha` names the commits.
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - column: the name of the table's column, or its number from 1; nil when only one holds numbers.
    /// - Throws: ``RegressionError``.
    package init(_ bytes: [UInt8], column: String? = nil) throws(RegressionError) {
        guard bytes.count <= Self.mostBytes else {
            throw RegressionError(
                .tooLarge, "the file has \(bytes.count >> 20) MiB; at most \(Self.mostBytes >> 20) are read")
        }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0  // a byte order mark
        let first = bytes[start...].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        guard let first else { throw RegressionError(.malformed, "the file is empty: give at least one value") }
        if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
            guard column == nil else {
                throw RegressionError(.column, "--column names a column of a table, but the file is JSON: leave it out")
            }
            self = try HistoryJSON.parse(bytes, from: start)
        } else {
            self = try HistoryTable.parse(bytes, from: start, column: column)
        }
        guard !values.isEmpty else {
            throw RegressionError(.malformed, "the file holds no value: give at least one")
        }
        if let commits, commits.count != values.count {
            throw RegressionError(
                .malformed, "\(values.count) values but \(commits.count) commits: give one commit for each value")
        }
    }

    static func check(_ count: Int) throws(RegressionError) {
        guard count < mostValues else {
            throw RegressionError(.tooLarge, "more than \(mostValues) values: cut the history")
        }
    }
}

/// A number as files write it.
enum NumberField {
    /// The number; NaN for what stands for no value; nil for anything else.
    static func parse(_ field: some StringProtocol) -> Double? {
        switch field.lowercased() {
        case "", "nan", "null", "na", "none", "-": return .nan
        case "inf", "infinity", "+inf", "+infinity", "-inf", "-infinity": return .nan
        default: break
        }
        // Swift also takes hexadecimal numbers, which nobody means.
        guard field.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(String(field))
    }
}
