internal import PerfEvents
internal import ProfileModel
internal import Symbolization
internal import Unwinding

/// Names the frames of a raw profile and builds the profile that is written.
///
/// Each distinct address is looked up once; an assembler may be used again on a later snapshot of the same recording
/// and then names only what is new. Used by one thread at a time.
final class ProfileAssembler {
    private struct Name {
        var function: Function
        var isNamed: Bool
    }

    private let event: EventSpecification
    private let includesKernel: Bool
    private lazy var kernelSymbols = KernelSymbols()
    private var names: [Name] = []

    init(event: EventSpecification, includesKernel: Bool) {
        self.event = event
        self.includesKernel = includesKernel
    }

    /// - Parameter raw: a snapshot that continues the one of the last call, if there was one.
    func assemble(_ raw: RawProfile, metadata: Profile.Metadata) -> Profile {
        for index in names.count..<raw.frames.count { names.append(name(raw.frames[index], in: raw)) }

        var builder = ProfileBuilder(
            sampleTypes: [.samples, SampleType(name: Self.valueName(of: event), unit: event.unit)])
        // The program itself comes first: readers take the first mapping for the main binary.
        let order = raw.modules.indices.sorted { a, b in
            let isProgram = { (index: Int) in raw.modules[index].module.kind == .executable }
            return isProgram(a) != isProgram(b) ? isProgram(a) : a < b
        }
        var moduleIDs = [ModuleID?](repeating: nil, count: raw.modules.count)
        for index in order { moduleIDs[index] = builder.intern(raw.modules[index].module) }
        let kernel = builder.intern(Module(path: "[kernel.kallsyms]", kind: .kernel))

        let frames = raw.frames.indices.map { index in
            let frame = raw.frames[index]
            let function = builder.intern(names[index].function)
            let address = ModuleRelativeAddress(frame.address)
            return switch frame.kind {
            case .user:
                builder.intern(
                    Frame(
                        function: function, module: frame.module >= 0 ? moduleIDs[Int(frame.module)] : nil,
                        address: address))
            case .kernel: builder.intern(Frame(function: function, module: kernel, address: address, kind: .kernel))
            case .marker: builder.intern(Frame(function: function, kind: .marker))
            }
        }
        addSamples(raw, frames: frames, to: &builder)
        builder.metadata = metadata
        builder.metadata.defaultSampleType = Self.valueName(of: event)
        builder.metadata.quality = quality(raw)
        return builder.profile
    }

    private static func valueName(of event: EventSpecification) -> String {
        event.unit == "nanoseconds" ? "cpu" : event.name
    }

    private func addSamples(_ raw: RawProfile, frames: [FrameID], to builder: inout ProfileBuilder) {
        var stacks = [StackTable.ID](repeating: StackTable.root, count: raw.stacks.count)
        for (index, node) in raw.stacks.nodes.enumerated().dropFirst() {
            stacks[index] = builder.child(of: stacks[Int(node.parent)], frame: frames[Int(node.frame)])
        }
        let labels = raw.threads.map { thread in
            builder.intern(
                LabelSet(thread: thread.name, tid: thread.tid, process: thread.processName, pid: thread.pid))
        }
        for index in raw.sampleStacks.indices {
            builder.add(
                stack: stacks[Int(raw.sampleStacks[index].rawValue)], labelSet: labels[Int(raw.sampleThreads[index])],
                values: [raw.sampleCounts[index], raw.samplePeriods[index]])
        }
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
            named[index] = named[Int(node.parent)] + (isCode && names[frame].isNamed ? 1 : 0)
        }
        for index in raw.sampleStacks.indices {
            let stack = raw.sampleStacks[index]
            let count = raw.sampleCounts[index]
            quality.totalFrames &+= total[Int(stack.rawValue)] &* count
            quality.namedFrames &+= named[Int(stack.rawValue)] &* count
            if let leaf = raw.stacks.leaf(of: stack), !names[Int(leaf.rawValue)].isNamed { quality.unnamed += count }
        }
        return quality
    }

    // MARK: Names

    private func name(_ frame: RawFrame, in raw: RawProfile) -> Name {
        let module = frame.module >= 0 ? raw.modules[Int(frame.module)] : nil
        switch frame.kind {
        case .marker(let marker):
            return Name(function: Function(name: marker.name(module: module?.module)), isNamed: true)
        case .kernel:
            guard let match = kernelSymbols.lookup(VirtualAddress(frame.address)) else {
                return Name(function: Function(name: "[kernel]"), isNamed: false)
            }
            return Name(function: Function(name: match.name), isNamed: true)
        case .user:
            guard let module else { return Name(function: Function(name: "[unknown]"), isNamed: false) }
            return name(ModuleRelativeAddress(frame.address), in: module)
        }
    }

    private func name(_ address: ModuleRelativeAddress, in module: MappedModule) -> Name {
        if let match = module.symbol(at: address) {
            let name = Demangler.demangle(match.name)
            return Name(function: Function(name: name, systemName: match.name), isNamed: true)
        }
        if module.isEntryPoint(address) { return Name(function: Function(name: "_start"), isNamed: true) }
        if module.module.kind == .anonymous {
            return Name(
                function: Function(name: "[\(module.module.name.filter { !"[]".contains($0) })]"), isNamed: false)
        }
        if module.unwind?.isOutermost(address) == true {
            // Hidden in every stripped C library (clone, clone3); the unwind table says what it is.
            return Name(function: Function(name: "[thread start]"), isNamed: false)
        }
        // Without a symbol the unwind table still tells where the function starts, which keeps its samples together.
        let start = module.unwind?.functionStart(of: address) ?? address
        let text = "[\(module.module.name)+0x\(String(start.rawValue, radix: 16))]"
        return Name(function: Function(name: text), isNamed: false)
    }
}
