package import Benchmarking
internal import CycleTiming
internal import Glibc
internal import PerfEvents

extension MachineFingerprint {
    /// This machine.
    /// - Parameter reports: what workers found out about its clocks.
    package static func current(_ reports: some Sequence<WorkerReport>) -> MachineFingerprint {
        let facts = ClockFacts.detect()
        let reports = Array(reports)
        let rates = reports.map { ($0.ticksPerSecondAtStart + $0.ticksPerSecondAtEnd) / 2 }.sorted()
        let core = reports.flatMap { report in
            report.epochs.map(\.coreCyclesPerTick) + (report.latency?.coreCyclesPerTick ?? [])
        }.sorted()
        var system = utsname()
        uname(&system)
        var machine = MachineFingerprint(
            hostname: text(&system.nodename), architecture: facts.architecture,
            processor: "\(facts.processor.vendor) \(facts.processor.family)/\(facts.processor.model)",
            processorName: facts.processor.brand,
            logicalCPUs: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            hypervisor: facts.processor.hypervisor.map(hypervisorName),
            kernel: text(&system.release), ticksPerSecond: rates.isEmpty ? 0 : rates[rates.count / 2],
            tickStep: Double(facts.stepTicks), coreCyclesPerTick: core.isEmpty ? nil : core[core.count / 2],
            hasHardwareCounters: PerfEvent.isAvailable(.cycles), grade: nil)
        machine.readsCycleCounter = ProcessorCycleCounter() != nil
        return machine
    }

    /// What people call a hypervisor that signs this way (CPUID leaf 0x4000_0000).
    private static func hypervisorName(_ signature: String) -> String {
        let names = [
            "KVMKVMKVM": "KVM", "Microsoft Hv": "Hyper-V", "VMwareVMware": "VMware", "XenVMMXenVMM": "Xen",
            "TCGTCGTCGTCG": "QEMU", "bhyve bhyve ": "bhyve",
        ]
        return names[signature] ?? signature
    }

    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
