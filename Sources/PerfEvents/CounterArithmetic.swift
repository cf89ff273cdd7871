/// What a counter's three numbers mean: pure functions, since most machines that test them have no counters.
///
/// When there are more counters than the processor has registers, the kernel lets them take turns: a counter is enabled
/// for longer than it runs, and what it counted stands for the rest in proportion (perf_event_open(2), "time_enabled").
package enum CounterArithmetic {
    /// A counter's numbers as the kernel gives them.
    package struct Raw: Hashable, Sendable {
        package var count: UInt64
        /// Nanoseconds that counting was wanted.
        package var enabledNanoseconds: UInt64
        /// Nanoseconds of these in which it really counted.
        package var runningNanoseconds: UInt64

        package init(count: UInt64, enabledNanoseconds: UInt64, runningNanoseconds: UInt64) {
            self.count = count
            self.enabledNanoseconds = enabledNanoseconds
            self.runningNanoseconds = runningNanoseconds
        }
    }

    /// What happened between two readings. A counter that went backwards (its event was opened anew) counts nothing
    /// rather than nearly 2⁶⁴.
    package static func difference(from start: Raw, to end: Raw) -> Raw {
        Raw(
            count: difference(start.count, end.count),
            enabledNanoseconds: difference(start.enabledNanoseconds, end.enabledNanoseconds),
            runningNanoseconds: difference(start.runningNanoseconds, end.runningNanoseconds))
    }

    private static func difference(_ start: UInt64, _ end: UInt64) -> UInt64 { end > start ? end - start : 0 }

    /// The count for the whole time in which it was wanted: count × enabled ÷ running, rounded to the nearest.
    /// - Returns: nil for a counter that never ran: nothing is known then, not even that it was 0. `UInt64.max` for
    ///   more than fits.
    package static func scaled(_ raw: Raw) -> UInt64? {
        guard raw.runningNanoseconds > 0 else { return nil }
        // The clock of a CPU may be a little ahead: no more than always.
        guard raw.runningNanoseconds < raw.enabledNanoseconds else { return raw.count }
        let product = raw.count.multipliedFullWidth(by: raw.enabledNanoseconds)
        guard product.high < raw.runningNanoseconds else { return .max }
        let (quotient, remainder) = raw.runningNanoseconds.dividingFullWidth(product)
        let roundsUp = remainder >= raw.runningNanoseconds - remainder
        return roundsUp && quotient < .max ? quotient + 1 : quotient
    }

    /// The part of the time in which the counter ran, 0…1; 0 when it was never wanted.
    package static func runningFraction(_ raw: Raw) -> Double {
        guard raw.enabledNanoseconds > 0 else { return 0 }
        return min(1, Double(raw.runningNanoseconds) / Double(raw.enabledNanoseconds))
    }

    /// A count without what measuring itself adds, per operation. May be below zero when the overhead was measured too
    /// high, and is left so: cutting it off would make an average of many too large.
    /// - Parameter operations: at least 1.
    package static func perOperation(_ count: UInt64, overhead: UInt64, operations: UInt64) -> Double {
        let net = count >= overhead ? Double(count - overhead) : -Double(overhead - count)
        return net / Double(max(1, operations))
    }
}
