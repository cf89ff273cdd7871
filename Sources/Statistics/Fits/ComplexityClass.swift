internal import Glibc

/// How a cost grows with the size of its input, slowest first.
package enum ComplexityClass: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
    case constant = "O(1)"
    case logarithmic = "O(log n)"
    case linear = "O(n)"
    case linearithmic = "O(n log n)"
    case quadratic = "O(n²)"
    case cubic = "O(n³)"

    package var description: String { rawValue }

    /// The growing part at a size of at least 1, in its own unit. 0 for the constant class.
    package func growth(at size: Double) -> Double {
        switch self {
        case .constant: 0
        case .logarithmic: log2(size)
        case .linear: size
        case .linearithmic: size * log2(size)
        case .quadratic: size * size
        case .cubic: size * size * size
        }
    }
}
