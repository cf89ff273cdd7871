internal import Glibc
package import ProfileModel
internal import Sampling
package import Symbolization
internal import Synchronization
package import Unwinding

/// One file that targets execute, opened once while it could be reached, shared by all processes that map it.
///
/// The descriptor stays open, so that a deleted or replaced file, another mount namespace or the end of the process
/// take nothing away from naming its frames later.
package final class MappedModule: Sendable {
    package let module: Module
    /// Empty when the file could not be read.
    private let segments: [ElfReader.Segment]
    package let unwind: UnwindModule?
    private let source: Source
    private let symbols = Mutex<SymbolTable?>(nil)
    private let perfMap = Mutex(GeneratedNames())

    private struct GeneratedNames: Sendable {
        var map: PerfMap?
        var readTime: UInt64 = 0
    }

    private enum Source: Sendable {
        case file(OpenFile)
        case memory([UInt8])
        /// Memory that this process writes code into.
        case generated(Int32)
        case none
    }

    /// A descriptor that closes with its last user.
    private final class OpenFile: Sendable {
        let descriptor: Int32

        init(_ descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }
    }

    /// A file.
    /// - Parameter file: descriptor, owned from here on.
    package convenience init(path: String, kind: Module.Kind, file: Int32) {
        let source = Source.file(OpenFile(file))
        self.init(path: path, kind: kind, source: source, elf: try? ElfReader(file: file), file: file)
    }

    /// An image in memory, such as the vDSO.
    package convenience init(path: String, kind: Module.Kind, image: [UInt8]) {
        let elf = try? image.withUnsafeBytes { try ElfReader(bytes: $0) }
        self.init(path: path, kind: kind, source: .memory(image), elf: elf, file: -1)
    }

    /// Memory that a process writes code into: named by the map that its runtime keeps for profilers, if it does.
    package convenience init(generatedBy pid: Int32) {
        self.init(path: "[anonymous]", kind: .anonymous, source: .generated(pid), elf: nil, file: -1)
    }

    /// A file that cannot be read: frames can be placed, but neither unwound nor named.
    package convenience init(unreadable path: String, kind: Module.Kind) {
        self.init(path: path, kind: kind, source: .none, elf: nil, file: -1)
    }

    private init(path: String, kind: Module.Kind, source: Source, elf: ElfReader?, file: Int32) {
        self.source = source
        module = Module(path: path, buildID: elf?.buildID ?? "", kind: kind)
        segments = elf?.segments ?? []
        guard let elf else {
            unwind = nil
            return
        }
        let low = segments.map(\.address).min() ?? 0
        let high = segments.map { $0.address &+ $0.memorySize }.max() ?? 0
        let layout = UnwindModule.Layout(
            entryPoint: ModuleRelativeAddress(elf.entryPoint),
            addresses: ModuleRelativeAddress(low)..<ModuleRelativeAddress(max(low, high)), file: file)
        switch source {
        case .file(let owner):
            let section = { (extent: ElfReader.Extent) in
                UnwindModule.Section(
                    fileOffset: extent.fileOffset, size: extent.size, address: ModuleRelativeAddress(extent.address))
            }
            let buildID = module.buildID
            unwind = UnwindModule(
                ehFrame: elf.ehFrameExtent.map(section), ehFrameHeader: elf.ehFrameHeaderExtent.map(section),
                layout: layout, debugFrame: { Self.debugFrame(owner.descriptor, buildID: buildID) })
        case .memory, .generated, .none:
            let frames = elf.ehFrame
            unwind = UnwindModule(
                ehFrame: frames?.bytes ?? [], address: ModuleRelativeAddress(frames?.address ?? 0), layout: layout)
        }
    }

    /// Call-frame information for debuggers: of the file, or else of its debug file.
    private static func debugFrame(_ file: Int32, buildID: String) -> [UInt8]? {
        if let own = (try? ElfReader(file: file))?.section(named: ".debug_frame") { return own.bytes }
        return DebugFile.withReader(buildID: buildID) { $0.section(named: ".debug_frame")?.bytes } ?? nil
    }

    /// Whether the file's contents are known.
    package var isReadable: Bool { unwind != nil }

    /// Whether an address is in the function where the kernel starts the program: `_start` to every linker, also in a
    /// file whose symbols were stripped.
    package func isEntryPoint(_ address: ModuleRelativeAddress) -> Bool {
        guard let unwind, unwind.isOutermost(address), module.kind == .executable else { return false }
        return unwind.entryPoint.rawValue != 0
            && (unwind.functionStart(of: address) ?? unwind.entryPoint) == unwind.entryPoint
    }

    /// Mapped address minus the module's own address, for a mapping that starts at `start` with `offset` of the file.
    package func bias(mappedAt start: VirtualAddress, offset: FileOffset) -> UInt64 {
        if module.kind == .anonymous { return 0 }
        let own = ElfReader.address(of: offset, in: segments)?.rawValue ?? offset.rawValue
        return start.rawValue &- own
    }

    /// The function that holds an address. Loads the symbol table at the first call; any thread.
    package func symbol(at address: ModuleRelativeAddress) -> SymbolTable.Match? {
        if case .generated(let pid) = source { return generatedSymbol(at: address, process: pid) }
        return symbols.withLock { table in
            if table == nil { table = loadSymbols() }
            return table?.lookup(address)
        }
    }

    /// The map grows while the process runs: it is read again for an address that it did not have, but not for each.
    private func generatedSymbol(at address: ModuleRelativeAddress, process pid: Int32) -> SymbolTable.Match? {
        perfMap.withLock { state in
            let virtual = VirtualAddress(address.rawValue)
            if let match = state.map?.lookup(virtual) { return match }
            let now = MonotonicClock.now()
            guard state.map == nil || now &- state.readTime > 1_000_000_000 else { return nil }
            let map = PerfMap(process: pid)
            // A process that has ended takes its map's folder with it, not what was read.
            if !map.isEmpty || state.map == nil { state.map = map }
            state.readTime = now
            return map.lookup(virtual)
        }
    }

    private func loadSymbols() -> SymbolTable {
        let elf: ElfReader? =
            switch source {
            case .file(let file): try? ElfReader(file: file.descriptor)
            case .memory(let image): try? image.withUnsafeBytes { try ElfReader(bytes: $0) }
            case .generated, .none: nil
            }
        guard let elf else { return SymbolTable() }
        return DebugFile.withReader(buildID: module.buildID) { SymbolTable([elf, $0]) } ?? SymbolTable([elf])
    }
}
