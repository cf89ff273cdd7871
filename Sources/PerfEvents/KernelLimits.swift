internal import Glibc

/// The kernel's settings that bound what a profiler may do, read once from `/proc/sys/kernel`.
package struct KernelLimits: Hashable, Sendable {
    /// `perf_event_paranoid`: 2 and above restrict unprivileged users to user-space of their own processes.
    package var paranoid: Int?
    /// `perf_event_max_sample_rate`, samples per second.
    package var maximumSampleRate: Int?
    /// `perf_event_mlock_kb`: ring memory per CPU that an unprivileged user gets, KiB.
    package var lockedKibibytes: Int?
    /// `perf_event_max_stack`: frames in a kernel call chain.
    package var maximumChain: Int?

    package static func current() -> KernelLimits {
        KernelLimits(
            paranoid: setting("perf_event_paranoid"),
            maximumSampleRate: setting("perf_event_max_sample_rate"),
            lockedKibibytes: setting("perf_event_mlock_kb"),
            maximumChain: setting("perf_event_max_stack"))
    }

    private static func setting(_ name: String) -> Int? {
        SmallFile.read("/proc/sys/kernel/" + name).flatMap { Int($0.trimmedOfSpace) }
    }
}

/// Whole small files of procfs and sysfs.
package enum SmallFile {
    /// The text of a file, at most 64 KiB of it; nil when it cannot be read.
    package static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        let chunk = 4096
        while bytes.count < 65536 {
            var buffer = [UInt8](repeating: 0, count: chunk)
            let count = Glibc.read(file, &buffer, chunk)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Without white space at either end.
    var trimmedOfSpace: Substring {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
