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

    /// What the raw frames of the last profile became, one behind the other, each outermost first.
    private var levels: [FrameID] = []
    /// Where each raw frame's levels begin, and where the last ones end.
    private var starts: [Int] = []

    /// What each raw frame of the last profile became, outermost first.
    var frames: [[FrameID]] { zip(starts, starts.dropFirst()).map { Array(levels[$0..<$1]) } }

    /// What was found on the way to names and is not used, in words.
    private(set) var warnings: [String] = []

    /// Names the frames ahead of ``assemble(_:metadata:)``.
    /// - Parameter raw: with frames and modules, as they will be.
    func name(_ raw: RawProfile) { namer.name(raw) }

    /// - Parameter raw: a snapshot that continues the one of the last call, if there was one.
    func assemble(_ raw: RawProfile, metadata: Profile.Metadata) -> Profile {
        namer.name(raw)
        warnings = raw.modules.flatMap(\.nameWarnings)

        var builder = ProfileBuilder(sampleTypes: (countsSamples ? [.samples] : []) + [valueType])
        builder.adopt(functions: namer.functions)
        // The program itself comes first: readers take the first mapping for the main binary.
        let order = raw.modules.indices.sorted { a, b in
            let isProgram = { (index: Int) in raw.modules[index].module.kind == .executable }
            return isProgram(a) != isProgram(b) ? isProgram(a) : a < b
        }
        var moduleIDs = [ModuleID?](repeating: nil, count: raw.modules.count)
        for index in order { moduleIDs[index] = builder.intern(raw.modules[index].module) }
        let kernelIDs = namer.kernelModules.map { builder.intern(Module(path: $0, kind: .kernel)) }
        addFrames(raw, modules: moduleIDs, kernelModules: kernelIDs, to: &builder)
        addSamples(raw, to: &builder)
        builder.metadata = metadata
        builder.metadata.defaultSampleType = valueType.name
        builder.metadata.quality = quality(raw)
        return builder.profile
    }

    /// - Parameters:
    ///   - modules: what each module became.
    ///   - kernelModules: what each of the namer's became.
    private func addFrames(
        _ raw: RawProfile, modules: [ModuleID?], kernelModules: [ModuleID], to builder: inout ProfileBuilder
    ) {
        levels.removeAll(keepingCapacity: true)
        levels.reserveCapacity(raw.frames.count)
        starts.removeAll(keepingCapacity: true)
        starts.reserveCapacity(raw.frames.count + 1)
        starts.append(0)
        var frames: [Frame] = []
        frames.reserveCapacity(raw.frames.count)
        var markers = Set<FunctionID>()
        // Raw frames are all different, and so are their names' frames unless modules are one to a reader.
        var areDistinct = Set(modules.compactMap(\.self)).count == modules.count
        // hot: per frame
        for index in raw.frames.indices {
            let frame = raw.frames[index]
            let named = namer.frames(of: index)
            if named.count != 1 { areDistinct = false }
            for level in named {
                var made = Frame(
                    function: FunctionID(rawValue: level.function), line: level.line, column: level.column,
                    isInlined: level.isInlined)
                switch frame.kind {
                case .user:
                    made.module = frame.module >= 0 ? modules[Int(frame.module)] : nil
                    made.address = ModuleRelativeAddress(frame.address)
                case .kernel:
                    made.module = kernelModules[Int(level.kernelModule)]
                    made.address = ModuleRelativeAddress(frame.address)
                    made.kind = .kernel
                case .marker:
                    made.kind = .marker
                    if !markers.insert(made.function).inserted { areDistinct = false }
                }
                frames.append(made)
            }
            starts.append(frames.count)
        }
        if areDistinct {
            levels = frames.indices.map { FrameID(rawValue: Int32(truncatingIfNeeded: $0)) }
            builder.adopt(frames: frames)
        } else {
            levels = frames.map { builder.intern($0) }
        }
    }

    private static func valueName(of event: EventSpecification) -> String {
        event.unit == "nanoseconds" ? "cpu" : event.name
    }

    private func addSamples(_ raw: RawProfile, to builder: inout ProfileBuilder) {
        let labels = raw.threads.map { thread in
            builder.intern(
                LabelSet(thread: thread.name, tid: thread.tid, process: thread.processName, pid: thread.pid))
        }
        // As many frames as raw ones, and one for each: no two stand for the same, and so do no two stacks.
        if levels.count == raw.frames.count, builder.profile.frames.count == levels.count,
            raw.frames.indices.allSatisfy({ namer.frames(of: $0).count == 1 })
        {
            builder.adopt(raw.stacks, frames: levels)
            if Set(labels).count == labels.count {
                builder.adopt(
                    stacks: raw.sampleStacks, labelSets: raw.sampleThreads.map { labels[Int($0)] },
                    values: countsSamples ? [raw.sampleCounts, raw.samplePeriods] : [raw.samplePeriods])
                return
            }
        }
        let stacks = builder.profile.stacks.count > 1 ? nil : addStacks(raw, to: &builder)
        for index in raw.sampleStacks.indices {
            let stack = raw.sampleStacks[index]
            builder.add(
                stack: stacks.map { $0[Int(stack.rawValue)] } ?? stack, labelSet: labels[Int(raw.sampleThreads[index])],
                values: countsSamples
                    ? [raw.sampleCounts[index], raw.samplePeriods[index]] : [raw.samplePeriods[index]])
        }
    }

    /// - Returns: what each stack became.
    private func addStacks(_ raw: RawProfile, to builder: inout ProfileBuilder) -> [StackTable.ID] {
        var stacks = [StackTable.ID](repeating: StackTable.root, count: raw.stacks.count)
        for (index, node) in raw.stacks.nodes.enumerated().dropFirst() {
            var stack = stacks[Int(node.parent)]
            for level in starts[Int(node.frame)]..<starts[Int(node.frame) + 1] {
                stack = builder.child(of: stack, frame: levels[level])
            }
            stacks[index] = stack
        }
        return stacks
    }

    /// Counts named frames along each stack: parents come before children, so one pass over the nodes does.
    private func quality(_ raw: RawProfile) -> RecordingQuality {
        var quality = raw.quality
        struct Counts {
            var total: Int32 = 0
            var named: Int32 = 0
        }
        let ofFrames = raw.frames.indices.map { index in
            var counts = Counts(total: 1, named: namer.isNamed(index) ? 1 : 0)
            if case .marker = raw.frames[index].kind { counts = Counts() }
            return counts
        }
        var counts = [Counts](repeating: Counts(), count: raw.stacks.count)
        // hot: per node
        for (index, node) in raw.stacks.nodes.enumerated().dropFirst() {
            let own = ofFrames[Int(node.frame)]
            let parent = counts[Int(node.parent)]
            counts[index] = Counts(total: parent.total &+ own.total, named: parent.named &+ own.named)
        }
        for index in raw.sampleStacks.indices {
            let stack = raw.sampleStacks[index]
            let count = raw.sampleCounts[index]
            quality.totalFrames &+= Int64(counts[Int(stack.rawValue)].total) &* count
            quality.namedFrames &+= Int64(counts[Int(stack.rawValue)].named) &* count
            if let leaf = raw.stacks.leaf(of: stack), !namer.isNamed(Int(leaf.rawValue)) { quality.unnamed += count }
        }
        return quality
    }
}
