package import Statistics

internal import FoundationEssentials
internal import Glibc

/// Ratios as people read them.
package enum PercentText {
    /// `+1.02 %`; two decimals unless told otherwise.
    package static func signed(_ ratio: Double, decimals: Int = 2) -> String {
        "\(number((ratio - 1) * 100, decimals: decimals)) %"
    }

    /// `+1.02 % [+0.98, +1.06]`, to the digits that the interval resolves.
    package static func signed(_ ratio: Double, interval: ConfidenceInterval) -> String {
        let decimals = decimals(of: interval)
        let bounds = [interval.lower, interval.upper].map { number(($0 - 1) * 100, decimals: decimals) }
        return "\(signed(ratio, decimals: decimals)) [\(bounds.joined(separator: ", "))]"
    }

    private static func decimals(of interval: ConfidenceInterval) -> Int {
        let digits = SignificantDigits(value: 0, uncertainty: interval.halfWidth * 100)
        // Nobody acts on a thousandth of a per cent.
        return min(3, max(0, digits?.uncertaintyDecimals ?? 2))
    }

    /// With its sign; what rounds to zero has none.
    private static func number(_ value: Double, decimals: Int) -> String {
        guard abs(value) < 1e9 else { return value.isFinite ? "\(value)" : "?" }
        let scale = pow(10, Double(decimals))
        let units = Int((abs(value) * scale).rounded())
        let fraction = String(units % Int(scale))
        let padded = String(repeating: "0", count: max(0, decimals - fraction.count)) + fraction
        let sign = units == 0 ? "" : value < 0 ? "-" : "+"
        return "\(sign)\(units / Int(scale))" + (decimals > 0 ? ".\(padded)" : "")
    }
}
