/// Settings and conditions of the machine that make measurements vary; each a value, or the reason why it is not known.
package struct MachineHygiene: Hashable, Sendable {
    /// The processor that was asked about.
    package var processor: Int
    /// The frequency governor, `performance` at best.
    package var governor: MachineFact<String>
    /// The core may run faster than its nominal frequency, as heat and load allow.
    package var boost: MachineFact<Bool>
    /// Other processors that are threads of the same core.
    package var siblings: MachineFact<[Int]>
    /// Processors on which the scheduler puts nothing of its own accord (`isolcpus`).
    package var isolated: MachineFact<[Int]>
    /// Processors without a timer tick while a single task runs (`nohz_full`).
    package var tickless: MachineFact<[Int]>
    /// Transparent huge pages: `always`, `madvise`, `never`.
    package var hugePages: MachineFact<String>
    package var swapBytesInUse: MachineFact<Int>
    package var quota: MachineFact<ProcessorQuota>
    /// Since the machine started. Compare two for what happens now.
    package var processorTimes: MachineFact<ProcessorTimes>
    package var load: MachineFact<LoadAverage>
    /// Processors that run.
    package var online: MachineFact<[Int]>

    /// Reads everything: some twenty small files.
    package static func read(processor: Int = ProcessorAffinity.currentProcessor ?? 0) -> MachineHygiene {
        let folder = "/sys/devices/system/cpu"
        return MachineHygiene(
            processor: processor,
            governor: .reading("\(folder)/cpu\(processor)/cpufreq/scaling_governor") { text in
                let name = text.trimmingSpace
                return name.isEmpty ? nil : String(name)
            },
            boost: boost(folder),
            siblings: .reading("\(folder)/cpu\(processor)/topology/thread_siblings_list") { text in
                MachineTexts.processorList(text)?.filter { $0 != processor }
            },
            isolated: .reading("\(folder)/isolated", MachineTexts.processorList),
            tickless: .reading("\(folder)/nohz_full", MachineTexts.processorList),
            hugePages: .reading("/sys/kernel/mm/transparent_hugepage/enabled", MachineTexts.selectedWord),
            swapBytesInUse: .reading("/proc/meminfo", MachineTexts.swapUse),
            quota: ControlGroup.read(),
            processorTimes: .reading("/proc/stat", MachineTexts.processorTimes),
            load: .reading("/proc/loadavg", MachineTexts.loadAverage),
            online: .reading("\(folder)/online", MachineTexts.processorList))
    }

    /// The acpi and amd drivers have `boost`; Intel's has the opposite.
    private static func boost(_ folder: String) -> MachineFact<Bool> {
        let general = MachineFact<Bool>.reading("\(folder)/cpufreq/boost", MachineTexts.flag)
        if general.value != nil { return general }
        let turbo = MachineFact<Bool>.reading("\(folder)/intel_pstate/no_turbo") { MachineTexts.flag($0).map { !$0 } }
        return turbo.value == nil ? general : turbo
    }

    /// What is known to disturb measurements, one line each with the remedy; empty at best. What is unknown is not
    /// warned of.
    package var warnings: [String] {
        var lines: [String] = []
        if let governor = governor.value, governor != "performance" {
            lines.append("the governor is '\(governor)'; set it with 'cpupower frequency-set -g performance'")
        }
        if boost.value == true {
            lines.append(
                "boost is on: the frequency depends on heat and on the neighbors; results in core cycles do not")
        }
        if let siblings = siblings.value, !siblings.isEmpty {
            let list = siblings.map(String.init).joined(separator: ", ")
            lines.append("processor \(list) shares this core: keep it idle or take it offline while measuring")
        }
        if hugePages.value == "always" {
            lines.append(
                "huge pages are made behind the program's back; write 'madvise' to transparent_hugepage/enabled")
        }
        if let swap = swapBytesInUse.value, swap > 0 {
            lines.append("\(swap >> 20) MiB are swapped out: major faults may hit the measured program")
        }
        lines += quotaWarnings
        if let times = processorTimes.value, times.stolenShare > 0.001 {
            lines.append("the hypervisor took \(percent(times.stolenShare)) of the time since the start for others")
        }
        if let load = load.value, let online = online.value, load.oneMinute > Double(online.count) / 2 {
            lines.append(
                "the load of the last minute is \(load.oneMinute) on \(online.count) processors: others run, too")
        }
        return lines
    }

    private var quotaWarnings: [String] {
        guard let quota = quota.value, let processors = quota.processors else { return [] }
        var line = "the control group allows \(processors) processors' time"
        if quota.throttledPeriods > 0 {
            line +=
                " and was stopped \(quota.throttledPeriods) times, \(quota.throttledNanoseconds / 1_000_000) ms in all"
        }
        return [line + ": what exceeds it pauses for milliseconds; raise the limit while measuring"]
    }

    private func percent(_ share: Double) -> String {
        let permille = Int((share * 1000).rounded())
        return "\(permille / 10).\(permille % 10) %"
    }
}
