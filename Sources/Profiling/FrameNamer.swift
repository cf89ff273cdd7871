internal import ProfileModel
internal import Symbolization

/// Names raw frames, each distinct address once: what it is called and what was inlined there.
struct FrameNamer {
    /// One level of what an address stands for.
    struct NamedFrame {
        /// Position in ``functions``.
        var function: Int32
        /// Position in ``kernelModules``.
        var kernelModule: Int32 = 0
        var line: Int32 = 0
        var column: Int32 = 0
        var isInlined = false
    }

    /// Every function that an address was found in.
    private(set) var functions: [Function] = []
    /// The kernel itself first.
    private(set) var kernelModules = ["[kernel.kallsyms]"]

    private let options: SymbolizationOptions
    private let kernel: KernelNames
    /// Levels of raw frames, outermost first; frames that share a name share them.
    private var levels: [NamedFrame] = []
    private var ranges: [Range<Int32>] = []
    private var named: [Bool] = []
    private var functionIndexes: [Function: Int32] = [:]
    /// The function that was interned last.
    private var last: Int32?
    private var kernelModuleIndexes: [String: Int32] = ["": 0]

    init(_ options: SymbolizationOptions, kernel: KernelNames) {
        self.options = options
        self.kernel = kernel
    }

    /// The levels of a raw frame, outermost first.
    func frames(of index: Int) -> ArraySlice<NamedFrame> {
        levels[Int(ranges[index].lowerBound)..<Int(ranges[index].upperBound)]
    }

    /// Whether the function of a raw frame is known.
    func isNamed(_ index: Int) -> Bool { named[index] }

    /// Names the frames that were added since the last call: those of modules concurrently, those of the kernel last,
    /// when its symbols have been read meanwhile.
    mutating func name(_ raw: RawProfile) {
        let new = ranges.count..<raw.frames.count
        ranges.append(contentsOf: repeatElement(0..<0, count: new.count))
        named.append(contentsOf: repeatElement(true, count: new.count))

        var framesOfModules = [[Int32]](repeating: [], count: raw.modules.count)
        var kernelFrames: [Int] = []
        for index in new {
            let frame = raw.frames[index]
            let module = raw.modules.indices.contains(Int(frame.module)) ? Int(frame.module) : nil
            switch frame.kind {
            case .marker(let marker):
                add(Function(name: marker.name(module: module.map { raw.modules[$0].module })), to: index)
            case .kernel: kernelFrames.append(index)
            case .user:
                if let module {
                    framesOfModules[module].append(Int32(truncatingIfNeeded: index))
                } else {
                    add(Function(name: "[unknown]"), to: index)
                    named[index] = false
                }
            }
        }
        if !kernelFrames.isEmpty { kernel.prepare() }
        nameFrames(of: framesOfModules, raw)
        if !kernelFrames.isEmpty { nameKernelFrames(kernelFrames, raw) }
    }

    /// - Parameter framesOfModules: positions of the frames in each module.
    private mutating func nameFrames(of framesOfModules: [[Int32]], _ raw: RawProfile) {
        let jobs = framesOfModules.indices.filter { !framesOfModules[$0].isEmpty }.map { module in
            NamingJob(module: raw.modules[module], frames: framesOfModules[module])
        }
        // What takes longest first.
        let order = jobs.indices.sorted { jobs[$0].frames.count > jobs[$1].frames.count }
        let results = concurrently(order.count) { [options] in jobs[order[$0]].named(raw.frames, options) }
        var named = [(frames: [Int32], names: CodeNames)?](repeating: nil, count: jobs.count)
        for (position, job) in order.enumerated() { named[job] = results[position] }
        functionIndexes.reserveCapacity(functionIndexes.count + results.reduce(0) { $0 + $1.names.names.count })
        for (frames, names) in named.lazy.compactMap(\.self) {
            let ranges = names.names.map { add($0) }
            // hot: per frame
            for (frame, place) in zip(frames, names.places) {
                self.ranges[Int(frame)] = ranges[Int(place)]
                self.named[Int(frame)] = names.names[Int(place)].isNamed
            }
        }
    }

    /// - Returns: where the levels of a name are.
    private mutating func add(_ name: CodeName) -> Range<Int32> {
        let start = Int32(levels.count)
        for level in name.levels {
            levels.append(
                NamedFrame(
                    function: intern(level.function), line: level.line, column: level.column,
                    isInlined: level.isInlined))
        }
        return start..<Int32(levels.count)
    }

    private mutating func nameKernelFrames(_ frames: [Int], _ raw: RawProfile) {
        let lookup = kernel.lookup(of: frames.map { VirtualAddress(raw.frames[$0].address) })
        for index in frames {
            if let match = lookup(VirtualAddress(raw.frames[index].address)) {
                add(Function(name: match.name), kernelModule: kernelModule(match.module), to: index)
            } else {
                add(Function(name: "[kernel]"), to: index)
                named[index] = false
            }
        }
    }

    private mutating func kernelModule(_ name: String) -> Int32 {
        if let index = kernelModuleIndexes[name] { return index }
        let index = Int32(kernelModules.count)
        kernelModules.append("[\(name)]")
        kernelModuleIndexes[name] = index
        return index
    }

    /// Gives a frame its only level.
    private mutating func add(_ function: Function, kernelModule: Int32 = 0, to index: Int) {
        let start = Int32(levels.count)
        levels.append(NamedFrame(function: intern(function), kernelModule: kernelModule))
        ranges[index] = start..<(start + 1)
    }

    private mutating func intern(_ function: Function) -> Int32 {
        // Neighbors in one function share its texts, and comparing a text with itself takes no time.
        if let last, functions[Int(last)] == function { return last }
        let index = index(of: function)
        last = index
        return index
    }

    private mutating func index(of function: Function) -> Int32 {
        if let index = functionIndexes[function] { return index }
        let index = Int32(functions.count)
        functions.append(function)
        functionIndexes[function] = index
        return index
    }
}

/// The frames in one module.
private struct NamingJob: Sendable {
    let module: MappedModule
    /// Positions in the profile.
    let frames: [Int32]

    /// Names them in the order of their addresses: neighbors share what has to be read for them.
    func named(_ raw: [RawFrame], _ options: SymbolizationOptions) -> (frames: [Int32], names: CodeNames) {
        var sorted = frames.map { (address: raw[Int($0)].address, frame: $0) }
        sorted.sort { $0.address < $1.address }
        let names = module.codeNames(of: sorted.map { ModuleRelativeAddress($0.address) }, options)
        return (sorted.map(\.frame), names)
    }
}
