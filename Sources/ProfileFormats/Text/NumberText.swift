/// Numbers as people read them, the same in every locale.
package enum NumberText {
    /// Thousands separated by commas.
    package static func grouped(_ value: Int64) -> String {
        let digits = Array(String(value.magnitude).utf8)
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
            text.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return text
    }

    /// A fixed number of decimals, rounded half away from zero.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e15 else { return String(value) }
        let digits = String(Int64(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return decimals == 0 ? sign + padded : sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// Three digits, which is more than sampling measures: 0.00123 → 1.23 of a thousandth.
    package static func significant(_ value: Double) -> String {
        let magnitude = value.magnitude
        return fixed(value, decimals: magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0)
    }

    /// A time with the unit that suits it.
    package static func duration(nanoseconds: Int64) -> String {
        let value = Double(nanoseconds)
        return switch value.magnitude {
        case 0: "0 s"
        case ..<999.5: "\(nanoseconds) ns"
        case ..<999_500: significant(value / 1e3) + " µs"
        case ..<999_500_000: significant(value / 1e6) + " ms"
        case ..<1e12: significant(value / 1e9) + " s"
        default: grouped(Int64(value / 1e9)) + " s"
        }
    }

    /// How many decimals of a percentage mean anything: one sample of n is 100/n percent.
    package static func percentDecimals(samples: Int64) -> Int {
        samples < 100 ? 0 : samples < 10_000 ? 1 : 2
    }

    package static func percent(_ share: Double, decimals: Int) -> String {
        fixed(share * 100, decimals: decimals) + "%"
    }
}
