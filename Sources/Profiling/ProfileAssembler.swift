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

        levels.removeAll(keepingCapacity: true)
        levels.reserveCapacity(raw.frames.count)
        starts.removeAll(keepingCapacity: true)
        starts.reserveCapacity(raw.frames.count + 1)
        starts.append(0)
        for index in raw.frames.indices {
            let frame = raw.frames[index]
            for named in namer.frames(of: index) {
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
                levels.append(builder.intern(made))
            }
            starts.append(levels.count)
        }
        addSamples(raw, to: &builder)
        builder.metadata = metadata
        builder.metadata.defaultSampleType = valueType.name
        builder.metadata.quality = quality(raw)
        return builder.profile
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
