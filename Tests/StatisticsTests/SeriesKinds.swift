import Glibc

/// Kinds of noise that series of benchmarks have, each around a level of 0.
enum SeriesKind: CaseIterable {
    case normal, heavyTailed, skewed, spiked, correlated, bimodal, coarse

    /// The standard deviation, known or, where the tails rule it, that of the bulk.
    var deviation: Double {
        switch self {
        case .normal, .spiked: 1
        case .heavyTailed: 3.0.squareRoot()
        case .skewed: 0.79  // √((e^0.36 − 1)·e^0.36)
        case .correlated: 1.1547  // 1/√(1 − 0.25)
        case .bimodal: 1.334  // √(0.09 + 9·0.1875)
        case .coarse: 10.4  // 26·√0.16
        }
    }

    func noise(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
        var previous = 0.0
        return (0..<count).map { _ in
            switch self {
            case .normal: return random.normal()
            case .heavyTailed: return random.studentT3()
            case .skewed: return exp(0.6 * random.normal())
            case .spiked: return random.normal() * (random.happens(0.03) ? 10 : 1)
            case .correlated:
                previous = 0.5 * previous + random.normal()
                return previous
            case .bimodal: return 0.3 * random.normal() + (random.happens(0.25) ? 3 : 0)
            case .coarse: return random.happens(0.2) ? 26 : 0
            }
        }
    }
}
