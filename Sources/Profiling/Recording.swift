package import ProfileModel
package import Symbolization

/// Live numbers of a recording.
package struct RecordingProgress: Sendable {
    package var elapsedSeconds: Double
    package var samples: Int64
    package var lost: Int64
    package var threads: Int
    /// CPU time that the recorder has used, seconds.
    package var ownCPUSeconds: Double
}

/// The engine that follows captured stacks.
package enum Unwinder: String, CaseIterable, Sendable {
    /// What is best here: `table`.
    case auto
    /// Compiled rows, with libunwind for what they cannot express.
    case table
    /// libunwind for everything: the reference.
    case libunwind
    /// Frame pointers in the captured bytes, whatever the tables say.
    case fp

    /// Whether stacks that break off can be continued: the other engines do not say where they stopped.
    var isResumable: Bool { self == .auto || self == .table }
}

/// Most that a recorder keeps in memory of each kind; what comes beyond is counted, not kept.
///
/// The default takes some 150 MB when all of it is used, which no program does that has fewer distinct stacks.
package struct RecordingLimits: Sendable {
    /// Distinct (caller chain, frame) pairs.
    package var stackNodes = 1 << 20
    package var frames = 1 << 19
    /// Distinct (stack, thread) pairs.
    package var samples = 1 << 19
    package var threads = 1 << 16
    /// Address spaces that are ready for unwinding at a time.
    package var processes = 256

    package init() {}
}

/// How a recording is run: everything but what is sampled.
package struct RecordingPlan: Sendable {
    /// Seconds to sample; nil until the target exits or a signal comes.
    package var duration: Double?
    /// Seconds between two checkpoints.
    package var checkpointInterval: Double
    /// Text about the recording for the profile's comments.
    package var comments: [String]

    package var unwinder: Unwinder
    /// Whether the captured stack grows and shrinks with what the threads' stacks need.
    package var adaptsCapture = false
    /// Samples a second and CPU; nil when unknown.
    package var frequency: UInt64?
    /// Whether stacks that are deeper than the capture are completed from the running process.
    package var completesStacks = false
    package var limits = RecordingLimits()
    package var symbolization = SymbolizationOptions()

    package init(
        duration: Double?, checkpointInterval: Double = 8, comments: [String] = [], unwinder: Unwinder = .auto
    ) {
        self.unwinder = unwinder
        self.duration = duration
        self.checkpointInterval = checkpointInterval
        self.comments = comments
    }
}

/// A finished recording.
package struct RecordingResult: Sendable {
    package var profile: Profile
    package var elapsedSeconds: Double
    package var ownCPUSeconds: Double
    package var warnings: [String]
}
