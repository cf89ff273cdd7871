internal import CCycles

/// What takes time away from a thread that does nothing but read the clock, by cause: the machine's noise.
///
/// Every gap between two readings that is longer than a threshold is named by the interruption probes. A gap that no
/// probe saw is *outside* the guest's kernel: the hypervisor ran something else, firmware took the processor, or the core
/// stalled. The scan runs where the thread runs; pin it first to learn about one processor.
package struct NoiseScan: Hashable, Sendable {
    /// By cause; nil is outside. Causes that did not occur are missing.
    package var gaps: [InterruptionCause?: GapHistogram]
    package var elapsedTicks: UInt64
    package var thresholdTicks: UInt64
    /// Interruptions that took less than the threshold.
    package var shortInterruptions: Int
    package var calibration: ClockCalibration

    package init(
        gaps: [InterruptionCause?: GapHistogram], elapsedTicks: UInt64, thresholdTicks: UInt64,
        shortInterruptions: Int, calibration: ClockCalibration
    ) {
        self.gaps = gaps
        self.elapsedTicks = elapsedTicks
        self.thresholdTicks = thresholdTicks
        self.shortInterruptions = shortInterruptions
        self.calibration = calibration
    }

    package var elapsedSeconds: Double { Double(elapsedTicks) / calibration.ticksPerSecond }

    /// The share of the time that was lost to gaps of one cause; of all causes together without one.
    package func lostShare(to cause: InterruptionCause?) -> Double {
        Double(gaps[cause]?.totalTicks ?? 0) / Double(max(1, elapsedTicks))
    }

    package var lostShare: Double {
        Double(gaps.values.reduce(0) { $0 + $1.totalTicks }) / Double(max(1, elapsedTicks))
    }

    /// How many gaps of a cause (nil: outside the guest's kernel) to expect in a second that last at least so long; up to
    /// an eighth shorter ones may be among them.
    package func gapsPerSecond(of cause: InterruptionCause?, atLeastNanoseconds nanoseconds: Double) -> Double {
        let ticks = max(calibration.ticks(nanoseconds: nanoseconds).rawValue, 1)
        return Double(gaps[cause]?.count(atLeastTicks: ticks) ?? 0) / max(elapsedSeconds, 1e-9)
    }

    package func longestNanoseconds(of cause: InterruptionCause?) -> Double {
        calibration.nanoseconds(ticks: Double(gaps[cause]?.longestTicks ?? 0))
    }

    /// Spins on the calling thread. Allocates nothing while it does.
    /// - Parameters:
    ///   - seconds: from 0.001 to 3600.
    ///   - thresholdNanoseconds: shorter gaps are not noise but the reading of the clock; at least 100.
    ///   - probes: which probes to trust, from ``InterruptionProbes/selfTest()``.
    /// - Throws: ``TimingError`` for senseless arguments.
    package static func run(
        seconds: Double, thresholdNanoseconds: Double = 300, calibration: ClockCalibration, probes: InterruptionProbes
    ) throws -> NoiseScan {
        guard seconds >= 0.001, seconds <= 3600, thresholdNanoseconds >= 100, thresholdNanoseconds <= 1e9 else {
            throw TimingError(
                .argument, "a noise scan takes 0.001 to 3600 seconds and a threshold of 100 ns to 1 s")
        }
        let threshold = calibration.ticks(nanoseconds: thresholdNanoseconds).rawValue
        var scanner = Scanner(threshold: threshold, probes: probes)
        let elapsed = scanner.scan(ticks: calibration.ticks(nanoseconds: seconds * 1e9).rawValue)
        return NoiseScan(
            gaps: scanner.gaps(), elapsedTicks: elapsed, thresholdTicks: threshold,
            shortInterruptions: scanner.shortInterruptions, calibration: calibration)
    }
}

/// The loop, and the memory that it fills.
private struct Scanner {
    /// One for every cause, by raw value, and a last for outside.
    private var histograms = [GapHistogram](repeating: GapHistogram(), count: InterruptionCause.allCases.count + 1)
    private(set) var shortInterruptions = 0
    private let threshold: UInt64
    private var attributor: InterruptionAttributor

    init(threshold: UInt64, probes: InterruptionProbes) {
        self.threshold = threshold
        attributor = InterruptionAttributor(probes: probes)
        // Copies that the array's elements share until they are written would be made in the loop.
        for index in histograms.indices { histograms[index] = GapHistogram() }
    }

    /// Returns the ticks that passed.
    mutating func scan(ticks: UInt64) -> UInt64 {
        attributor.forgetPending()
        var processor: UInt32 = 0
        let begin = ts_ticks_stop(&processor)
        var last = begin
        var lastProcessor = processor
        // hot: per reading
        while last - begin < ticks {
            let now = ts_ticks_stop(&processor)
            if now - last < threshold && ts_probe_hits() == 0 && processor == lastProcessor {
                last = now
                continue
            }
            // Once more: what the probes saw may have come after the reading.
            let hits = InterruptionHits(rawValue: ts_probe_hits())
            let end = ts_ticks_stop(&processor)
            note(gap: end - last, hits: hits, processorChanged: processor != lastProcessor)
            // The time that noting took is nobody's.
            last = ts_ticks_stop(&lastProcessor)
        }
        attributor.disarm()
        return last - begin
    }

    private mutating func note(gap: UInt64, hits: InterruptionHits, processorChanged: Bool) {
        let cause = attributor.attribute(hits: hits, processorChanged: processorChanged)
        guard gap >= threshold else {
            if cause != nil { shortInterruptions += 1 }
            return
        }
        histograms[cause.map { Int($0.rawValue) } ?? InterruptionCause.allCases.count].add(ticks: gap)
    }

    func gaps() -> [InterruptionCause?: GapHistogram] {
        var gaps: [InterruptionCause?: GapHistogram] = [:]
        for (index, histogram) in histograms.enumerated() where histogram.count > 0 {
            gaps[InterruptionCause(rawValue: UInt8(index))] = histogram
        }
        return gaps
    }
}
