internal import Glibc
internal import PerfEvents

/// What procfs says about tasks. Every answer may be out of date by the time it is read.
package enum ProcessFiles {
    /// Threads of a process; nil when it does not exist (any more).
    package static func tasks(of pid: Int32) -> [Int32]? {
        guard let directory = opendir("/proc/\(pid)/task") else { return nil }
        defer { closedir(directory) }
        var tasks: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let tid = Int32(name) { tasks.append(tid) }
        }
        return tasks.isEmpty ? nil : tasks.sorted()
    }

    /// The fields of `/proc/ID/stat` that matter here.
    package struct Status: Hashable, Sendable {
        package var name: String
        /// One letter: R, S, D, T, t, Z, X, I.
        package var state: Character
        package var isKernelThread: Bool

        package var isDead: Bool { state == "Z" || state == "X" }
    }

    /// The state of a process or thread; nil when it does not exist.
    package static func status(of id: Int32) -> Status? {
        // pid (name) state ppid pgrp session tty tpgid flags …; the name may contain anything, parentheses included.
        guard let text = SmallFile.read("/proc/\(id)/stat"), let open = text.firstIndex(of: "("),
            let close = text.lastIndex(of: ")"), open < close
        else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 6, let state = fields[0].first, let flags = UInt32(fields[6]) else { return nil }
        let kernelThread: UInt32 = 0x0020_0000  // PF_KTHREAD
        return Status(
            name: String(text[text.index(after: open)..<close]), state: state,
            isKernelThread: flags & kernelThread != 0)
    }

    /// The process of a thread.
    package static func process(ofThread tid: Int32) -> Int32? {
        guard let text = SmallFile.read("/proc/\(tid)/status") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("Tgid:") {
            return Int32(line.dropFirst(5).filter { !$0.isWhitespace })
        }
        return nil
    }

    /// The name of a thread, as `comm` shows it.
    package static func threadName(process pid: Int32, thread tid: Int32) -> String? {
        SmallFile.read("/proc/\(pid)/task/\(tid)/comm").map { String($0.prefix { $0 != "\n" }) }
    }

    /// CPUs that are online, from sysfs lists such as `0-3,8`.
    package static func onlineCPUs() -> [Int32] {
        let text = SmallFile.read("/sys/devices/system/cpu/online") ?? ""
        let listed = cpuList(text)
        return listed.isEmpty ? Array(0..<Int32(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))) : listed
    }

    static func cpuList(_ text: String) -> [Int32] {
        var cpus: [Int32] = []
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let ends = part.split(separator: "-").compactMap { Int32($0) }
            guard let first = ends.first, let last = ends.last, first >= 0, last >= first, last < 65536 else {
                continue
            }
            cpus.append(contentsOf: first...last)
        }
        return cpus
    }
}
