internal import ProfileFormats

/// Numbers of findings.
enum Decimals {
    static func text(_ value: Double, _ decimals: Int) -> String { NumberText.fixed(value, decimals: decimals) }

    /// `0.44 %`.
    static func percent(_ share: Double, _ decimals: Int = 2) -> String { text(share * 100, decimals) + " %" }

    static func signedPercent(_ share: Double, _ decimals: Int = 2) -> String {
        let text = percent(share, decimals)
        return text.hasPrefix("-") ? text : "+" + text
    }

    static func duration(nanoseconds: Double) -> String {
        guard nanoseconds.isFinite else { return "unknown" }
        if nanoseconds < 100 { return text(nanoseconds, 1) + " ns" }
        return NumberText.duration(nanoseconds: Int64(min(nanoseconds, 9e18).rounded()))
    }
}
