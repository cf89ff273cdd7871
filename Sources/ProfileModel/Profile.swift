/// What one column of sample values counts.
package struct SampleType: Hashable, Sendable {
    /// For instance `samples`, `cpu`, `page-faults`.
    package var name: String
    /// For instance `count`, `nanoseconds`.
    package var unit: String

    package init(name: String, unit: String) {
        self.name = name
        self.unit = unit
    }

    package static let samples = SampleType(name: "samples", unit: "count")
}

/// A set of weighted stacks with everything needed to name them: what a recording yields, what a file holds, what
/// every report, picture and comparison starts from.
///
/// Tables refer to each other by position only; every index in a profile is valid. Built by ``ProfileBuilder``.
package struct Profile: Sendable {
    /// The samples, a column each. All columns have the same length; `values` holds one column per sample type.
    package struct Samples: Sendable {
        package var stacks: [StackTable.ID] = []
        package var labelSets: [Int32] = []
        package var values: [[Int64]]

        package var count: Int { stacks.count }
    }

    /// When and how the profile was made.
    package struct Metadata: Sendable {
        /// Start of the recording, nanoseconds since 1970; 0 when unknown.
        package var timeNanoseconds: Int64 = 0
        /// Length of the recording; 0 when unknown.
        package var durationNanoseconds: Int64 = 0
        /// What happens between two samples, and how often.
        package var periodType: SampleType?
        package var period: Int64 = 0
        /// The column that reports show unless told otherwise; empty for the last one.
        package var defaultSampleType = ""
        /// Free text, a line each, ``RecordingQuality`` excluded.
        package var comments: [String] = []
        /// The stated completeness of the recording; nil when its producer states none.
        package var quality: RecordingQuality?

        package init() {}
    }

    package var sampleTypes: [SampleType]
    package var modules: [Module]
    package var functions: [Function]
    package var frames: [Frame]
    package var stacks: StackTable
    package var labelSets: [LabelSet]
    package var samples: Samples
    package var metadata: Metadata

    /// Name of the function of a frame.
    package func name(of frame: FrameID) -> String {
        functions[Int(frames[Int(frame.rawValue)].function.rawValue)].name
    }

    /// The module of a frame, when it has one.
    package func module(of frame: FrameID) -> Module? {
        frames[Int(frame.rawValue)].module.map { modules[Int($0.rawValue)] }
    }

    /// The column to show: `name` when given and present, else the default of the file, else the last.
    package func valueColumn(named name: String? = nil) -> Int? {
        if let name { return sampleTypes.firstIndex { $0.name == name } }
        return sampleTypes.firstIndex { $0.name == metadata.defaultSampleType } ?? sampleTypes.indices.last
    }

    /// Sum of a column, saturating.
    package func total(column: Int) -> Int64 {
        samples.values[column].reduce(0) { sum, value in
            let (result, overflow) = sum.addingReportingOverflow(value)
            return overflow ? .max : result
        }
    }
}
