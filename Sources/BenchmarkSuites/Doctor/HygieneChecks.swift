package import CycleTiming

/// Settings of the machine, and what else runs on it, judged. The facts are read before and after measuring.
package struct HygieneChecks {
    let before: MachineHygiene
    let after: MachineHygiene

    package init(before: MachineHygiene, after: MachineHygiene) {
        self.before = before
        self.after = after
    }

    package var findings: [Doctor.Finding] {
        [governor, turbo, threads, isolation, hugePages, swap, throttling, steal, load]
    }

    private func finding(
        _ id: String, _ title: String, _ value: String, _ status: Doctor.Status, remedy: String? = nil
    ) -> Doctor.Finding {
        Doctor.Finding(id, .hygiene, title, value, status, remedy: remedy)
    }

    private var governor: Doctor.Finding {
        guard let governor = after.governor.value else {
            return finding("governor", "governor", "not visible here: the host sets the frequency", .note)
        }
        let isFixed = governor == "performance"
        return finding(
            "governor", "governor", governor, isFixed ? .good : .warning,
            remedy: isFixed ? nil : "sudo cpupower frequency-set -g performance")
    }

    private var turbo: Doctor.Finding {
        guard let boost = after.boost.value else { return finding("turbo", "turbo", "not visible here", .note) }
        guard boost.isOn else { return finding("turbo", "turbo", "off", .good) }
        return finding(
            "turbo", "turbo", "on: times follow the temperature, cycles do not", .note,
            remedy: "echo \(boost.valueWhenOff) | sudo tee \(boost.file)")
    }

    private var threads: Doctor.Finding {
        guard let other = after.siblings.value?.first else {
            return finding("smt", "SMT", "the core has no other thread that is visible here", .good)
        }
        return finding(
            "smt", "SMT", "processor \(other) shares the core", .note,
            remedy: "keep it idle, or echo off | sudo tee /sys/devices/system/cpu/smt/control")
    }

    private var isolation: Doctor.Finding {
        let isolated = after.isolated.value ?? []
        let tickless = after.tickless.value ?? []
        let remedy = "boot with isolcpus=N nohz_full=N rcu_nocbs=N and measure on N (taskset -c N)"
        switch (isolated.contains(after.processor), tickless.contains(after.processor)) {
        case (true, true): return finding("isolation", "isolation", "isolated, without timer ticks", .good)
        case (true, false):
            return finding("isolation", "isolation", "isolated, with timer ticks", .note, remedy: remedy)
        default:
            if let other = isolated.first {
                return finding(
                    "isolation", "isolation", "processor \(after.processor) is not isolated, \(other) is", .note,
                    remedy: "measure there: taskset -c \(other)")
            }
            return finding("isolation", "isolation", "no processor is isolated", .note, remedy: remedy)
        }
    }

    private var hugePages: Doctor.Finding {
        let choice = after.hugePages.value ?? "none"
        guard choice == "always" else { return finding("huge-pages", "huge pages", choice, .good) }
        return finding(
            "huge-pages", "huge pages", "always: memory costs depend on what the kernel merged", .note,
            remedy: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled")
    }

    private var swap: Doctor.Finding {
        guard let used = after.swapBytesInUse.value else { return finding("swap", "swap", "unknown", .note) }
        if used == 0 { return finding("swap", "swap", "none in use", .good) }
        return finding("swap", "swap", "\(used >> 20) MiB used", .note, remedy: "sudo swapoff -a")
    }

    private var throttling: Doctor.Finding {
        guard let end = after.quota.value, let start = before.quota.value else {
            return finding("throttling", "CPU quota", "none is visible here", .good)
        }
        let remedy = "raise the container's CPU limit (cpu.max), or measure outside of it"
        if end.throttledPeriods > start.throttledPeriods {
            let times = end.throttledPeriods - start.throttledPeriods
            return finding("throttling", "CPU quota", "throttled \(times) times while measuring", .bad, remedy: remedy)
        }
        guard let processors = end.processors else { return finding("throttling", "CPU quota", "none", .good) }
        return finding(
            "throttling", "CPU quota",
            "\(Decimals.text(processors, 2)) processors' time; not throttled while measuring", .note, remedy: remedy)
    }

    private var steal: Doctor.Finding {
        guard let end = after.processorTimes.value, let start = before.processorTimes.value else {
            return finding("steal", "stolen by the host", "unknown", .note)
        }
        let share = end.since(start).stolenShare
        let status: Doctor.Status = share <= 0.01 ? .good : .warning
        return finding(
            "steal", "stolen by the host", "\(Decimals.percent(share, 1)) while measuring", status,
            remedy: status == .good ? nil : "ask the host for dedicated processors")
    }

    /// Before measuring, which itself is a load.
    private var load: Doctor.Finding {
        guard let load = before.load.value?.oneMinute else { return finding("load", "load", "unknown", .note) }
        let count = max(1, before.online.value?.count ?? 1)
        let isBusy = load > Double(count) / 2
        return finding(
            "load", "load", "\(Decimals.text(load, 2)) on \(count) processor\(count == 1 ? "" : "s")",
            isBusy ? .warning : .good, remedy: isBusy ? "wait until it is idle; ps -eo pcpu,comm --sort -pcpu" : nil)
    }
}
