package import ProfileModel
internal import Synchronization

/// Names the code of one file: its symbols, those of its debug files, and its debug information. Thread-safe.
///
/// Everything is loaded when the first address is asked for, and stays.
package final class ModuleSymbols: Sendable {
    package enum Source: Sendable {
        case file(OpenFile)
        case memory([UInt8])
    }

    /// What an address stands for.
    package struct Resolution: Sendable {
        package var symbol: SymbolTable.Match?
        /// Innermost function first; empty without debug information.
        package var chain: [SourceFrame]

        package init(symbol: SymbolTable.Match? = nil, chain: [SourceFrame] = []) {
            self.symbol = symbol
            self.chain = chain
        }
    }

    private struct State {
        var isLoaded = false
        /// The file, and where its symbols were moved to. They read from `debugFile` and from the source.
        var readers: [ElfReader] = []
        var symbolizer: DwarfSymbolizer?
        var warnings: [String] = []
        /// The debug file, kept open for those that read from it.
        var debugFile: OpenFile?
    }

    private let source: Source
    private let path: String
    private let root: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: of the file, as its process sees it.
    ///   - root: the process's root folder, such as `/proc/4242/root`, where files next to it are; empty for our own.
    package init(_ source: Source, path: String, root: String = "") {
        self.source = source
        self.path = path
        self.root = root
    }

    /// What was found on the way and is not used, in words.
    package var warnings: [String] { state.withLock { $0.warnings } }

    /// Names addresses.
    /// - Parameters:
    ///   - addresses: rising. Each call passes once over the symbols of the file, however few there are.
    ///   - options: of the first call; later ones use what was loaded then.
    /// - Returns: what each stands for, in the same order.
    package func resolve(_ addresses: [ModuleRelativeAddress], _ options: SymbolizationOptions) -> [Resolution] {
        state.withLock { state in
            if !state.isLoaded {
                state = load(options)
                state.isLoaded = true
            }
            let table = SymbolTable(state.readers, for: addresses.map(\.rawValue))
            var last: SymbolTable.Found?
            return addresses.map { address in
                Resolution(
                    symbol: table.lookup(address, after: &last),
                    chain: state.symbolizer?.chain(at: address.rawValue) ?? [])
            }
        }
    }

    /// Names one address.
    package func resolve(_ address: ModuleRelativeAddress, _ options: SymbolizationOptions) -> Resolution {
        resolve([address], options)[0]
    }

    /// Call-frame information for debuggers: of the file, or else of its debug file on this machine.
    package func debugFrame() -> [UInt8]? {
        guard case .file(let file) = source, let elf = try? ElfReader(file: file.descriptor) else { return nil }
        if let own = elf.section(named: ".debug_frame") { return own.bytes }
        var search = DebugFileSearch(modulePath: path, root: root, options: SymbolizationOptions())
        guard let found = search.find(for: elf) else { return nil }
        // The reader reads from the file, which closes with its last user.
        return withExtendedLifetime(found.file) { found.elf.section(named: ".debug_frame")?.bytes }
    }

    private func load(_ options: SymbolizationOptions) -> State {
        var state = State()
        let elf: ElfReader? =
            switch source {
            case .file(let file): try? ElfReader(file: file.descriptor)
            case .memory(let image): try? image.withUnsafeBytes { try ElfReader(bytes: $0) }
            }
        guard let elf else { return state }
        var search = DebugFileSearch(modulePath: path, root: root, options: options)
        state.readers = [elf]
        var debug: DebugFileSearch.Found?
        if case .file = source { debug = search.find(for: elf) }
        if let debug {
            state.readers.append(debug.elf)
            state.debugFile = debug.file
        } else if let image = elf.miniDebugInfo, let mini = try? image.withUnsafeBytes({ try ElfReader(bytes: $0) }) {
            state.readers.append(mini)
        }
        if options.includesInlined { state.symbolizer = symbolizer(elf, debug, &search) }
        state.warnings = search.warnings
        return state
    }

    /// Debug information is in the file itself, or in its debug file.
    private func symbolizer(
        _ elf: ElfReader, _ debug: DebugFileSearch.Found?, _ search: inout DebugFileSearch
    ) -> DwarfSymbolizer? {
        guard case .file(let own) = source else { return nil }
        var holder = elf
        var folder = DebugFileSearch.folder(of: path)
        var file = DwarfFile(elf.debugSections(), owner: own)
        if file == nil, let debug {
            holder = debug.elf
            folder = DebugFileSearch.folder(of: debug.path)
            file = DwarfFile(debug.elf.debugSections(), owner: debug.file)
        }
        guard let file else { return nil }
        if let alternate = search.alternate(of: holder, in: folder) {
            file.alternate = DwarfFile(alternate.elf.debugSections(), owner: alternate.file)
        }
        let low = elf.segments.filter(\.isExecutable).map(\.address).min() ?? 0
        let high = elf.segments.filter(\.isExecutable).map { $0.address &+ $0.memorySize }.max() ?? 0
        guard low < high else { return nil }
        let splits = SplitFiles(search, debugPath: debug?.path)
        return DwarfSymbolizer(file, code: low..<high) { splits.file(of: $0) }
    }
}

/// The files with the parts of units that a compiler split off.
private final class SplitFiles {
    private let search: DebugFileSearch
    private let debugPath: String?
    private lazy var package: DwarfFile? = openPackage()

    init(_ search: DebugFileSearch, debugPath: String?) {
        self.search = search
        self.debugPath = debugPath
    }

    func file(of unit: DwarfUnit) -> DwarfFile? {
        guard let name = unit.splitName, let id = unit.splitID else { return nil }
        if let package, package.splitUnit(id: id) != nil { return package }
        for path in search.splitPaths(name: name, directory: unit.directory) {
            if let file = Self.open(path), file.splitUnit(id: id) != nil { return file }
        }
        return nil
    }

    private func openPackage() -> DwarfFile? {
        search.packagePaths(debugPath: debugPath).lazy.compactMap(Self.open).first
    }

    private static func open(_ path: String) -> DwarfFile? {
        guard let file = OpenFile(path: path), let elf = try? ElfReader(file: file.descriptor) else { return nil }
        return DwarfFile(elf.debugSections(), isSplit: true, owner: file)
    }
}
