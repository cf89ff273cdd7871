internal import Glibc
package import ProfileModel

/// Names of code that a runtime wrote at run time, from `/tmp/perf-PID.map`.
///
/// The runtime appends a line `START SIZE NAME` (hexadecimal numbers) for each function; of two that overlap the later
/// holds. node writes it with `--perf-basic-prof`, Java with `jcmd PID Compiler.perfmap`, CPython with `-X perf`.
/// Source: linux/tools/perf/Documentation/jit-interface.txt.
package struct PerfMap: Sendable {
    private var functions = GeneratedFunctions()
    private let file: OpenFile?
    /// Bytes that were read: whole lines.
    private var position: UInt64 = 0

    /// Longer maps are cut: millions of functions.
    private static let largestSize: UInt64 = 256 << 20

    package var isEmpty: Bool { functions.isEmpty }

    /// Reads the map of a process through its own root folder; empty when there is none that can be trusted.
    /// - Parameter pid: as we see it; the file is named by the number that the process sees.
    package init(process pid: Int32) {
        guard let owner = Self.owner(of: pid) else {
            file = nil
            return
        }
        let path = "/proc/\(pid)/root/tmp/perf-\(owner.innerPID).map"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        var status = stat()
        // /tmp is everybody's: only the process's own user (or root) may name its code.
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == owner.uid || status.st_uid == 0
        else {
            if descriptor >= 0 { close(descriptor) }
            file = nil
            return
        }
        file = OpenFile(descriptor)
        update()
    }

    /// Reads the map that a process of a finished recording left behind; nil when there is none that belongs to this
    /// user or root.
    package init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        let opened = OpenFile(descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == geteuid() || status.st_uid == 0
        else { return nil }
        file = opened
        update()
    }

    /// Reads the text of a map; lines that make no sense are skipped.
    package init(text: [UInt8]) {
        file = nil
        _ = text.withUnsafeBytes { read($0, isWhole: true) }
    }

    /// Reads the lines that were appended since the last time; all of them when the file was begun anew.
    package mutating func update() {
        guard let file else { return }
        let size = min(file.size, Self.largestSize)
        if size < position {
            functions = GeneratedFunctions()
            position = 0
        }
        guard size > position else { return }
        let text = SectionBytes(file: file.descriptor, offset: 0, count: size).copy(
            at: position, count: size - position)
        // A line may be half written.
        position += UInt64(text.withUnsafeBytes { read($0, isWhole: false) })
    }

    /// - Returns: bytes up to the end of the last whole line.
    private mutating func read(_ text: UnsafeRawBufferPointer, isWhole: Bool) -> Int {
        guard let base = text.baseAddress else { return 0 }
        var line = 0
        while line < text.count {
            let found = memchr(base + line, 0x0A, text.count - line).map { UnsafeRawPointer($0) - base }
            guard let end = found ?? (isWhole ? text.count : nil) else { break }
            add(text, line..<end)
            line = end + 1
        }
        functions.commit()
        return min(line, text.count)
    }

    private mutating func add(_ text: UnsafeRawBufferPointer, _ line: Range<Int>) {
        var index = line.lowerBound
        guard let start = Self.hexadecimal(text, &index, line.upperBound),
            let size = Self.hexadecimal(text, &index, line.upperBound), index < line.upperBound
        else { return }
        functions.add(start: start, size: size, name: text[index..<line.upperBound])
    }

    private static func hexadecimal(_ text: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int) -> UInt64? {
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

    /// The function that holds an address. O(log n).
    package func lookup(_ address: VirtualAddress) -> SymbolTable.Match? { functions.lookup(address) }

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
