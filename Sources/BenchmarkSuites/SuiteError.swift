/// A run of benchmarks that cannot go on, with what the user can do about it.
package struct SuiteError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// The program does not exist, cannot be started, or is no benchmark program.
        package static let program = Code(rawValue: "program")
        /// No benchmark has such a name or tag.
        package static let nothingSelected = Code(rawValue: "nothing selected")
        /// Benchmarks could not be measured.
        package static let failed = Code(rawValue: "failed")
        /// The user wants to stop.
        package static let interrupted = Code(rawValue: "interrupted")
        /// A suite file that cannot be read as one.
        package static let configuration = Code(rawValue: "configuration")
        /// A result file that cannot be read as one.
        package static let resultFile = Code(rawValue: "result file")
    }

    package var code: Code
    /// One line: what is wrong, and what to do.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
