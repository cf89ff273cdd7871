internal import Glibc

/// Random numbers that are the same in every run and on every machine: SplitMix64 (G. Steele, D. Lea & C. Flood, *Fast
/// Splittable Pseudorandom Number Generators*, 2014).
package struct RepeatableGenerator: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// From 0 to below a bound of at least 1, by D. Lemire's multiplication; its bias is below bound/2⁶⁴.
    package mutating func index(below bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    /// Greater than 0, less than 1.
    package mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// G. Box & M. Muller's transformation.
    package mutating func normal() -> Double { sqrt(-2 * log(uniform())) * cos(2 * Double.pi * uniform()) }
}
