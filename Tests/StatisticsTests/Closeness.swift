import Testing

/// Whether two numbers agree to a share of the expected one.
func isClose(_ actual: Double?, _ expected: Double, relative: Double = 1e-12) -> Bool {
    guard let actual else { return false }
    return actual == expected || abs(actual - expected) <= relative * abs(expected)
}

/// Values that no measurement gives, but a damaged file may.
let hostileValues: [Double] = [.nan, .infinity, -.infinity, .signalingNaN]

/// The greatest count that n tries with a success probability give in all but one of a million repetitions: for tests
/// by simulation, from the normal approximation.
func mostPlausible(_ n: Int, _ probability: Double) -> Double {
    let mean = Double(n) * probability
    return mean + 4.75 * (mean * (1 - probability)).squareRoot() + 1
}
