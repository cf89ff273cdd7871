internal import CLibelf
internal import Glibc
internal import ProfileModel

extension ElfReader {
    /// The DWARF sections, by their names without `.debug_`: `info`, `line`, …, and `info.dwo`, … in split files.
    ///
    /// What is compressed is unpacked in memory; the rest stays in the file.
    package func debugSections() -> [String: SectionBytes] {
        let wanted: Set<String> = [
            "info", "abbrev", "str", "line_str", "str_offsets", "addr", "ranges", "rnglists", "line", "cu_index",
            "tu_index",
        ]
        var names = 0
        guard elf_getshdrstrndx(elf, &names) == 0 else { return [:] }
        var found: [String: SectionBytes] = [:]
        var packed: [(name: String, section: PackedSection)] = []
        forEachSection { section, header in
            guard header.sh_type != UInt32(SHT_NOBITS), let text = elf_strptr(elf, names, Int(header.sh_name)) else {
                return
            }
            let full = String(cString: text)
            let isPackedByName = full.hasPrefix(".zdebug_")
            guard isPackedByName || full.hasPrefix(".debug_") else { return }
            let name = String(full.dropFirst(isPackedByName ? 8 : 7))
            let base = name.hasSuffix(".dwo") ? String(name.dropLast(4)) : name
            guard wanted.contains(base), found[name] == nil, !packed.contains(where: { $0.name == name }) else {
                return
            }
            if isPackedByName {
                if let section = PackedSection(zdebug: section) { packed.append((name, section)) }
            } else if header.sh_flags & UInt64(SHF_COMPRESSED) != 0 {
                if let section = PackedSection(section) { packed.append((name, section)) }
            } else {
                found[name] = plainBytes(section, header)
            }
        }
        // The largest first: it takes as long as all others together. Files are read side by side, too.
        packed.sort { $0.section.size > $1.section.size }
        let sections = packed.map(\.section)
        let isLarge = sections.reduce(0) { $0 + $1.size } >= Self.leastShared
        let unpacked = withExtendedLifetime(self) {
            concurrently(sections.count, mostThreads: isLarge ? 2 : 1) { sections[$0].unpacked() }
        }
        for (bytes, entry) in zip(unpacked, packed) { found[entry.name] = bytes.map { SectionBytes($0) } }
        return found
    }

    /// Bytes that are worth a thread.
    private static let leastShared = 1 << 20

    /// The bytes of a section that is not compressed; they stay in the file where there is one.
    func plainBytes(_ section: OpaquePointer, _ header: GElf_Shdr) -> SectionBytes? {
        guard header.sh_type != UInt32(SHT_NOBITS), header.sh_flags & UInt64(SHF_COMPRESSED) == 0 else { return nil }
        guard file >= 0 else { return memory(section) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size > 0 else { return nil }
        let size = UInt64(status.st_size)
        guard header.sh_offset < size else { return nil }
        return SectionBytes(
            file: file, offset: header.sh_offset, count: min(header.sh_size, size - header.sh_offset))
    }

    private func memory(_ section: OpaquePointer) -> SectionBytes? {
        guard let data = elf_rawdata(section, nil), let start = data.pointee.d_buf else { return nil }
        return SectionBytes(Array(UnsafeRawBufferPointer(start: start, count: data.pointee.d_size)))
    }
}
