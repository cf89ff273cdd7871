/// Why bytes are not a profile, or a profile cannot be written in a format.
package struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// The bytes end too early, or contradict themselves.
        package static let malformed = Code(rawValue: "malformed")
        /// The bytes are in no format that is known here.
        package static let unknownFormat = Code(rawValue: "unknown format")
        /// More than a stated limit allows.
        package static let tooLarge = Code(rawValue: "too large")
        /// The format has no way to say what the profile holds.
        package static let inexpressible = Code(rawValue: "inexpressible")
    }

    package var code: Code
    /// One line for people: what is wrong, where, and what to do about it.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
