/// Settings and conditions of the machine that make measurements vary; each a value, or the reason why it is not known.
package struct MachineHygiene: Hashable, Sendable {
    /// The processor that was asked about.
    package var processor: Int
    /// The frequency governor, `performance` at best.
    package var governor: MachineFact<String>
    /// The core may run faster than its nominal frequency, as heat and load allow.
    package var boost: MachineFact<FrequencyBoost>
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
    private static func boost(_ folder: String) -> MachineFact<FrequencyBoost> {
        func reading(_ path: String, whenOff off: Bool) -> MachineFact<FrequencyBoost> {
            .reading(path) { text in
                MachineTexts.flag(text).map { FrequencyBoost(isOn: $0 != off, file: path, valueWhenOff: off ? 1 : 0) }
            }
        }
        let general = reading("\(folder)/cpufreq/boost", whenOff: false)
        if general.value != nil { return general }
        let turbo = reading("\(folder)/intel_pstate/no_turbo", whenOff: true)
        return turbo.value == nil ? general : turbo
    }
}

/// The setting by which a core may run faster than its nominal frequency.
package struct FrequencyBoost: Hashable, Sendable {
    package var isOn: Bool
    /// The file that switches it, and what it holds when it is off.
    package var file: String
    package var valueWhenOff: Int

    package init(isOn: Bool, file: String, valueWhenOff: Int) {
        self.isOn = isOn
        self.file = file
        self.valueWhenOff = valueWhenOff
    }
}
