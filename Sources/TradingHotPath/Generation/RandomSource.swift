/// xoshiro256** seeded through SplitMix64: the same numbers on every machine for the same seed.
///
/// Sources: D. Blackman and S. Vigna, *Scrambled Linear Pseudorandom Number Generators*, 2019 (xoshiro256**);
/// G. Steele, D. Lea and C. Flood, *Fast Splittable Pseudorandom Number Generators*, 2014 (SplitMix64).
package struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    package init(seed: UInt64) {
        var splitMix = seed
        func next() -> UInt64 {
            splitMix &+= 0x9E37_79B9_7F4A_7C15
            var mixed = splitMix
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        state = (next(), next(), next(), next())
    }

    package mutating func next() -> UInt64 {
        let scrambled = rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, 45)
        return scrambled
    }

    /// A number in 0 ..< `bound`, by the high word of a product; its bias is below `bound` / 2⁶⁴.
    package mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

    /// A number in 0 ..< 1 with 53 random bits.
    package mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    private func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
}

/// A distribution given by some of its quantiles, linear in between.
///
/// Only additions, multiplications and divisions of `Double`, which IEEE 754 fixes to the last bit: a generated stream
/// is byte-exact everywhere, which logarithms from a C library would not be.
package struct QuantileTable: Sendable {
    /// Ascending; the first probability is 0 and the last is 1.
    package let points: [(probability: Double, value: Double)]

    package init(_ points: [(probability: Double, value: Double)]) {
        precondition(points.count >= 2 && points.first!.probability == 0 && points.last!.probability == 1)
        self.points = points
    }

    package func value(at probability: Double) -> Double {
        var upper = 1
        while upper < points.count - 1, points[upper].probability <= probability { upper += 1 }
        let (low, high) = (points[upper - 1], points[upper])
        let share = (probability - low.probability) / (high.probability - low.probability)
        return low.value + (high.value - low.value) * share
    }

    package var mean: Double {
        zip(points, points.dropFirst()).reduce(0) { sum, pair in
            sum + (pair.1.probability - pair.0.probability) * (pair.0.value + pair.1.value) / 2
        }
    }
}
