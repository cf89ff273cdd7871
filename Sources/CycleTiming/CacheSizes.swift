internal import Glibc

/// The caches that one processor sees, from sysfs.
package struct CacheSizes: Hashable, Sendable {
    package struct Cache: Hashable, Sendable {
        package enum Contents: String, Sendable {
            case data = "Data", instructions = "Instruction", unified = "Unified"
        }

        package var level: Int
        package var contents: Contents
        package var bytes: Int

        package init(level: Int, contents: Contents, bytes: Int) {
            self.level = level
            self.contents = contents
            self.bytes = bytes
        }
    }

    /// By level, then contents. Empty when the kernel does not tell, as in some virtual machines.
    package var caches: [Cache]

    package init(caches: [Cache]) { self.caches = caches }

    /// Reads `/sys/devices/system/cpu/cpuN/cache`.
    package static func read(processor: Int = 0) -> CacheSizes {
        let folder = "/sys/devices/system/cpu/cpu\(processor)/cache/index"
        var caches: [Cache] = []
        for index in 0..<16 {
            guard let level = SystemFile.line("\(folder)\(index)/level").flatMap({ Int($0) }),
                let contents = SystemFile.line("\(folder)\(index)/type").flatMap(Cache.Contents.init),
                let bytes = SystemFile.line("\(folder)\(index)/size").flatMap(bytes(of:))
            else { continue }
            caches.append(Cache(level: level, contents: contents, bytes: bytes))
        }
        return CacheSizes(caches: caches.sorted { ($0.level, $0.contents.rawValue) < ($1.level, $1.contents.rawValue) })
    }

    /// A size as sysfs writes it: `32K`, `1024K`, `8M`, or bytes.
    package static func bytes(of text: String) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Int(unit == nil ? text[...] : text.dropLast()), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? nil : bytes
    }

    /// Bytes of the caches that hold data, up to and including a level; nil when none is known.
    package func dataBytes(through level: Int = .max) -> Int? {
        let sizes = caches.filter { $0.contents != .instructions && $0.level <= level }.map(\.bytes)
        return sizes.isEmpty ? nil : sizes.reduce(0, +)
    }
}
