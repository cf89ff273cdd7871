import Glibc

/// What `perf script --ns -F tid,time,ip` printed: the user frames of each sample, leaf first.
struct PerfScript {
    struct Key: Hashable {
        var tid: Int32
        var time: UInt64
    }

    private(set) var stacks: [Key: [UInt64]] = [:]

    /// Addresses from here on are the kernel's.
    private static let kernel: UInt64 = 1 << 63

    init(path: String) throws {
        guard let file = fopen(path, "re") else { throw BenchmarkError("cannot read \(path)") }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var key: Key?
        while case let count = getline(&line, &capacity, file), count > 0, let start = line {
            let text = String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
            let fields = text.split(whereSeparator: \.isWhitespace)
            if fields.count >= 2, fields[1].hasSuffix(":") {
                key = Self.key(fields[0], fields[1].dropLast())
                if let key { stacks[key] = [] }
            } else if let key, let first = fields.first, let address = UInt64(first, radix: 16), address < Self.kernel {
                stacks[key]?.append(address)
            }
        }
    }

    /// `4242` and `1234.567890123`.
    private static func key(_ tid: Substring, _ time: Substring) -> Key? {
        let parts = time.split(separator: ".")
        guard let tid = Int32(tid), parts.count == 2, let seconds = UInt64(parts[0]), let rest = UInt64(parts[1]),
            parts[1].count == 9
        else { return nil }
        return Key(tid: tid, time: seconds * 1_000_000_000 + rest)
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
