internal import ProfileModel
internal import Symbolization
internal import Unwinding

/// What an address of a module is called, and what was inlined there.
struct CodeName: Sendable {
    struct Level: Sendable {
        var function: Function
        var line: Int32 = 0
        var column: Int32 = 0
        var isInlined = false
    }

    /// Whether the function is known.
    var isNamed: Bool
    /// Outermost first; at least one.
    var levels: [Level]
}

/// The names of some addresses, one for all neighbors that share it.
struct CodeNames: Sendable {
    var names: [CodeName] = []
    /// For each address the position of its name.
    var places: [Int32] = []

    fileprivate mutating func add(_ name: CodeName) {
        names.append(name)
        repeatLast()
    }

    /// The next address has the name of the one before.
    fileprivate mutating func repeatLast() { places.append(Int32(names.count - 1)) }
}

extension MappedModule {
    /// Names addresses, which rise. Any thread.
    func codeNames(of addresses: [ModuleRelativeAddress], _ options: SymbolizationOptions) -> CodeNames {
        // Demangling a long Swift name takes microseconds, and a function has many addresses.
        var demangled: [String: String] = [:]
        func demangle(_ symbol: String) -> String {
            if let known = demangled[symbol] { return known }
            let name = Demangler.demangle(symbol)
            demangled[symbol] = name
            return name
        }
        let moduleName = String(module.name)
        var result = CodeNames()
        result.places.reserveCapacity(addresses.count)
        // What the name before is the name of: a symbol, or code without one by where it starts.
        var lastSymbol: SymbolTable.Match?
        var lastStart: ModuleRelativeAddress?
        // hot: per frame
        for (address, resolution) in zip(addresses, resolve(addresses, options)) {
            if resolution.chain.isEmpty, let symbol = resolution.symbol, symbol == lastSymbol {
                result.repeatLast()
                continue
            }
            // The function that was really called goes by its symbol; the debug information may lack its linkage name.
            let outermost = resolution.chain.last
            let symbol = resolution.symbol?.name ?? outermost?.function ?? ""
            let isNamed = !symbol.isEmpty
            let start = isNamed ? nil : unwind?.functionStart(of: address)
            if resolution.chain.isEmpty, let start, start == lastStart {
                result.repeatLast()
                continue
            }
            let plain = isNamed ? symbol : placeholder(address, start: start, moduleName)
            var levels = [
                CodeName.Level(isNamed ? demangle(symbol) : plain, system: plain, outermost, isInlined: false)
            ]
            for frame in resolution.chain.dropLast().reversed() where !frame.function.isEmpty {
                levels.append(
                    CodeName.Level(demangle(frame.function), system: frame.function, frame, isInlined: true))
            }
            result.add(CodeName(isNamed: isNamed || isEntryPoint(address), levels: levels))
            lastSymbol = isNamed && resolution.chain.isEmpty ? resolution.symbol : nil
            lastStart = resolution.chain.isEmpty ? start : nil
        }
        return result
    }

    /// What to call code without a symbol.
    /// - Parameters:
    ///   - start: of its function, by its unwind entry.
    ///   - moduleName: of this module.
    private func placeholder(_ address: ModuleRelativeAddress, start: ModuleRelativeAddress?, _ moduleName: String)
        -> String
    {
        if isEntryPoint(address) { return "_start" }
        if module.kind == .anonymous { return "[\(moduleName.filter { !"[]".contains($0) })]" }
        // Hidden in every stripped C library (clone, clone3); the unwind table says what it is.
        if unwind?.isOutermost(address) == true { return "[thread start]" }
        // Without a symbol the unwind table still tells where the function starts, which keeps its samples together.
        return "[\(moduleName)+0x\(String((start ?? address).rawValue, radix: 16))]"
    }
}

extension CodeName.Level {
    fileprivate init(_ name: String, system: String, _ source: SourceFrame?, isInlined: Bool) {
        function = Function(name: name, systemName: system)
        self.isInlined = isInlined
        guard let source else { return }
        let declaration = source.declaration
        function.file = source.place.file.isEmpty ? declaration.file : source.place.file
        // A function may have lines of another file: then its own first line is not in this one.
        if declaration.file == function.file { function.startLine = declaration.line }
        line = source.place.line
        column = source.place.column
    }
}
