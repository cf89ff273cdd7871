internal import CCycles
internal import CycleTiming

extension OutsideGaps {
    /// Spins and looks for gaps during which nothing ran here and which the guest's kernel knows nothing of.
    /// - Parameters:
    ///   - shortestTicks: gaps below are part of normal execution.
    static func scan(ticks: UInt64, shortestTicks: UInt64, probes: InterruptionProbes) -> OutsideGaps {
        var counts = [Double](repeating: 0, count: 64)
        var attributor = InterruptionAttributor(probes: probes)
        let begin = ts_now_ticks()
        var last = begin
        var processor: UInt32 = 0
        _ = ts_ticks_stop(&processor)
        while last &- begin < ticks {
            var after: UInt32 = 0
            let now = ts_ticks_stop(&after)
            let gap = now &- last
            let hits = ts_probe_hits()
            var isExplained = false
            if hits != 0 || after != processor || attributor.readsUsageAlways && gap >= shortestTicks {
                isExplained =
                    attributor.attribute(
                        hits: InterruptionHits(rawValue: hits), processorChanged: after != processor) != nil
                processor = after
            }
            if gap >= shortestTicks && !isExplained { counts[lengthClass(Double(gap))] += 1 }
            last = isExplained ? ts_now_ticks() : now
        }
        attributor.disarm()
        return OutsideGaps(scannedTicks: Double(last &- begin), counts: counts)
    }
}
