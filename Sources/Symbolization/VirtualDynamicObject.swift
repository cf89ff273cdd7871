internal import Glibc

/// The vDSO: the code page that the kernel maps into every process. One kernel has one, so our own serves for all.
package enum VirtualDynamicObject {
    /// The image in this process; nil when there is none.
    package static func image() -> [UInt8]? {
        guard let maps = fopen("/proc/self/maps", "re") else { return nil }
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 4352)
        while fgets(&line, Int32(line.count), maps) != nil {
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            guard text.contains("[vdso]"), let range = text.split(separator: " ").first else { continue }
            let ends = range.split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard ends.count == 2, ends[1] > ends[0], let start = UnsafeRawPointer(bitPattern: ends[0]) else {
                return nil
            }
            return Array(UnsafeRawBufferPointer(start: start, count: Int(ends[1] - ends[0])))
        }
        return nil
    }
}
