/// A recording of perf's that cannot be read, with what the user can do about it.
package struct PerfDataError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}
