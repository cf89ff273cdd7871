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
        let areDistinct = addFrames(raw, modules: moduleIDs, kernelModules: kernelIDs, to: &builder)
        addSamples(raw, areDistinct: areDistinct, to: &builder)
        builder.metadata = metadata
        builder.metadata.defaultSampleType = valueType.name
        builder.metadata.quality = quality(raw)
        return builder.profile
    }

    /// - Parameters:
    ///   - modules: what each module became.
    ///   - kernelModules: what each of the namer's became.
    /// - Returns: whether no two raw frames share a frame.
    private func addFrames(
        _ raw: RawProfile, modules: [ModuleID?], kernelModules: [ModuleID], to builder: inout ProfileBuilder
    ) -> Bool {
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
            let first = frames.count
            // Where a frame has no level, a stack with it and one without are the same.
            if named.isEmpty || named.count > Self.mostCompared { areDistinct = false }
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
                // A function that was inlined into itself may stand there twice.
                let same = areDistinct && frames.count > first ? frames[first...].firstIndex(of: made) : nil
                levels.append(FrameID(rawValue: Int32(truncatingIfNeeded: same ?? frames.count)))
                if same == nil { frames.append(made) }
            }
            starts.append(levels.count)
        }
        if areDistinct {
            builder.adopt(frames: frames)
        } else {
            let interned = frames.map { builder.intern($0) }
            levels = levels.map { interned[Int($0.rawValue)] }
        }
        return areDistinct
    }

    /// More functions that were inlined into each other are not compared with each other, but looked up.
    private static let mostCompared = 16

    private static func valueName(of event: EventSpecification) -> String {
        event.unit == "nanoseconds" ? "cpu" : event.name
    }

    /// - Parameter areDistinct: whether no two raw frames share a frame: then no two raw stacks are equal either.
    private func addSamples(_ raw: RawProfile, areDistinct: Bool, to builder: inout ProfileBuilder) {
        let labels = raw.threads.map { thread in
            builder.intern(
                LabelSet(thread: thread.name, tid: thread.tid, process: thread.processName, pid: thread.pid))
        }
        let stacks: [StackTable.ID]
        if areDistinct {
            let (table, places) = adoptable(raw.stacks)
            stacks = places.map { places in raw.sampleStacks.map { places[Int($0.rawValue)] } } ?? raw.sampleStacks
            builder.adopt(table)
        } else {
            let places = addStacks(raw, to: &builder)
            stacks = raw.sampleStacks.map { places[Int($0.rawValue)] }
        }
        if areDistinct, Set(labels).count == labels.count {
            builder.adopt(
                stacks: stacks, labelSets: raw.sampleThreads.map { labels[Int($0)] },
                values: countsSamples ? [raw.sampleCounts, raw.samplePeriods] : [raw.samplePeriods])
            return
        }
        for (index, stack) in stacks.enumerated() {
            builder.add(
                stack: stack, labelSet: labels[Int(raw.sampleThreads[index])],
                values: countsSamples
                    ? [raw.sampleCounts[index], raw.samplePeriods[index]] : [raw.samplePeriods[index]])
        }
    }

    /// The stacks with the levels of each raw frame in its place, none of which is a level of another raw frame: nothing
    /// needs to be looked up.
    /// - Returns: what each stack became; nil when that is itself.
    private func adoptable(_ stacks: StackTable) -> (table: StackTable, places: [StackTable.ID]?) {
        // One level each.
        if starts.indices.allSatisfy({ starts[$0] == $0 }) { return (stacks, nil) }
        // hot: per node
        var count = 1
        for node in stacks.nodes.dropFirst() { count += starts[Int(node.frame) + 1] - starts[Int(node.frame)] }
        var nodes: [StackTable.Node] = []
        nodes.reserveCapacity(count)
        nodes.append(stacks.nodes[0])
        var places = [StackTable.ID](repeating: StackTable.root, count: stacks.count)
        for index in stacks.nodes.indices.dropFirst() {
            let node = stacks.nodes[index]
            var place = places[Int(node.parent)].rawValue
            for level in starts[Int(node.frame)]..<starts[Int(node.frame) + 1] {
                nodes.append(StackTable.Node(parent: place, frame: levels[level].rawValue))
                place = Int32(truncatingIfNeeded: nodes.count - 1)
            }
            places[index] = StackTable.ID(rawValue: place)
        }
        return (StackTable(distinct: nodes), places)
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
