internal import Benchmarking
internal import ProfileFormats

/// Where numbers come from and what limits them, for the head of a report.
struct RunHeading {
    private let run: BenchmarkRun

    init(_ run: BenchmarkRun) { self.run = run }

    /// Processor, CPUs, virtualization, kernel; as far as known.
    var machine: String {
        let machine = run.machine
        var parts: [String] = []
        switch (machine.processorName, machine.processor) {
        case ("", ""): break
        case ("", let model): parts.append(model)
        case (let name, ""): parts.append(name)
        case (let name, let model): parts.append("\(name) (\(model))")
        }
        if machine.logicalCPUs > 0 { parts.append("\(machine.logicalCPUs) CPU\(machine.logicalCPUs == 1 ? "" : "s")") }
        if !machine.architecture.isEmpty { parts.append(machine.architecture) }
        if !machine.kernel.isEmpty { parts.append(machine.kernel) }
        if !machine.hostname.isEmpty { parts.append("host \(machine.hostname)") }
        return parts.isEmpty ? "not stated" : parts.joined(separator: ", ")
    }

    /// Clock step, hypervisor, counters, the doctor's grade, intervals and processes; as far as known.
    var limits: [String] {
        let machine = run.machine
        var parts: [String] = []
        if machine.ticksPerSecond > 0, machine.tickStep > 0 {
            let nanoseconds = UnitText.text(
                machine.tickStep / machine.ticksPerSecond * 1e9, .nanoseconds, uncertainty: nil)
            let step = UnitText.text(machine.tickStep, .count, uncertainty: 0)
            parts.append("the clock steps \(step) tick\(machine.tickStep == 1 ? "" : "s") (\(nanoseconds))")
        }
        if let hypervisor = machine.hypervisor { parts.append("guest of \(hypervisor)") }
        let hasCycles = run.results.contains { $0.summary(.cycles) != nil }
        if machine.hasHardwareCounters {
            parts.append("hardware counters")
            if hasCycles, let reads = machine.readsCycleCounter {
                parts.append(
                    reads ? "cycles counted" : "cycles by a reference chain: user mode may not read the counter")
            }
        } else if machine.tickStep > 0 {
            parts.append(hasCycles ? "no PMU: cycles by a reference chain" : "no PMU")
        }
        for program in (run.programs ?? []).prefix(4) {
            let identity = program.buildID.map { "build-id \(PlainText.of($0.prefix(16)))" } ?? "no build-id"
            parts.append("program \(PlainText.of(program.name)), \(identity)")
        }
        if let grade { parts.append(grade) }
        if let processes { parts.append(processes) }
        return parts
    }

    /// `grade B, 12 min before (noise: …), resolves 0.05 % in 1 s`
    private var grade: String? {
        let machine = run.machine
        guard let grade = machine.grade else { return nil }
        var text = "grade \(grade)"
        if let age = machine.gradeAgeSeconds, age >= 90, age < 1e9 { text += " \(Int(age / 60)) min before" }
        if let reason = machine.gradeReason { text += " (\(reason))" }
        if let share = machine.resolvableDifference, share > 0 {
            text += ", resolves \(NumberText.fixed(share * 100, decimals: share < 0.001 ? 3 : 2)) % in 1 s"
        }
        return text
    }

    private var processes: String? {
        let counts = run.results.filter { $0.failure == nil && $0.processCount > 0 }.map(\.processCount)
        guard let least = counts.min(), let most = counts.max() else { return nil }
        let range = least == most ? "\(least)" : "\(least) to \(most)"
        let noun = most == 1 ? "process" : "processes"
        return most < 6
            ? "\(range) \(noun) a benchmark, too few for an interval (6)"
            : "exact 95 % intervals of the median of \(range) \(noun)"
    }

    /// `2026-11-27 06:37:49 UTC`; nil when it was not stated.
    var date: String? {
        guard run.startedAtNanoseconds > 0 else { return nil }
        return CalendarText.utc(seconds: run.startedAtNanoseconds / 1_000_000_000, separator: " ") + " UTC"
    }
}
