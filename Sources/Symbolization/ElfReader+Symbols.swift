internal import CLibelf
internal import Glibc

extension ElfReader {
    /// A symbol table as it stands in the file.
    struct SymbolSection {
        /// Entries of 24 bytes.
        var entries: SectionBytes
        var names: SectionBytes
        /// Where each section ends, by number.
        var sectionEnds: [UInt64]
    }

    /// Larger tables are cut there: some ten million symbols.
    static let largestSymbolTable: UInt64 = 256 << 20

    /// `.symtab` and `.dynsym`.
    var symbolTables: [SymbolSection] {
        var sections: [(header: GElf_Shdr, section: OpaquePointer)] = []
        // Number 0 is no section.
        var ends: [UInt64] = [0]
        forEachSection { section, header in
            sections.append((header, section))
            ends.append(header.sh_addr &+ header.sh_size)
        }
        return sections.compactMap { header, section in
            let isTable = header.sh_type == UInt32(SHT_SYMTAB) || header.sh_type == UInt32(SHT_DYNSYM)
            let link = Int(header.sh_link)
            guard isTable, header.sh_entsize == 24, link > 0, link <= sections.count,
                let entries = plainBytes(section, header),
                let names = plainBytes(sections[link - 1].section, sections[link - 1].header)
            else { return nil }
            return SymbolSection(entries: entries, names: names, sectionEnds: ends)
        }
    }
}
