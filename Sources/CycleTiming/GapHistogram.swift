/// How many gaps of which length: bins of an eighth of a power of two, so that a bound is off by an eighth at most.
package struct GapHistogram: Hashable, Sendable {
    /// Gaps by bin.
    private var counts: [UInt64]
    package private(set) var count: UInt64 = 0
    package private(set) var totalTicks: UInt64 = 0
    package private(set) var longestTicks: UInt64 = 0

    /// The bins that are not empty, ascending: the shortest length of each, and how many gaps are in it.
    package var bins: [(shortestTicks: UInt64, count: UInt64)] {
        counts.indices.filter { counts[$0] > 0 }.map { (Self.shortestTicks(inBin: $0), counts[$0]) }
    }

    /// Up to 2^48 ticks, a day; what is longer falls into the last bin.
    static let binCount = 8 * 46

    package init() { counts = [UInt64](repeating: 0, count: Self.binCount) }

    /// The bin of a length: exact below 8 ticks, then by the leading bit and the three behind it.
    static func bin(ofTicks ticks: UInt64) -> Int {
        if ticks < 8 { return Int(ticks) }
        let exponent = 63 - ticks.leadingZeroBitCount
        let fraction = Int(ticks >> UInt64(exponent - 3) & 7)
        return min(8 * (exponent - 2) + fraction, binCount - 1)
    }

    /// The shortest length in a bin.
    static func shortestTicks(inBin bin: Int) -> UInt64 {
        if bin < 8 { return UInt64(bin) }
        return UInt64(8 + bin % 8) << UInt64(bin / 8 - 1)
    }

    // hot: per gap
    package mutating func add(ticks: UInt64) {
        counts[Self.bin(ofTicks: ticks)] += 1
        count += 1
        totalTicks += ticks
        longestTicks = max(longestTicks, ticks)
    }

    /// Gaps of at least `ticks`, those of the bin in which it lies included.
    package func count(atLeastTicks ticks: UInt64) -> UInt64 {
        if ticks > longestTicks { return 0 }
        return counts[Self.bin(ofTicks: ticks)...].reduce(0, +)
    }
}
