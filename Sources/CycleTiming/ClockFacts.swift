internal import CCycles

/// What the clock of this machine is: found out once, stored with results, shown to people.
package struct ClockFacts: Hashable, Sendable {
    /// `x86_64` or `aarch64`.
    package var architecture: String
    package var processor: Processor
    /// What the kernel keeps its own time by. When it is not `tsc` on x86-64, the kernel distrusts the counter.
    package var kernelClockSource: String?
    /// By how many ticks the counter advances at a time.
    package var stepTicks: Int
    /// What a start and a stop stamp with nothing between them read, ticks: median and 99.9th percentile.
    package var stampPairTicks: Int
    package var stampPairTailTicks: Int
    /// Reading the counter leaves the guest: stamps cost hundreds of nanoseconds.
    package var isTrapped: Bool

    /// Measures a hundred thousand pairs of stamps: some milliseconds.
    package static func detect() -> ClockFacts {
        let pairs = StampPairs.measure()
        return ClockFacts(
            architecture: architectureName, processor: .current,
            kernelClockSource: SystemFile.line(
                "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            stepTicks: Int(TickStep.estimate(pairs.histogram) ?? 1),
            stampPairTicks: pairs.percentile(0.5), stampPairTailTicks: pairs.percentile(0.999),
            isTrapped: pairs.percentile(0.5) > trappedTicks)
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
        if !processor.counterIsInvariant {
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
        if architecture == "x86_64" && !processor.fenceIsSerializing {
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
