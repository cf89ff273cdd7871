package import PerfEvents

/// One event of a recording of perf's.
package struct PerfDataEvent: Sendable {
    package var format: RecordFormat
    /// Numbers by which records name it.
    package var ids: [UInt64]
    package var name: String

    init(format: RecordFormat, ids: [UInt64]) {
        self.format = format
        self.ids = ids
        name = format.defaultName
    }
}

/// What a recording of perf's says about itself.
package struct PerfDataFacts: Sendable {
    package var hostName = ""
    package var kernelRelease = ""
    package var perfVersion = ""
    package var architecture = ""
    package var commandLine: [String] = []
    /// Build-ids in lower-case hexadecimal, by path.
    package var buildIDs: [String: String] = [:]

    package init() {}
}
