internal import ProfileModel
internal import Symbolization

extension FuzzTarget {
    /// What a runtime writes for profilers, read in one piece and read on.
    static let jitDump = FuzzTarget("jitdump") { bytes in
        let dump = JitDump(Array(bytes))
        dump.update()
        for address in [0, 1, 0x1000, 0x7F00_0000_1000, .max] as [UInt64] { _ = dump.lookup(VirtualAddress(address)) }
    }

    /// The xz stream in `.gnu_debugdata`, and the symbols of the file in it.
    static let miniDebugInfo = FuzzTarget("mini-debuginfo", largestInput: 16 << 10) { bytes in
        guard let unpacked = LzmaCoding.unpack(Array(bytes)) else { return }
        unpacked.withUnsafeBytes { bytes in
            guard let elf = try? ElfReader(bytes: bytes) else { return }
            let symbols = SymbolTable([elf])
            for address in [0, 0x1000, 0x1139, .max] as [UInt64] { _ = symbols.lookup(ModuleRelativeAddress(address)) }
        }
    }

    /// The names of the sections, in the order of a `dwarf` input.
    private static let sectionNames = [
        "info", "abbrev", "line", "str", "line_str", "str_offsets", "addr", "ranges", "rnglists", "cu_index",
    ]

    /// Two bytes for the length of each section, their bytes one after another; asked for addresses all over the code.
    /// The same once more as what a compiler split off.
    static let dwarf = FuzzTarget("dwarf", largestInput: 16 << 10) { bytes in
        var input = FuzzInput(bytes)
        let sizes = sectionNames.map { _ in input.small() }
        var sections: [String: SectionBytes] = [:]
        for (name, size) in zip(sectionNames, sizes) where size > 0 {
            let section = SectionBytes(Array(input.take(size)))
            sections[name] = section
            sections[name + ".dwo"] = section
        }
        guard let file = DwarfFile(sections) else { return }
        let split = DwarfFile(sections, isSplit: true)
        let symbolizer = DwarfSymbolizer(file, code: 0..<0x10000) { _ in split }
        for address in stride(from: 0 as UInt64, to: 0x2000, by: 37) { check(symbolizer.chain(at: address)) }
        for address in [0xFFFF, 0x10000, 1 << 63, .max] as [UInt64] { check(symbolizer.chain(at: address)) }
    }

    private static func check(_ chain: [SourceFrame]) {
        precondition(chain.count <= 256, "a chain that goes on")
        precondition(chain.last.map { !$0.isInlined } ?? true, "the outermost function is inlined into nothing")
    }

    static let rustName = FuzzTarget("rust-name", largestInput: 1024) { bytes in
        let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        if let text = RustDemangler.demangle(name) { precondition(text.utf8.count <= 1 << 16) }
        if let text = RustDemangler.demangle("_R" + name) { precondition(text.utf8.count <= 1 << 16) }
        _ = RustDemangler.withoutEscapes(name)
    }

    /// Where a file says that its debug information is, and which file it is.
    static let debugLinks = FuzzTarget("debug-links", largestInput: 16 << 10) { bytes in
        guard let elf = try? ElfReader(bytes: bytes) else { return }
        precondition(elf.buildID.utf8.count <= 1 << 16)
        _ = elf.debugLink
        _ = elf.alternateLink
        _ = elf.miniDebugInfo
        for (_, section) in elf.debugSections() where section.count < 1 << 20 { _ = section.contents }
    }
}
