internal import Glibc
package import ProfileModel

/// Names of code that a runtime wrote at run time, from `/tmp/perf-PID.map`.
///
/// The runtime appends a line `START SIZE NAME` (hexadecimal numbers) for each function; of two that overlap the later
/// holds. node writes it with `--perf-basic-prof`, Java with `jcmd PID Compiler.perfmap`, CPython with `-X perf`.
/// Source: linux/tools/perf/Documentation/jit-interface.txt.
package struct PerfMap: Sendable {
    private struct Entry: Sendable {
        var start: UInt64
        var end: UInt64
        var name: Range<Int>
    }

    private let entries: [Entry]
    private let text: [UInt8]

    /// Larger files are cut: hundreds of thousands of functions.
    private static let largestSize = 64 << 20

    package var isEmpty: Bool { entries.isEmpty }

    /// Reads the map of a process through its own root folder; empty when there is none that can be trusted.
    /// - Parameter pid: as we see it; the file is named by the number that the process sees.
    package init(process pid: Int32) {
        guard let owner = Self.owner(of: pid) else {
            self.init(text: [])
            return
        }
        let path = "/proc/\(pid)/root/tmp/perf-\(owner.innerPID).map"
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            self.init(text: [])
            return
        }
        defer { close(file) }
        var status = stat()
        // /tmp is everybody's: only the process's own user (or root) may name its code.
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == owner.uid || status.st_uid == 0
        else {
            self.init(text: [])
            return
        }
        var text = [UInt8](repeating: 0, count: min(Int(status.st_size), Self.largestSize))
        var count = 0
        while count < text.count {
            let done = text.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, $0.count - count) }
            if done < 0 && errno == EINTR { continue }
            if done <= 0 { break }
            count += done
        }
        text.removeSubrange(count...)
        self.init(text: text)
    }

    /// Reads the text of a map; lines that make no sense are skipped.
    package init(text: [UInt8]) {
        self.text = text
        var found: [Entry] = []
        var line = 0
        while line < text.count {
            let end = text[line...].firstIndex(of: 0x0A) ?? text.count
            if let entry = Self.entry(text, line..<end) { found.append(entry) }
            line = end + 1
        }
        entries = Self.withoutOverlap(found)
    }

    private static func entry(_ text: [UInt8], _ line: Range<Int>) -> Entry? {
        var index = line.lowerBound
        guard let start = hexadecimal(text, &index, line.upperBound),
            let size = hexadecimal(text, &index, line.upperBound),
            size > 0, index < line.upperBound
        else { return nil }
        let (end, overflow) = start.addingReportingOverflow(size)
        return overflow ? nil : Entry(start: start, end: end, name: index..<line.upperBound)
    }

    private static func hexadecimal(_ text: [UInt8], _ index: inout Int, _ end: Int) -> UInt64? {
        if end - index > 2, text[index] == 0x30, text[index + 1] | 0x20 == 0x78 { index += 2 }
        let start = index
        var value: UInt64 = 0
        while index < end, index - start <= 16 {
            let byte = text[index] | 0x20
            switch byte {
            case 0x30...0x39 where index - start < 16: value = value << 4 | UInt64(byte - 0x30)
            case 0x61...0x66 where index - start < 16: value = value << 4 | UInt64(byte - 0x61 + 10)
            default:
                guard index > start, text[index] == 0x20 else { return nil }
                index += 1
                return value
            }
            index += 1
        }
        return nil
    }

    /// Later entries replace the earlier ones that they overlap.
    private static func withoutOverlap(_ entries: [Entry]) -> [Entry] {
        let order = entries.indices.sorted { a, b in
            entries[a].start != entries[b].start ? entries[a].start < entries[b].start : a < b
        }
        var kept: [Int] = []
        for index in order {
            var isReplaced = false
            while let last = kept.last, entries[last].end > entries[index].start {
                if last > index {
                    isReplaced = true
                    break
                }
                kept.removeLast()
            }
            if !isReplaced { kept.append(index) }
        }
        return kept.map { entries[$0] }
    }

    /// The function that holds an address. O(log n).
    package func lookup(_ address: VirtualAddress) -> SymbolTable.Match? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].start <= address.rawValue { low = middle + 1 } else { high = middle }
        }
        guard low > 0, address.rawValue < entries[low - 1].end else { return nil }
        let entry = entries[low - 1]
        return SymbolTable.Match(
            name: String(decoding: text[entry.name], as: UTF8.self), start: ModuleRelativeAddress(entry.start))
    }

    private static func owner(of pid: Int32) -> (innerPID: Int32, uid: UInt32)? {
        guard let file = fopen("/proc/\(pid)/status", "re") else { return nil }
        defer { fclose(file) }
        var inner: Int32?
        var uid: UInt32?
        var line = [CChar](repeating: 0, count: 1024)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            let fields = text.split(whereSeparator: \.isWhitespace)
            if fields.first == "NSpid:" { inner = fields.last.flatMap { Int32($0) } }
            if fields.first == "Uid:", fields.count > 2 { uid = UInt32(fields[2]) }
        }
        guard let uid else { return nil }
        return (inner ?? pid, uid)
    }
}
