internal import CCycles

/// Tells core cycles, and whether the core was this thread's alone.
///
/// Where there is a PMU that user mode may read, its counter tells them. Everywhere else a chain of dependent additions
/// takes one cycle each, so its ticks are the exchange rate between ticks and core cycles at that moment. The empty loop
/// takes a cycle a round on a core of one's own and about two as soon as another thread
/// of the core runs, be it another guest's: nothing else in a guest tells that.
package struct EpochClock {
    /// Where core cycles come from.
    package enum Source {
        /// The chain of dependent additions.
        case additions
        case counter(any CycleCounter)
    }

    /// What one look at the core found.
    package struct Reading {
        package var coreCyclesPerTick: Double
        /// How far a round of the empty loop was from one cycle.
        package var disturbance: Double
        /// What was counted when the look began, and when it ended; nil without a counter.
        var begin: Count?
        var end: Count?
    }

    /// Cycles and the clock, at the same moment.
    struct Count {
        var cycles: UInt64
        var ticks: UInt64

        /// Core cycles per tick since an earlier moment; nil when none passed.
        func rate(since earlier: Count) -> Double? {
            guard cycles > earlier.cycles, ticks > earlier.ticks else { return nil }
            return Double(cycles - earlier.cycles) / Double(ticks - earlier.ticks)
        }
    }

    package private(set) var source: Source

    /// - Parameter counter: of the calling thread, where there is one. It is not believed, and so not used, when it
    ///   differs from the chain by a quarter: virtual counters are known to stand still.
    package init(counter: (any CycleCounter)? = nil) {
        guard let counter else {
            source = .additions
            return
        }
        source = .counter(counter)
        let ratios = (0..<9).map { _ in
            let look = reading()
            return (look.end.flatMap { end in look.begin.flatMap { end.rate(since: $0) } } ?? 0) / Self.chainRate
        }.sorted()
        if !(0.8...1.25).contains(ratios[4]) { source = .additions }
    }

    /// Hundreds of additions in the shorter chain: some five microseconds, long against the clock's steps.
    private static let chain: UInt64 = 200
    /// Hundreds of rounds in the shorter empty loop: a neighbour doubles it, so half as many are enough.
    private static let loop: UInt64 = 100

    /// Looks now. Takes some twenty microseconds.
    package func reading() -> Reading {
        let begin = count()
        var rate = Self.chainRate
        let ticks = Self.difference(Self.loop, ts_kernel_empty_loop)
        let disturbance = abs(ticks * rate / Double(100 * Self.loop) - 1)
        let end = count()
        if let begin, let end, let counted = end.rate(since: begin) { rate = counted }
        return Reading(coreCyclesPerTick: rate, disturbance: disturbance, begin: begin, end: end)
    }

    /// Core cycles per tick between two looks: what was counted, or else the mean of what both found.
    package static func coreCyclesPerTick(from before: Reading, to after: Reading) -> Double {
        if let end = before.end, let counted = after.begin.flatMap({ $0.rate(since: end) }) { return counted }
        return (before.coreCyclesPerTick + after.coreCyclesPerTick) / 2
    }

    private static var chainRate: Double { Double(100 * chain) / difference(chain, ts_chain_add) }

    private func count() -> Count? {
        guard case .counter(let counter) = source else { return nil }
        for _ in 0..<4 {
            let before = ts_now_ticks()
            guard let cycles = counter.cycles() else { return nil }
            let after = ts_now_ticks()
            // Else something came in between, and it is not known when.
            if after - before < 2_000 { return Count(cycles: cycles, ticks: before + (after - before) / 2) }
        }
        return nil
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
