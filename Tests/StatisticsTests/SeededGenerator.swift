import Glibc

/// Random numbers that are the same in every run: SplitMix64 (Steele, Lea & Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Greater than 0, less than 1.
    mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// Box & Muller.
    mutating func normal() -> Double { sqrt(-2 * log(uniform())) * cos(2 * Double.pi * uniform()) }

    /// Student's t with 3 degrees of freedom: heavy tails, standard deviation √3.
    mutating func studentT3() -> Double {
        let (a, b, c) = (normal(), normal(), normal())
        return normal() / sqrt((a * a + b * b + c * c) / 3)
    }

    /// 1 with a probability, else 0.
    mutating func happens(_ probability: Double) -> Bool { uniform() < probability }
}
