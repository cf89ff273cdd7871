/// The limit that control groups set to this process's use of processors.
package struct ProcessorQuota: Hashable, Sendable {
    /// Processors' worth of time that may be used; nil for no limit.
    package var processors: Double?
    /// Periods in which tasks of the group had to wait for the next.
    package var throttledPeriods: UInt64
    package var throttledNanoseconds: UInt64

    package init(processors: Double?, throttledPeriods: UInt64, throttledNanoseconds: UInt64) {
        self.processors = processors
        self.throttledPeriods = throttledPeriods
        self.throttledNanoseconds = throttledNanoseconds
    }

    /// The narrower of two limits that both hold.
    func combined(with other: ProcessorQuota) -> ProcessorQuota {
        ProcessorQuota(
            processors: [processors, other.processors].compactMap { $0 }.min(),
            throttledPeriods: max(throttledPeriods, other.throttledPeriods),
            throttledNanoseconds: max(throttledNanoseconds, other.throttledNanoseconds))
    }
}

/// Where this process's control groups for processors are, and what their files say. Versions 1 and 2, see cgroups(7) and
/// the kernel's admin-guide/cgroup-v2 and scheduler/sched-bwc.
package enum ControlGroup {
    package enum Version: Hashable, Sendable { case one, two }

    /// The folders of a process's group and of all groups above it that are visible, own one first.
    /// - Parameters:
    ///   - groups: the text of `/proc/self/cgroup`.
    ///   - mounts: the text of `/proc/self/mountinfo`.
    /// - Returns: version 1's where the processor controller is mounted by it, else version 2's; nil for neither.
    package static func folders(groups: String, mounts: String) -> (version: Version, folders: [String])? {
        for version in [Version.one, .two] {
            guard let group = path(in: groups, version), let mount = mountPoint(in: mounts, version) else { continue }
            // In a container the mount shows the tree from the container's own group on.
            let visible =
                mount.root != "/" && (group + "/").hasPrefix(mount.root + "/")
                ? String(group.dropFirst(mount.root.count)) : group
            let names = visible.split(separator: "/").map(String.init)
            guard !names.contains("..") else { return (version, [mount.point]) }
            return (
                version,
                (0...names.count).reversed().map { count in
                    names.prefix(count).reduce(mount.point) { $0 + "/" + $1 }
                }
            )
        }
        return nil
    }

    private static func path(in groups: String, _ version: Version) -> String? {
        for line in groups.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            switch version {
            case .one where fields[1].split(separator: ",").contains("cpu"): return String(fields[2])
            case .two where fields[0] == "0" && fields[1].isEmpty: return String(fields[2])
            default: continue
            }
        }
        return nil
    }

    /// Fields of mountinfo, see proc(5): the root within the file system is the fourth, the mount point the fifth; the
    /// type follows the dash, and version 1's controllers are among the last field's options.
    private static func mountPoint(in mounts: String, _ version: Version) -> (root: String, point: String)? {
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { continue }
            let options = fields[dash + 3].split(separator: ",")
            let isWanted =
                switch version {
                case .one: fields[dash + 1] == "cgroup" && options.contains("cpu")
                case .two: fields[dash + 1] == "cgroup2"
                }
            if isWanted { return (String(fields[3]), String(fields[4])) }
        }
        return nil
    }

    /// Version 2's limit.
    /// - Parameters:
    ///   - limit: the text of `cpu.max`: `max 100000` or `150000 100000`.
    ///   - statistics: the text of `cpu.stat`.
    package static func quota(limit: String, statistics: String) -> ProcessorQuota? {
        let words = limit.split { $0.isWhitespace }
        guard words.count == 2, let period = Double(words[1]), period > 0 else { return nil }
        let allowed = words[0] == "max" ? nil : Double(words[0])
        guard words[0] == "max" || (allowed ?? -1) > 0 else { return nil }
        return ProcessorQuota(
            processors: allowed.map { $0 / period },
            throttledPeriods: number("nr_throttled", in: statistics) ?? 0,
            throttledNanoseconds: number("throttled_usec", in: statistics)?.multipliedClamping(by: 1000) ?? 0)
    }

    /// Version 1's limit.
    /// - Parameters:
    ///   - quota: the text of `cpu.cfs_quota_us`, -1 for no limit.
    ///   - period: the text of `cpu.cfs_period_us`.
    ///   - statistics: the text of `cpu.stat`.
    package static func quota(quota: String, period: String, statistics: String) -> ProcessorQuota? {
        guard let allowed = Double(String(quota.trimmingSpace)), let period = Double(String(period.trimmingSpace)),
            period > 0, allowed == -1 || allowed > 0
        else { return nil }
        return ProcessorQuota(
            processors: allowed == -1 ? nil : allowed / period,
            throttledPeriods: number("nr_throttled", in: statistics) ?? 0,
            throttledNanoseconds: number("throttled_time", in: statistics) ?? 0)
    }

    private static func number(_ name: String, in text: String) -> UInt64? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2 && words[0] == name { return UInt64(words[1]) }
        }
        return nil
    }

    /// The narrowest limit of the process's group and those above it.
    static func read() -> MachineFact<ProcessorQuota> {
        guard let groups = SystemFile.read("/proc/self/cgroup"), let mounts = SystemFile.read("/proc/self/mountinfo")
        else { return .unknown("/proc/self/cgroup or /proc/self/mountinfo cannot be read here") }
        guard let (version, folders) = folders(groups: groups, mounts: mounts) else {
            return .unknown("no control group for processors is mounted here")
        }
        let limits = folders.compactMap { limit(of: $0, version) }
        if let first = limits.first { return .known(limits.dropFirst().reduce(first) { $0.combined(with: $1) }) }
        // The root of version 2 has no limit, and so no file for it.
        if version == .two && folders.count == 1 {
            return .known(ProcessorQuota(processors: nil, throttledPeriods: 0, throttledNanoseconds: 0))
        }
        return .unknown("the process's control group has no readable limit under \(folders[0])")
    }

    private static func limit(of folder: String, _ version: Version) -> ProcessorQuota? {
        let statistics = SystemFile.read(folder + "/cpu.stat") ?? ""
        switch version {
        case .one:
            guard let quota = SystemFile.read(folder + "/cpu.cfs_quota_us"),
                let period = SystemFile.read(folder + "/cpu.cfs_period_us")
            else { return nil }
            return self.quota(quota: quota, period: period, statistics: statistics)
        case .two:
            guard let limit = SystemFile.read(folder + "/cpu.max") else { return nil }
            return quota(limit: limit, statistics: statistics)
        }
    }
}

extension UInt64 {
    fileprivate func multipliedClamping(by factor: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
