internal import Glibc
internal import ProfileModel

/// Reads `/proc/PID/maps`.
package enum MappedRegions {
    /// The executable mappings of a process now; nil when it does not exist or may not be read.
    package static func executable(of pid: Int32) -> [Mapping]? {
        guard let file = fopen("/proc/\(pid)/maps", "re") else { return nil }
        defer { fclose(file) }
        var mappings: [Mapping] = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while case let count = getline(&line, &capacity, file), count > 0, let start = line {
            let bytes = UnsafeRawBufferPointer(start: start, count: count)
            if let mapping = executable(String(decoding: bytes, as: UTF8.self)) { mappings.append(mapping) }
        }
        return mappings
    }

    /// One line: `start-end perms offset major:minor inode   path`; nil unless executable.
    package static func executable(_ line: String) -> Mapping? {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count >= 5, fields[1].contains("x") else { return nil }
        let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
        let device = fields[3].split(separator: ":").compactMap { UInt32($0, radix: 16) }
        guard ends.count == 2, ends[0] < ends[1], device.count == 2, let offset = UInt64(fields[2], radix: 16),
            let inode = UInt64(fields[4])
        else { return nil }
        var path = fields.count > 5 ? fields[5].drop(while: \.isWhitespace) : ""
        if path.last == "\n" { path.removeLast() }
        return Mapping(
            addresses: VirtualAddress(ends[0])..<VirtualAddress(ends[1]), fileOffset: FileOffset(offset),
            identity: FileIdentity(deviceMajor: device[0], deviceMinor: device[1], inode: inode), path: String(path))
    }
}
