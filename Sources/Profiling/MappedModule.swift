package import ProfileModel
internal import Symbolization
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
    let names: Names
    /// The bytes of the file; nil when it could not be read.
    let contents: ModuleSymbols.Source?
    /// Why a file that was found is not used, in words.
    package let refusal: String?

    /// What names the module's code.
    enum Names: Sendable {
        case symbols(ModuleSymbols)
        /// Memory that a process writes code into.
        case generated(GeneratedCode)
        case none
    }

    /// A file.
    /// - Parameters:
    ///   - file: descriptor, owned from here on.
    ///   - expectedBuildID: what the mapped file is known to be, in lower-case hexadecimal; a file with another build-id
    ///     is refused. Empty when nothing is known.
    ///   - root: root folder of the process that maps it, such as `/proc/4242/root`: debug files may be in there.
    package convenience init(
        path: String, kind: Module.Kind, file: Int32, expectedBuildID: String = "", root: String = ""
    ) {
        let open = OpenFile(file)
        let elf = try? ElfReader(file: file)
        if let elf, !expectedBuildID.isEmpty, case let own = elf.buildID, own != expectedBuildID {
            self.init(
                module: Module(path: path, buildID: expectedBuildID, kind: kind), names: .none, elf: nil, file: -1,
                refusal:
                    "\(path) is not the file that was recorded: its build-id is \(own.isEmpty ? "missing" : own), not "
                    + "\(expectedBuildID); its frames stay unnamed")
            return
        }
        self.init(
            module: Module(path: path, buildID: elf?.buildID ?? expectedBuildID, kind: kind),
            names: .symbols(ModuleSymbols(.file(open), path: path, root: root)), elf: elf, file: file,
            contents: .file(open))
    }

    /// An image in memory, such as the vDSO.
    package convenience init(path: String, kind: Module.Kind, image: [UInt8]) {
        let elf = try? image.withUnsafeBytes { try ElfReader(bytes: $0) }
        self.init(
            module: Module(path: path, buildID: elf?.buildID ?? "", kind: kind),
            names: .symbols(ModuleSymbols(.memory(image), path: path)), elf: elf, file: -1, contents: .memory(image))
    }

    /// Memory that a process writes code into: named by what its runtime keeps for profilers, if it does.
    convenience init(generated code: GeneratedCode) {
        self.init(
            module: Module(path: "[anonymous]", kind: .anonymous), names: .generated(code), elf: nil, file: -1)
    }

    /// A file that cannot be read: frames can be placed, but neither unwound nor named.
    package convenience init(unreadable path: String, kind: Module.Kind) {
        self.init(module: Module(path: path, kind: kind), names: .none, elf: nil, file: -1)
    }

    private init(
        module: Module, names: Names, elf: ElfReader?, file: Int32, contents: ModuleSymbols.Source? = nil,
        refusal: String? = nil
    ) {
        self.names = names
        self.contents = contents
        self.module = module
        self.refusal = refusal
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
        guard file >= 0, case .symbols(let symbols) = names else {
            let frames = elf.ehFrame
            unwind = UnwindModule(
                ehFrame: frames?.bytes ?? [], address: ModuleRelativeAddress(frames?.address ?? 0), layout: layout)
            return
        }
        let section = { (extent: ElfReader.Extent) in
            UnwindModule.Section(
                fileOffset: extent.fileOffset, size: extent.size, address: ModuleRelativeAddress(extent.address))
        }
        unwind = UnwindModule(
            ehFrame: elf.ehFrameExtent.map(section), ehFrameHeader: elf.ehFrameHeaderExtent.map(section),
            layout: layout, debugFrame: { symbols.debugFrame() })
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
}
