internal import CCycles

/// Tells core cycles without a counter, and whether the core was this thread's alone.
///
/// A chain of dependent additions takes one cycle each, so its ticks are the exchange rate between ticks and core cycles
/// at that moment. The empty loop takes a cycle a round on a core of one's own and about two as soon as another thread
/// of the core runs, be it another guest's: nothing else in a guest tells that.
struct EpochClock {
    /// What one look at the core found.
    struct Reading {
        var coreCyclesPerTick: Double
        /// How far a round of the empty loop was from one cycle.
        var disturbance: Double
    }

    /// Hundreds of additions in the shorter chain: some five microseconds, long against the clock's steps.
    private static let chain: UInt64 = 200
    /// Hundreds of rounds in the shorter empty loop: a neighbour doubles it, so half as many are enough.
    private static let loop: UInt64 = 100

    /// Looks now. Takes some twenty microseconds.
    func reading() -> Reading {
        let rate = Double(100 * Self.chain) / Self.difference(Self.chain, ts_chain_add)
        let ticks = Self.difference(Self.loop, ts_kernel_empty_loop)
        return Reading(coreCyclesPerTick: rate, disturbance: abs(ticks * rate / Double(100 * Self.loop) - 1))
    }

    /// The ticks of `count` of what `run` does, without what the stamps around it take: twice as many less once.
    private static func difference(_ count: UInt64, _ run: (UInt64) -> UInt64) -> Double {
        var last = 1.0
        for _ in 0..<4 {
            let once = Double(run(count))
            let twice = Double(run(2 * count))
            last = max(1, twice - once)
            // Else something interrupted one of the two.
            if last > 0.8 * once && last < 1.2 * once { break }
        }
        return last
    }
}
