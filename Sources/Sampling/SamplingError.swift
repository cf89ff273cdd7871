/// A recording that cannot be made, with what the user can do about it.
package struct SamplingError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        package static let noSuchProcess = Code(rawValue: "no such process")
        package static let notSampleable = Code(rawValue: "not sampleable")
        package static let cannotExecute = Code(rawValue: "cannot execute")
        package static let nothingCovered = Code(rawValue: "nothing covered")
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
