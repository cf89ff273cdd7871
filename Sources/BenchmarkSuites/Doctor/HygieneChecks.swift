/// Settings of the machine, and what else runs on it. A function of small files, read before and after measuring.
package struct HygieneChecks {
    /// Text of a file by its path; nil when there is none.
    package typealias Files = (String) -> String?

    /// Counts that grow: what they grew by while measuring is what counts.
    package struct Counts {
        package var throttled: Int
        /// Of all processors, in scheduler ticks.
        var stolen: Int
        var all: Int

        package init(_ files: Files) {
            throttled = cpuStatistics(files).flatMap { Self.member("nr_throttled", of: $0) } ?? 0
            let line = files("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("cpu ") }
            // user nice system idle iowait irq softirq steal; guest times are part of user's. proc_stat(5)
            let fields = (line ?? "").split(separator: " ").dropFirst().prefix(8).map { Int($0) ?? 0 }
            all = fields.reduce(0, +)
            stolen = fields.count == 8 ? fields[7] : 0
        }

        private static func member(_ name: String, of text: String) -> Int? {
            text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
                .flatMap { Int($0.dropFirst(name.count + 1)) }
        }
    }

    let files: Files
    let processor: Int
    let processorCount: Int
    let before: Counts
    let after: Counts
    /// Before measuring, which itself is a load.
    let load: Double?

    package init(
        files: @escaping Files, processor: Int, processorCount: Int, before: Counts, after: Counts, load: Double?
    ) {
        self.files = files
        self.processor = processor
        self.processorCount = processorCount
        self.before = before
        self.after = after
        self.load = load
    }

    /// The load of the last minute.
    package static func load(_ files: Files) -> Double? {
        files("/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) }
    }

    package var findings: [Doctor.Finding] {
        [governor, turbo, threads, isolation, hugePages, swap, throttling, steal, loadAverage]
    }

    private var cpuFolder: String { "/sys/devices/system/cpu/cpu\(processor)" }

    private func line(_ path: String) -> String? {
        guard let line = files(path)?.split(separator: "\n").first else { return nil }
        return line.allSatisfy(\.isWhitespace) ? nil : String(line)
    }

    private func finding(
        _ id: String, _ title: String, _ value: String, _ status: Doctor.Status, remedy: String? = nil
    ) -> Doctor.Finding {
        Doctor.Finding(id, .hygiene, title, value, status, remedy: remedy)
    }

    private var governor: Doctor.Finding {
        guard let governor = line(cpuFolder + "/cpufreq/scaling_governor") else {
            return finding("governor", "governor", "not visible here: the host sets the frequency", .note)
        }
        let isFixed = governor == "performance"
        return finding(
            "governor", "governor", governor, isFixed ? .good : .warning,
            remedy: isFixed ? nil : "sudo cpupower frequency-set -g performance")
    }

    private var turbo: Doctor.Finding {
        let noTurbo = "/sys/devices/system/cpu/intel_pstate/no_turbo"
        let boost = "/sys/devices/system/cpu/cpufreq/boost"
        switch (line(noTurbo), line(boost)) {
        case ("1", _), (nil, "0"): return finding("turbo", "turbo", "off", .good)
        case (.some, _):
            return finding(
                "turbo", "turbo", "on: times follow the temperature, cycles do not", .note,
                remedy: "echo 1 | sudo tee \(noTurbo)")
        case (nil, .some):
            return finding(
                "turbo", "turbo", "on: times follow the temperature, cycles do not", .note,
                remedy: "echo 0 | sudo tee \(boost)")
        case (nil, nil): return finding("turbo", "turbo", "not visible here", .note)
        }
    }

    private var threads: Doctor.Finding {
        let siblings = CPUList(line(cpuFolder + "/topology/thread_siblings_list") ?? "").subtracting([processor])
        guard let other = siblings.min() else {
            return finding("smt", "SMT", "the core has no other thread that is visible here", .good)
        }
        return finding(
            "smt", "SMT", "processor \(other) shares the core", .note,
            remedy: "keep it idle, or echo off | sudo tee /sys/devices/system/cpu/smt/control")
    }

    private var isolation: Doctor.Finding {
        let isolated = CPUList(line("/sys/devices/system/cpu/isolated") ?? "")
        let tickless = CPUList(line("/sys/devices/system/cpu/nohz_full") ?? "")
        let remedy = "boot with isolcpus=N nohz_full=N rcu_nocbs=N and measure on N (taskset -c N)"
        switch (isolated.contains(processor), tickless.contains(processor)) {
        case (true, true): return finding("isolation", "isolation", "isolated, without timer ticks", .good)
        case (true, false):
            return finding("isolation", "isolation", "isolated, with timer ticks", .note, remedy: remedy)
        default:
            if let other = isolated.min() {
                return finding(
                    "isolation", "isolation", "processor \(processor) is not isolated, \(other) is", .note,
                    remedy: "measure there: taskset -c \(other)")
            }
            return finding("isolation", "isolation", "no processor is isolated", .note, remedy: remedy)
        }
    }

    private var hugePages: Doctor.Finding {
        let path = "/sys/kernel/mm/transparent_hugepage/enabled"
        let choice = line(path)?.split(separator: " ").first { $0.hasPrefix("[") }?.dropFirst().dropLast()
        guard choice == "always" else {
            return finding("huge-pages", "huge pages", choice.map(String.init) ?? "none", .good)
        }
        return finding(
            "huge-pages", "huge pages", "always: memory costs depend on what the kernel merged", .note,
            remedy: "echo madvise | sudo tee \(path)")
    }

    private var swap: Doctor.Finding {
        let total = memory("SwapTotal")
        let used = total - memory("SwapFree")
        if total == 0 { return finding("swap", "swap", "none", .good) }
        if used == 0 { return finding("swap", "swap", "unused", .good) }
        return finding("swap", "swap", "\(used / 1024) MiB used", .note, remedy: "sudo swapoff -a")
    }

    /// KiB of a line in `/proc/meminfo`.
    private func memory(_ name: String) -> Int {
        (files("/proc/meminfo") ?? "").split(separator: "\n").first { $0.hasPrefix(name + ":") }
            .flatMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } } ?? 0
    }

    private var throttling: Doctor.Finding {
        let times = after.throttled - before.throttled
        guard times <= 0 else {
            return finding(
                "throttling", "CPU quota", "throttled \(times) times while measuring", .bad,
                remedy: "raise the container's CPU limit (cpu.max), or measure outside of it")
        }
        return finding("throttling", "CPU quota", "not throttled while measuring", .good)
    }

    private var steal: Doctor.Finding {
        let share = Double(after.stolen - before.stolen) / Double(max(1, after.all - before.all))
        let status: Doctor.Status = share <= 0.01 ? .good : .warning
        return finding(
            "steal", "stolen by the host", "\(Decimals.percent(share, 1)) while measuring", status,
            remedy: status == .good ? nil : "ask the host for dedicated processors")
    }

    private var loadAverage: Doctor.Finding {
        guard let load else { return finding("load", "load", "unknown", .note) }
        let isBusy = load > Double(processorCount) / 2
        return finding(
            "load", "load",
            "\(Decimals.text(load, 2)) on \(processorCount) processor\(processorCount == 1 ? "" : "s")",
            isBusy ? .warning : .good, remedy: isBusy ? "wait until it is idle; ps -eo pcpu,comm --sort -pcpu" : nil)
    }
}

/// `cpu.stat` of this process's cgroup: version 2, or the cpu controller of version 1.
private func cpuStatistics(_ files: HygieneChecks.Files) -> String? {
    for line in (files("/proc/self/cgroup") ?? "").split(separator: "\n") {
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { continue }
        let isUnified = fields[0] == "0"
        guard isUnified || fields[1].split(separator: ",").contains("cpu") else { continue }
        let path = fields[2] == "/" ? "" : fields[2]
        // In a container the path may be the host's while the folder shows the container's own group.
        let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu"
        if let text = files("\(root)\(path)/cpu.stat") ?? files("\(root)/cpu.stat") { return text }
    }
    return nil
}

/// A list of processors as sysfs writes it: `0-3,8`. What cannot be read as one is left out.
func CPUList(_ text: String) -> Set<Int> {
    var processors: Set<Int> = []
    for range in text.split(separator: ",") {
        let bounds = range.split(separator: "-").map { Int($0.filter { !$0.isWhitespace }) }
        guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, first >= 0, first <= last, last < 65536
        else { continue }
        processors.formUnion(first...last)
    }
    return processors
}
