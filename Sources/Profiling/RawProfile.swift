package import ProfileModel

/// What a sample's frame is before it has a name. Equal for equal code in all processes.
package struct RawFrame: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// An address in a module.
        case user
        case kernel
        /// The stack's end, and why.
        case marker(Marker)
    }

    package var kind: Kind
    /// Position in the module list, -1 for none.
    package var module: Int32
    package var address: UInt64

    package init(kind: Kind, module: Int32 = -1, address: UInt64 = 0) {
        self.kind = kind
        self.module = module
        self.address = address
    }
}

/// Statements of the profiler that take the place of frames.
package enum Marker: UInt8, Hashable, Sendable {
    case stackBytes
    case noUnwindInfo
    case noModule
    case badUnwindInfo
    case unsupportedRule
    case depth
    case framePointers
    case notNative
    case memoryLimit

    /// The frame's name.
    /// - Parameter module: the module where the last frame lies, when there is one.
    package func name(module: Module?) -> String {
        let place = module.map { $0.kind == .anonymous ? "anonymous memory" : String($0.name) } ?? "unknown memory"
        return switch self {
        case .stackBytes: "[truncated: stack bytes]"
        case .noUnwindInfo: "[truncated: no unwind info in \(place)]"
        case .noModule where module?.kind == .anonymous: "[truncated: no unwind info in \(place)]"
        case .noModule: "[truncated: cannot read \(place)]"
        case .unsupportedRule: "[truncated: unwind rule too complex in \(place)]"
        case .badUnwindInfo: "[truncated: bad unwind info in \(place)]"
        case .depth: "[truncated: depth limit]"
        case .framePointers: "[truncated: frame pointers end in \(place)]"
        case .notNative: "[truncated: 32-bit process]"
        case .memoryLimit: "[dropped: recorder memory limit]"
        }
    }
}

/// The counts of a recording before anything has a name. A value: a snapshot of it can be written while sampling goes on.
package struct RawProfile: Sendable {
    package struct Thread: Hashable, Sendable {
        package var pid: Int32
        package var tid: Int32
        package var name: String
        package var processName: String

        package init(pid: Int32, tid: Int32, name: String, processName: String) {
            self.pid = pid
            self.tid = tid
            self.name = name
            self.processName = processName
        }
    }

    package var frames: [RawFrame] = []
    /// Over positions in `frames`.
    package var stacks = StackTable()
    package var threads: [Thread] = []
    package var modules: [MappedModule] = []

    // One entry a distinct (stack, thread).
    package var sampleStacks: [StackTable.ID] = []
    package var sampleThreads: [Int32] = []
    package var sampleCounts: [Int64] = []
    package var samplePeriods: [Int64] = []
    /// Which of the recording's samples was the first one that needed each sample, frame and thread; rising. Only where
    /// parts are to be merged.
    package var sampleOrdinals: [UInt64] = []
    package var frameOrdinals: [UInt64] = []
    package var threadOrdinals: [UInt64] = []

    /// `unnamed` and the frame counts are filled in when symbols are known.
    package var quality = RecordingQuality()

    package init() {}
}
