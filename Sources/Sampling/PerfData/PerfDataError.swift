/// A recording of perf's that cannot be read, with what the user can do about it.
package struct PerfDataError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }

    package static func foreign(_ path: String, architecture: String) -> PerfDataError {
        PerfDataError(
            "\(path) was recorded on \(architecture): its stacks can be unwound on such a machine only; import it there"
        )
    }

    package static func unknownEvent(_ name: String, names: [String]) -> PerfDataError {
        PerfDataError("the recording has no event '\(name)'; it has \(names.joined(separator: ", "))")
    }
}
