/// An analysis that cannot go on, with what the user can do about it.
package struct RegressionError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// A file that is not what it should be.
        package static let malformed = Code(rawValue: "malformed")
        /// More values than are looked at.
        package static let tooLarge = Code(rawValue: "too large")
        /// A column that the file does not have, or several that could be meant.
        package static let column = Code(rawValue: "column")
        /// Things that have nothing in common to compare.
        package static let notComparable = Code(rawValue: "not comparable")
        /// A name that no baseline can have.
        package static let name = Code(rawValue: "name")
        /// No baseline has such a name.
        package static let noBaseline = Code(rawValue: "no baseline")
        /// A baseline that only force may replace or delete.
        package static let pinned = Code(rawValue: "pinned")
        /// A store that cannot be opened, read or written.
        package static let store = Code(rawValue: "store")
        /// A store whose file is damaged.
        package static let damagedStore = Code(rawValue: "damaged store")
        /// No series, commit or alert of the store is what was asked for.
        package static let noSeries = Code(rawValue: "no series")
        /// A git repository that cannot be used, or lacks commits.
        package static let repository = Code(rawValue: "repository")
        /// A tolerance that cannot be read, or fits nothing.
        package static let tolerance = Code(rawValue: "tolerance")
        /// Results that cannot be compared with each other.
        package static let incomparable = Code(rawValue: "incomparable")
    }

    package var code: Code
    /// One line: what is wrong, and what to do.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
