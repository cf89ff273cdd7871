internal import CCycles

/// How many cycles the core makes per tick of the counter, from a chain of dependent additions, each of which takes one
/// cycle on every core. The core's frequency moves by the millisecond: take the chain in the same epoch as the workload.
package struct CoreClock: Hashable, Sendable {
    package var cyclesPerTick: Double

    /// - Parameters:
    ///   - additions: how many dependent additions ran.
    ///   - chainTicks: the ticks they took, without what the stamps take: the difference of a chain and one twice as
    ///     long, or long enough (10,000 additions) that the stamps do not matter.
    /// - Returns: nil when the ticks are not positive, which an interrupted difference may be.
    package init?(additions: Double, chainTicks: Double) {
        guard additions > 0, chainTicks > 0 else { return nil }
        cyclesPerTick = additions / chainTicks
    }

    /// The cycles that the core made during `ticks`.
    package func cycles(ticks: Double) -> Cycles { Cycles(rawValue: ticks * cyclesPerTick) }

    package func cycles(_ ticks: Ticks) -> Cycles { cycles(ticks: Double(ticks.rawValue)) }

    /// The core's frequency, Hz.
    package func frequency(_ calibration: ClockCalibration) -> Double { cyclesPerTick * calibration.ticksPerSecond }

    /// Measures now: the median of several differences between a chain and one twice as long.
    /// - Parameter rounds: differences to take; each takes about 15 µs.
    /// - Throws: ``TimingError`` when no difference is positive.
    package static func measure(rounds: Int = 15) throws -> CoreClock {
        let hundreds: UInt64 = 200
        var differences: [Double] = []
        for _ in 0..<max(1, rounds) {
            differences.append(Double(ts_chain_add(2 * hundreds)) - Double(ts_chain_add(hundreds)))
        }
        guard let clock = CoreClock(additions: Double(100 * hundreds), chainTicks: median(differences)) else {
            throw TimingError(.clock, "a longer chain takes no longer: the machine is too busy to measure; retry")
        }
        return clock
    }
}

/// The middle value, or the mean of the two in the middle; 0 for no values.
func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
