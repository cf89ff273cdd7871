internal import Glibc

/// Small files of procfs, sysfs and cgroupfs.
enum SystemFile {
    /// The text of a file, at most 1 MiB of it; nil when it cannot be read.
    static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20 {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of a file of one line, without white space at its ends.
    static func line(_ path: String) -> String? { read(path).map { String($0.trimmingSpace) } }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmingSpace: SubSequence {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
