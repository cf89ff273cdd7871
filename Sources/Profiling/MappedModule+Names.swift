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

extension MappedModule {
    /// Names addresses, which rise. Any thread.
    func codeNames(of addresses: [ModuleRelativeAddress], _ options: SymbolizationOptions) -> [CodeName] {
        // Demangling a long Swift name takes microseconds, and a function has many addresses.
        var demangled: [String: String] = [:]
        func demangle(_ symbol: String) -> String {
            if let known = demangled[symbol] { return known }
            let name = Demangler.demangle(symbol)
            demangled[symbol] = name
            return name
        }
        // Neighbors in one function without inlined ones share a name.
        var last: (symbol: SymbolTable.Match, name: CodeName)?
        return zip(addresses, resolve(addresses, options)).map { address, resolution in
            if let last, resolution.chain.isEmpty, resolution.symbol == last.symbol { return last.name }
            // The function that was really called goes by its symbol; the debug information may lack its linkage name.
            let outermost = resolution.chain.last
            let symbol = resolution.symbol?.name ?? outermost?.function ?? ""
            let isNamed = !symbol.isEmpty
            let plain = isNamed ? symbol : placeholder(address)
            var levels = [
                CodeName.Level(isNamed ? demangle(symbol) : plain, system: plain, outermost, isInlined: false)
            ]
            for frame in resolution.chain.dropLast().reversed() where !frame.function.isEmpty {
                levels.append(
                    CodeName.Level(demangle(frame.function), system: frame.function, frame, isInlined: true))
            }
            let name = CodeName(isNamed: isNamed || isEntryPoint(address), levels: levels)
            if let symbol = resolution.symbol, resolution.chain.isEmpty, isNamed { last = (symbol, name) }
            return name
        }
    }

    /// What to call code without a symbol.
    private func placeholder(_ address: ModuleRelativeAddress) -> String {
        if isEntryPoint(address) { return "_start" }
        if module.kind == .anonymous { return "[\(module.name.filter { !"[]".contains($0) })]" }
        // Hidden in every stripped C library (clone, clone3); the unwind table says what it is.
        if unwind?.isOutermost(address) == true { return "[thread start]" }
        // Without a symbol the unwind table still tells where the function starts, which keeps its samples together.
        let start = unwind?.functionStart(of: address) ?? address
        return "[\(module.name)+0x\(String(start.rawValue, radix: 16))]"
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
