import Glibc
import Testing

/// What `readelf --debug-dump=frames-interp` works out of a file's call-frame information: the rules at every address
/// where they change. An implementation that shares nothing with ours.
struct ReadelfFrames {
    struct Row {
        var address: UInt64
        /// As `readelf` writes them: `rsp+16`, `exp`; `c-8`, `u`, a register, `exp`.
        var cfa: String
        var framePointer: String
        var returnAddress: String
    }

    private var commons: [Substring: [Row]] = [:]
    private(set) var rows: [Row] = []

    /// - Parameters:
    ///   - section: the section whose dump is wanted: a file may have both.
    ///   - framePointer: the register's name in the dump.
    init(of path: String, section: String = ".eh_frame", framePointer: String) throws {
        let listing = try #require(
            popen("readelf --wide --debug-dump=frames-interp,no-follow-links '\(path)' 2>/dev/null", "r"))
        defer { pclose(listing) }
        var line = [CChar](repeating: 0, count: 4096)
        var isWanted = false
        var columns: [Substring] = []
        var current: [Row] = []
        var begin: UInt64?
        var end: UInt64 = 0
        var parent: Substring = ""
        var name: Substring = ""
        func finish(_ frames: inout ReadelfFrames) {
            if let begin {
                // An entry without instructions of its own has its common entry's rules.
                if current.isEmpty, var row = frames.commons[parent]?.last {
                    row.address = begin
                    current = [row]
                }
                // Instructions may go on to the function's end, where no code is.
                frames.rows += current.filter { $0.address < end }
            } else if !name.isEmpty {
                frames.commons[name] = current
            }
            current = []
            begin = nil
            name = ""
            columns = []
        }
        while fgets(&line, Int32(line.count), listing) != nil {
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            if text.hasPrefix("Contents of the ") {
                finish(&self)
                isWanted = text.contains(" \(section) section")
                continue
            }
            guard isWanted else { continue }
            let fields = text.split(whereSeparator: \.isWhitespace)
            guard let first = fields.first else {
                finish(&self)
                continue
            }
            if first == "LOC" {
                columns = fields
            } else if fields.count > 4, fields[3] == "CIE" {
                finish(&self)
                name = first
            } else if fields.count > 5, fields[3] == "FDE" {
                finish(&self)
                name = first
                parent = fields[4].dropFirst(4)
                let range = fields[5].dropFirst(3).split(separator: ".")
                begin = range.first.flatMap { UInt64($0, radix: 16) }
                end = range.last.flatMap { UInt64($0, radix: 16) } ?? 0
            } else if fields.count == columns.count, let address = UInt64(first, radix: 16) {
                let value = { (column: String) in
                    columns.firstIndex { $0 == column }.map { String(fields[$0]) } ?? "u"
                }
                let row = Row(
                    address: address, cfa: String(fields[1]), framePointer: value(framePointer),
                    returnAddress: value("ra"))
                // Of two rows for one address the later holds.
                if current.last?.address == address { current.removeLast() }
                current.append(row)
            }
        }
        finish(&self)
    }
}
