internal import CCycles

/// Tells core cycles without a counter: a chain of dependent additions takes one cycle each, so its ticks are the
/// exchange rate between ticks and core cycles at that moment.
struct EpochClock {
    /// Additions of one reading, some five microseconds of them: long against the clock's steps.
    static let additions: UInt64 = 20_000
    /// Ticks of a reading that belong to the stamps around it.
    private let overheadTicks: Double

    /// Finds the stamps' share: what is left when twice the additions take less than twice as long.
    init() {
        var differences: [Double] = []
        differences.reserveCapacity(101)
        for _ in 0..<101 {
            let once = Self.chainTicks(additions: 2_000)
            let twice = Self.chainTicks(additions: 4_000)
            differences.append(2 * Double(once) - Double(twice))
        }
        differences.sort()
        overheadTicks = max(0, differences[50])
    }

    /// Core cycles per tick, now. Takes some five microseconds.
    func reading() -> Double {
        Double(Self.additions) / max(1, Double(Self.chainTicks(additions: Self.additions)) - overheadTicks)
    }

    private static func chainTicks(additions: UInt64) -> UInt64 { ts_chain_add(additions / 100) }
}
