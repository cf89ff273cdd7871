internal import PerfEvents
internal import ProfileModel
internal import Symbolization

/// Names the frames of a raw profile and builds the profile that is written.
///
/// Each distinct address is looked up once; an assembler may be used again on a later snapshot of the same recording
/// and then names only what is new. Used by one thread at a time.
final class ProfileAssembler {
    /// What a sample's period counts.
    private let valueType: SampleType
    /// Whether samples are counted as well, in a column before it.
    private let countsSamples: Bool
    private var namer: FrameNamer

    /// - Parameters:
    ///   - valueType: what a sample's period counts.
    ///   - countsSamples: whether samples are counted as well.
    init(
        valueType: SampleType, countsSamples: Bool, symbolization: SymbolizationOptions,
        kernel: KernelNames = KernelNames()
    ) {
        self.valueType = valueType
        self.countsSamples = countsSamples
        namer = FrameNamer(symbolization, kernel: kernel)
    }

    /// For the samples of an event.
    convenience init(
        event: EventSpecification, symbolization: SymbolizationOptions, kernel: KernelNames = KernelNames()
    ) {
        self.init(
            valueType: SampleType(name: Self.valueName(of: event), unit: event.unit), countsSamples: true,
            symbolization: symbolization, kernel: kernel)
    }

    /// What each raw frame of the last profile became, outermost first.
    private(set) var frames: [[FrameID]] = []

    /// What was found on the way to names and is not used, in words.
    private(set) var warnings: [String] = []

    /// - Parameter raw: a snapshot that continues the one of the last call, if there was one.
    func assemble(_ raw: RawProfile, metadata: Profile.Metadata) -> Profile {
        namer.name(raw)
        warnings = raw.modules.flatMap(\.nameWarnings)

        var builder = ProfileBuilder(sampleTypes: (countsSamples ? [.samples] : []) + [valueType])
        builder.reserve(functions: namer.functions.count, frames: raw.frames.count)
        // The program itself comes first: readers take the first mapping for the main binary.
        let order = raw.modules.indices.sorted { a, b in
            let isProgram = { (index: Int) in raw.modules[index].module.kind == .executable }
            return isProgram(a) != isProgram(b) ? isProgram(a) : a < b
        }
        var moduleIDs = [ModuleID?](repeating: nil, count: raw.modules.count)
        for index in order { moduleIDs[index] = builder.intern(raw.modules[index].module) }
        let kernelIDs = namer.kernelModules.map { builder.intern(Module(path: $0, kind: .kernel)) }
        let functions = namer.functions.map { builder.intern($0) }

        frames = raw.frames.indices.map { index in
            let frame = raw.frames[index]
            return namer.frames(of: index).map { named in
                var made = Frame(
                    function: functions[Int(named.function)], line: named.line, column: named.column,
                    isInlined: named.isInlined)
                switch frame.kind {
                case .user:
                    made.module = frame.module >= 0 ? moduleIDs[Int(frame.module)] : nil
                    made.address = ModuleRelativeAddress(frame.address)
                case .kernel:
                    made.module = kernelIDs[Int(named.kernelModule)]
                    made.address = ModuleRelativeAddress(frame.address)
                    made.kind = .kernel
                case .marker: made.kind = .marker
                }
                return builder.intern(made)
            }
        }
        addSamples(raw, frames: frames, to: &builder)
        builder.metadata = metadata
        builder.metadata.defaultSampleType = valueType.name
        builder.metadata.quality = quality(raw)
        return builder.profile
    }

    private static func valueName(of event: EventSpecification) -> String {
        event.unit == "nanoseconds" ? "cpu" : event.name
    }

    /// - Parameter frames: of each raw frame, outermost first.
    private func addSamples(_ raw: RawProfile, frames: [[FrameID]], to builder: inout ProfileBuilder) {
        let stacks = addStacks(raw, frames: frames, to: &builder)
        let labels = raw.threads.map { thread in
            builder.intern(
                LabelSet(thread: thread.name, tid: thread.tid, process: thread.processName, pid: thread.pid))
        }
        for index in raw.sampleStacks.indices {
            let period = raw.samplePeriods[index]
            builder.add(
                stack: stacks[Int(raw.sampleStacks[index].rawValue)], labelSet: labels[Int(raw.sampleThreads[index])],
                values: countsSamples ? [raw.sampleCounts[index], period] : [period])
        }
    }

    /// - Returns: what each stack became.
    private func addStacks(
        _ raw: RawProfile, frames: [[FrameID]], to builder: inout ProfileBuilder
    ) -> [StackTable.ID] {
        // As many frames as raw ones, and one for each: no two stand for the same.
        if frames.allSatisfy({ $0.count == 1 }), builder.profile.frames.count == frames.count {
            builder.adopt(raw.stacks, frames: frames.map { $0[0] })
            return raw.stacks.nodes.indices.map { StackTable.ID(rawValue: Int32($0)) }
        }
        var stacks = [StackTable.ID](repeating: StackTable.root, count: raw.stacks.count)
        for (index, node) in raw.stacks.nodes.enumerated().dropFirst() {
            var stack = stacks[Int(node.parent)]
            for frame in frames[Int(node.frame)] { stack = builder.child(of: stack, frame: frame) }
            stacks[index] = stack
        }
        return stacks
    }

    /// Counts named frames along each stack: parents come before children, so one pass over the nodes does.
    private func quality(_ raw: RawProfile) -> RecordingQuality {
        var quality = raw.quality
        var total = [Int64](repeating: 0, count: raw.stacks.count)
        var named = total
        for (index, node) in raw.stacks.nodes.enumerated().dropFirst() {
            let frame = Int(node.frame)
            var isCode = true
            if case .marker = raw.frames[frame].kind { isCode = false }
            total[index] = total[Int(node.parent)] + (isCode ? 1 : 0)
            named[index] = named[Int(node.parent)] + (isCode && namer.isNamed(frame) ? 1 : 0)
        }
        for index in raw.sampleStacks.indices {
            let stack = raw.sampleStacks[index]
            let count = raw.sampleCounts[index]
            quality.totalFrames &+= total[Int(stack.rawValue)] &* count
            quality.namedFrames &+= named[Int(stack.rawValue)] &* count
            if let leaf = raw.stacks.leaf(of: stack), !namer.isNamed(Int(leaf.rawValue)) { quality.unnamed += count }
        }
        return quality
    }
}
