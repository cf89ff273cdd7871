import Glibc

extension SeededGenerator {
    /// ln(B/A) of a round as virtual machines give it: heavy-tailed noise of 0.5 %, and one round in fifty wrecked, one
    /// side taking twice as long.
    mutating func logRatio(truth: Double) -> Double {
        let noise = 0.005 * studentT3() / 3.0.squareRoot()
        let wreck = happens(0.02) ? (happens(0.5) ? log(2.0) : -log(2.0)) : 0
        return log(truth) + noise + wreck
    }

    mutating func logRatios(_ count: Int, truth: Double) -> [Double] { (0..<count).map { _ in logRatio(truth: truth) } }
}
