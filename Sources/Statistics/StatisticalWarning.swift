/// What a reader must know before trusting a statistic. Reports print warnings next to the number.
package struct StatisticalWarning: Hashable, Sendable, Codable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable, Codable {
        package var rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// Too few values for an interval, a verdict or a class.
        package static let tooFewValues = Code(rawValue: "too few values")
        /// Values that are no measurement (NaN, infinite, out of range) were left out.
        package static let unusableValues = Code(rawValue: "unusable values")
        /// Neighboring values resemble each other, so that intervals are too narrow.
        package static let dependentValues = Code(rawValue: "dependent values")
        /// The comparison of a thing with itself found a difference.
        package static let controlMoved = Code(rawValue: "control moved")
        /// The comparison of a thing with itself is too wide to vouch for anything.
        package static let wideControl = Code(rawValue: "wide control")
        /// The sizes of a series are too close together to tell how costs grow.
        package static let narrowRange = Code(rawValue: "narrow range")
        /// A level that climbs or falls steadily, where steps were looked for.
        package static let drift = Code(rawValue: "drift")
        /// Another explanation fits nearly as well.
        package static let ambiguous = Code(rawValue: "ambiguous")
    }

    package var code: Code
    /// One line: what is wrong and what would help.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension StatisticalWarning {
    static func unusable(_ count: Int, of total: Int) -> StatisticalWarning {
        StatisticalWarning(.unusableValues, "\(count) of \(total) values are not finite and were left out")
    }
}
