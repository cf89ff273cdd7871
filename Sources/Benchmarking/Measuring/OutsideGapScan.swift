internal import CycleTiming

extension OutsideGaps {
    /// Spins and looks for gaps that nothing in the guest explains; nil when the machine cannot be scanned.
    static func scan(seconds: Double, calibration: ClockCalibration, probes: InterruptionProbes) -> OutsideGaps? {
        // Two stamps in a row lie some twenty nanoseconds apart.
        guard
            let scan = try? NoiseScan.run(
                seconds: seconds, thresholdNanoseconds: 100, calibration: calibration, probes: probes)
        else { return nil }
        var counts = [Double](repeating: 0, count: 64)
        for bin in scan.gaps[nil]?.bins ?? [] { counts[lengthClass(Double(bin.shortestTicks))] += Double(bin.count) }
        return OutsideGaps(scannedTicks: Double(scan.elapsedTicks), counts: counts)
    }
}
