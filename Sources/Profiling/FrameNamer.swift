internal import ProfileModel
internal import Symbolization
internal import Unwinding

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
    private let isOfRunningKernel: Bool
    private lazy var kernelSymbols = isOfRunningKernel ? KernelSymbols() : KernelSymbols(kallsyms: [])
    /// Levels of each raw frame, outermost first.
    private var levels: [NamedFrame] = []
    private var ranges: [Range<Int32>] = []
    private var named: [Bool] = []
    private var functionIndexes: [Function: Int32] = [:]
    private var kernelModuleIndexes: [String: Int32] = ["": 0]
    /// Demangling a long Swift name takes microseconds, and a function has many addresses.
    private var demangled: [String: String] = [:]

    /// - Parameter isOfRunningKernel: whether the addresses in the kernel are those of the one that runs.
    init(_ options: SymbolizationOptions, isOfRunningKernel: Bool = true) {
        self.options = options
        self.isOfRunningKernel = isOfRunningKernel
    }

    /// The levels of a raw frame, outermost first.
    func frames(of index: Int) -> ArraySlice<NamedFrame> {
        levels[Int(ranges[index].lowerBound)..<Int(ranges[index].upperBound)]
    }

    /// Whether the function of a raw frame is known.
    func isNamed(_ index: Int) -> Bool { named[index] }

    /// Names the frames that were added since the last call.
    mutating func name(_ raw: RawProfile) {
        let new = ranges.count..<raw.frames.count
        ranges.append(contentsOf: repeatElement(0..<0, count: new.count))
        named.append(contentsOf: repeatElement(true, count: new.count))
        // Neighbors share what has to be read for them.
        let order = new.sorted { a, b in
            let (a, b) = (raw.frames[a], raw.frames[b])
            return a.module != b.module ? a.module < b.module : a.address < b.address
        }
        for index in order {
            let start = Int32(levels.count)
            named[index] = name(raw.frames[index], in: raw)
            ranges[index] = start..<Int32(levels.count)
        }
    }

    /// - Returns: whether the frame has a name of its own.
    private mutating func name(_ frame: RawFrame, in raw: RawProfile) -> Bool {
        let module = frame.module >= 0 ? raw.modules[Int(frame.module)] : nil
        switch frame.kind {
        case .marker(let marker):
            add(Function(name: marker.name(module: module?.module)))
            return true
        case .kernel:
            guard let match = kernelSymbols.lookup(VirtualAddress(frame.address)) else {
                add(Function(name: "[kernel]"))
                return false
            }
            let place = kernelModule(match.module)
            add(Function(name: match.name), kernelModule: place)
            return true
        case .user:
            guard let module else {
                add(Function(name: "[unknown]"))
                return false
            }
            return name(ModuleRelativeAddress(frame.address), in: module)
        }
    }

    private mutating func kernelModule(_ name: String) -> Int32 {
        if let index = kernelModuleIndexes[name] { return index }
        let index = Int32(kernelModules.count)
        kernelModules.append("[\(name)]")
        kernelModuleIndexes[name] = index
        return index
    }

    private mutating func name(_ address: ModuleRelativeAddress, in module: MappedModule) -> Bool {
        let resolution = module.resolve(address, options)
        // The function that was really called goes by its symbol; the debug information may lack its linkage name.
        let outermost = resolution.chain.last
        let symbol = resolution.symbol?.name ?? outermost?.function ?? ""
        let isNamed = !symbol.isEmpty
        let (name, system) = isNamed ? (demangle(symbol), symbol) : { ($0, $0) }(Self.placeholder(address, in: module))
        add(name, system, outermost, isInlined: false)
        for frame in resolution.chain.dropLast().reversed() where !frame.function.isEmpty {
            add(demangle(frame.function), frame.function, frame, isInlined: true)
        }
        return isNamed || module.isEntryPoint(address)
    }

    /// What to call code without a symbol.
    private static func placeholder(_ address: ModuleRelativeAddress, in module: MappedModule) -> String {
        if module.isEntryPoint(address) { return "_start" }
        if module.module.kind == .anonymous { return "[\(module.module.name.filter { !"[]".contains($0) })]" }
        // Hidden in every stripped C library (clone, clone3); the unwind table says what it is.
        if module.unwind?.isOutermost(address) == true { return "[thread start]" }
        // Without a symbol the unwind table still tells where the function starts, which keeps its samples together.
        let start = module.unwind?.functionStart(of: address) ?? address
        return "[\(module.module.name)+0x\(String(start.rawValue, radix: 16))]"
    }

    private mutating func demangle(_ symbol: String) -> String {
        if let known = demangled[symbol] { return known }
        let name = Demangler.demangle(symbol)
        demangled[symbol] = name
        return name
    }

    private mutating func add(_ name: String, _ system: String, _ source: SourceFrame?, isInlined: Bool) {
        var function = Function(name: name, systemName: system)
        var level = NamedFrame(function: 0, isInlined: isInlined)
        if let source {
            let declaration = source.declaration
            function.file = source.place.file.isEmpty ? declaration.file : source.place.file
            // A function may have lines of another file: then its own first line is not in this one.
            if declaration.file == function.file { function.startLine = declaration.line }
            level.line = source.place.line
            level.column = source.place.column
        }
        level.function = intern(function)
        levels.append(level)
    }

    private mutating func add(_ function: Function, kernelModule: Int32 = 0) {
        levels.append(NamedFrame(function: intern(function), kernelModule: kernelModule))
    }

    private mutating func intern(_ function: Function) -> Int32 {
        if let index = functionIndexes[function] { return index }
        let index = Int32(functions.count)
        functions.append(function)
        functionIndexes[function] = index
        return index
    }
}
