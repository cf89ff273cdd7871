internal import CCycles

/// What the clock of this machine is: found out once, stored with results, shown to people.
package struct ClockFacts: Hashable, Sendable {
    /// `x86_64` or `aarch64`.
    package var architecture: String
    /// `AuthenticAMD`, `GenuineIntel`; `ARM64` where the architecture has no such name.
    package var vendor: String
    /// Display family and model, extended fields included; on arm64 MIDR's implementer and part.
    package var family: Int
    package var model: Int
    package var stepping: Int
    package var brand: String
    /// The hypervisor's signature, for instance `KVMKVMKVM`; nil on bare metal.
    package var hypervisor: String?
    /// The processor promises one rate in every power state.
    package var isInvariant: Bool
    /// What the kernel keeps its own time by. When it is not `tsc` on x86-64, the kernel distrusts the counter.
    package var kernelClockSource: String?
    /// LFENCE is known to wait for what is before it. False: the processor leaves it to the kernel.
    package var fenceIsSerializing: Bool
    /// By how many ticks the counter advances at a time.
    package var stepTicks: Int
    /// What a start and a stop stamp with nothing between them read, ticks: median and 99.9th percentile.
    package var stampPairTicks: Int
    package var stampPairTailTicks: Int
    /// Reading the counter leaves the guest: stamps cost hundreds of nanoseconds.
    package var isTrapped: Bool
    /// The counter's rate where processor or hypervisor tell it, kHz.
    package var nominalKilohertz: Int?

    /// Asks the processor and measures a hundred thousand pairs of stamps: some milliseconds.
    package static func detect() -> ClockFacts {
        var processor = ts_processor()
        ts_processor_read(&processor)
        let hypervisor = text(of: processor.hypervisor)
        let pairs = StampPairs.measure()
        return ClockFacts(
            architecture: architectureName, vendor: text(of: processor.vendor),
            family: Int(processor.family), model: Int(processor.model), stepping: Int(processor.stepping),
            brand: text(of: processor.brand),
            hypervisor: processor.has_hypervisor ? (hypervisor.isEmpty ? "unnamed" : hypervisor) : nil,
            isInvariant: processor.counter_is_invariant,
            kernelClockSource: SystemFile.line(
                "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            fenceIsSerializing: processor.lfence_serializes,
            stepTicks: Int(TickStep.estimate(pairs.histogram) ?? 1),
            stampPairTicks: pairs.percentile(0.5), stampPairTailTicks: pairs.percentile(0.999),
            isTrapped: pairs.percentile(0.5) > trappedTicks,
            nominalKilohertz: processor.counter_kilohertz == 0 ? nil : Int(processor.counter_kilohertz))
    }

    /// No processor takes this long for two readings of its counter; an exit to a hypervisor takes longer.
    private static let trappedTicks = 500

    private static var architectureName: String {
        #if arch(x86_64)
            "x86_64"
        #else
            "aarch64"
        #endif
    }

    /// What makes the clock unfit for measuring, one line each; empty when nothing does.
    package var warnings: [String] {
        var lines: [String] = []
        if !isInvariant {
            lines.append("the counter's rate depends on the power state: times are wrong when the frequency changes")
        }
        if architecture == "x86_64", let kernelClockSource, kernelClockSource != "tsc",
            kernelClockSource != "kvm-clock"
        {
            lines.append(
                "the kernel keeps time by '\(kernelClockSource)', so it distrusts the counter; see dmesg | grep -i tsc")
        }
        if isTrapped {
            lines.append("reading the counter leaves the guest (\(stampPairTicks) ticks for a pair of stamps)")
        }
        if architecture == "x86_64" && !fenceIsSerializing {
            lines.append(
                "the processor does not promise that LFENCE waits: stamps may be early or late by tens of cycles")
        }
        return lines
    }
}

/// Differences of stamps with nothing between them.
private struct StampPairs {
    /// Counts by difference in ticks.
    var histogram: [UInt64: Int]

    /// Differences of this many ticks and more are interruptions, or the counter is trapped: one bin for them.
    private static let binCount = 8192
    private static let pairCount = 100_000

    static func measure() -> StampPairs {
        var bins = [UInt32](repeating: 0, count: binCount)
        ts_clock_differences(&bins, bins.count, UInt64(pairCount))
        var histogram: [UInt64: Int] = [:]
        for (difference, count) in bins.enumerated() where count > 0 { histogram[UInt64(difference)] = Int(count) }
        return StampPairs(histogram: histogram)
    }

    func percentile(_ share: Double) -> Int {
        var left = share * Double(histogram.values.reduce(0, +))
        for (difference, count) in histogram.sorted(by: { $0.key < $1.key }) {
            left -= Double(count)
            if left <= 0 { return Int(difference) }
        }
        return Self.binCount
    }
}

/// The text in an array of `char` that C knows as a tuple.
private func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { bytes in
        String(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self).trimmingSpace)
    }
}
