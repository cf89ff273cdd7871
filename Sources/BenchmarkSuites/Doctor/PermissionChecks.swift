internal import Glibc
internal import PerfEvents

/// What the kernel lets this process do.
package struct PermissionChecks {
    /// `perf_event_paranoid`; nil when the kernel has no perf events.
    package var paranoid: Int?
    /// Effective capabilities, as `CapEff` in `/proc/self/status`.
    package var capabilities: UInt64
    package var opensSoftwareEvents: Bool
    var opensHardwareCounters: Bool
    var isVirtual: Bool
    /// `/proc/kallsyms` shows addresses.
    var showsKernelAddresses: Bool
    var tracing: Tracing
    /// Why the process cannot be pinned; nil when it can.
    var pinningProblem: String?

    package enum Tracing { case readable, unreadable, notMounted }

    package init(
        paranoid: Int?, capabilities: UInt64, opensSoftwareEvents: Bool, opensHardwareCounters: Bool, isVirtual: Bool,
        showsKernelAddresses: Bool, tracing: Tracing, pinningProblem: String?
    ) {
        self.paranoid = paranoid
        self.capabilities = capabilities
        self.opensSoftwareEvents = opensSoftwareEvents
        self.opensHardwareCounters = opensHardwareCounters
        self.isVirtual = isVirtual
        self.showsKernelAddresses = showsKernelAddresses
        self.tracing = tracing
        self.pinningProblem = pinningProblem
    }

    static func current(isVirtual: Bool, pinningProblem: String?) -> PermissionChecks {
        PermissionChecks(
            paranoid: KernelLimits.current().paranoid,
            capabilities: capabilities(inStatus: SmallFile.read("/proc/self/status") ?? ""),
            opensSoftwareEvents: PerfEvent.isAvailable(.cpuClock),
            opensHardwareCounters: PerfEvent.isAvailable(.cycles), isVirtual: isVirtual,
            showsKernelAddresses: hasAddresses(SmallFile.read("/proc/kallsyms") ?? ""),
            tracing: access("/sys/kernel/tracing/events", R_OK | X_OK) == 0
                ? .readable
                : access("/sys/kernel/tracing/events", F_OK) == 0 || errno == EACCES ? .unreadable : .notMounted,
            pinningProblem: pinningProblem)
    }

    package static func capabilities(inStatus status: String) -> UInt64 {
        status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
            .flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
    }

    /// A kernel that hides addresses shows all of them as 0; symbols of per-processor data may really be there.
    package static func hasAddresses(_ kallsyms: String) -> Bool {
        kallsyms.split(separator: "\n").contains { line in line.prefix { $0 != " " }.contains { $0 != "0" } }
    }

    /// CAP_PERFMON (since Linux 5.8), or CAP_SYS_ADMIN, which contains it. Numbers from `linux/capability.h`.
    private var isPrivileged: Bool { capabilities >> 38 & 1 == 1 || capabilities >> 21 & 1 == 1 }

    package var findings: [Doctor.Finding] { [perfEvents, hardwareCounters, kernelSymbols, tracepoints, pinning] }

    private var perfEvents: Doctor.Finding {
        let title = "perf events"
        guard let paranoid else {
            return Doctor.Finding(
                "perf-events", .permissions, title, "this kernel has none: no recording", .warning,
                remedy: "run a kernel built with CONFIG_PERF_EVENTS")
        }
        let level = "perf_event_paranoid \(paranoid)"
        if !opensSoftwareEvents {
            return Doctor.Finding(
                "perf-events", .permissions, title, "\(level), refused: no recording, no counters", .warning,
                remedy: isPrivileged
                    ? "allow perf_event_open in the container's seccomp profile"
                    : "sudo sysctl kernel.perf_event_paranoid=0")
        }
        if isPrivileged {
            return Doctor.Finding("perf-events", .permissions, title, "everything (\(level), CAP_PERFMON)", .good)
        }
        switch paranoid {
        case ...0: return Doctor.Finding("perf-events", .permissions, title, "everything (\(level))", .good)
        case 1:
            return Doctor.Finding(
                "perf-events", .permissions, title, "\(level): no recording of whole processors", .note,
                remedy: "sudo sysctl kernel.perf_event_paranoid=0")
        default:
            return Doctor.Finding(
                "perf-events", .permissions, title, "\(level): no kernel stacks, no whole processors", .note,
                remedy: "sudo sysctl kernel.perf_event_paranoid=0")
        }
    }

    private var hardwareCounters: Doctor.Finding {
        if opensHardwareCounters {
            return Doctor.Finding(
                "hardware-counters", .permissions, "hardware counters", "cycles can be counted", .good)
        }
        return Doctor.Finding(
            "hardware-counters", .permissions, "hardware counters",
            "none: cycles from a reference chain, no cache or branch misses", .warning,
            remedy: isVirtual
                ? "give the guest a virtual PMU (QEMU: -cpu host,pmu=on) or a bare-metal instance"
                : isPrivileged || (paranoid ?? 3) <= 2 ? nil : "sudo sysctl kernel.perf_event_paranoid=0")
    }

    private var kernelSymbols: Doctor.Finding {
        if showsKernelAddresses {
            return Doctor.Finding("kernel-symbols", .permissions, "kernel symbols", "readable", .good)
        }
        return Doctor.Finding(
            "kernel-symbols", .permissions, "kernel symbols", "hidden: kernel frames have no names", .note,
            // Levels above 1 hide them from whoever lacks CAP_SYSLOG, whatever kptr_restrict is.
            remedy: "sudo sysctl kernel.kptr_restrict=0"
                + ((paranoid ?? 0) > 1 ? " kernel.perf_event_paranoid=0" : ""))
    }

    private var tracepoints: Doctor.Finding {
        switch tracing {
        case .readable: Doctor.Finding("tracepoints", .permissions, "tracepoints", "readable", .good)
        case .unreadable:
            Doctor.Finding(
                "tracepoints", .permissions, "tracepoints", "unreadable: none can be recorded by name", .note,
                remedy: "sudo mount -o remount,mode=755 /sys/kernel/tracing")
        case .notMounted:
            Doctor.Finding(
                "tracepoints", .permissions, "tracepoints", "tracefs is not mounted: none can be recorded", .note,
                remedy: "sudo mount -t tracefs nodev /sys/kernel/tracing")
        }
    }

    private var pinning: Doctor.Finding {
        guard let pinningProblem else {
            return Doctor.Finding("pinning", .permissions, "pinning", "allowed", .good)
        }
        return Doctor.Finding(
            "pinning", .permissions, "pinning", pinningProblem, .warning,
            remedy: "allow sched_setaffinity in the container's seccomp profile")
    }
}
