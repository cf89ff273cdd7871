/// Numbers with units as people write them: `40 ns`, `64 MiB`, `10 M/s`, `100 %`.
enum QuantityText {
    /// What a number is a number of, with the units that say so.
    struct Kind: Sendable {
        /// `a time`, for messages.
        var name: String
        var example: String
        /// By what each unit multiplies.
        var units: [String: Double]
        /// Whether the unit may be left out; it multiplies by 1 then.
        var allowsBare = false

        static let time = Kind(
            name: "a time", example: "40 ns",
            units: ["ns": 1, "us": 1e3, "\u{B5}s": 1e3, "\u{3BC}s": 1e3, "ms": 1e6, "s": 1e9])
        /// In seconds; a number alone is seconds.
        static let duration = Kind(
            name: "a duration", example: "60 s",
            units: ["ns": 1e-9, "us": 1e-6, "\u{B5}s": 1e-6, "\u{3BC}s": 1e-6, "ms": 1e-3, "s": 1, "min": 60],
            allowsBare: true)
        static let size = Kind(
            name: "a size", example: "64 MiB",
            units: [
                "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 0x1p10, "MiB": 0x1p20, "GiB": 0x1p30,
            ])
        static let rate = Kind(
            name: "a rate", example: "10 M/s", units: ["/s": 1, "k/s": 1e3, "M/s": 1e6, "G/s": 1e9])
        static let share = Kind(name: "a share", example: "100 %", units: ["%": 0.01])
        static let count = Kind(name: "a number", example: "150", units: [:], allowsBare: true)

        /// A number alone, or with this word after it.
        static func count(of word: String) -> Kind {
            Kind(name: "a number", example: "150", units: [word: 1], allowsBare: true)
        }
    }

    /// The value in the kind's base unit, or what is wrong with the text.
    static func value(_ text: String, _ kind: Kind) -> Result<Double, Fault> {
        let trimmed = text.drop { $0 == " " }
        let number = trimmed.prefix { $0.isASCII && ($0.isNumber || "+-._".contains($0)) }
        let unit = String(trimmed.dropFirst(number.count).drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard let value = decimal(number), let factor = unit.isEmpty && kind.allowsBare ? 1 : kind.units[unit] else {
            return .failure(Fault("\(QuotedText.quoted(text)) is no \(kind.noun); write for instance \(kind.example)"))
        }
        guard value >= 0 else {
            return .failure(Fault("\(QuotedText.quoted(text)) is negative; write \(kind.name) of at least 0"))
        }
        guard value * factor < 1e18 else {
            return .failure(Fault("\(QuotedText.quoted(text)) is too much; write for instance \(kind.example)"))
        }
        return .success(value * factor)
    }

    struct Fault: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    /// Digits, at most one point, underscores between digits; a sign so that negative numbers can be told as such.
    private static func decimal(_ text: Substring) -> Double? {
        let digits = text.drop { $0 == "-" }
        guard text.count - digits.count <= 1, let first = digits.first, let last = digits.last, first.isNumber,
            last.isNumber, digits.filter({ $0 == "." }).count <= 1, digits.count <= 40
        else { return nil }
        return Double(text.filter { $0 != "_" })
    }
}

extension QuantityText.Kind {
    /// `time` of `a time`.
    fileprivate var noun: Substring { name.split(separator: " ", maxSplits: 1).last ?? "" }
}
