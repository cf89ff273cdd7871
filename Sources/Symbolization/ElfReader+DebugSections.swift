internal import CLibelf
internal import CZstd
internal import Glibc

extension ElfReader {
    /// Most bytes that a compressed section may unpack to; real ones have some hundred megabytes.
    private static let largestUnpackedSize: UInt64 = 1 << 30
    /// zlib cannot pack tighter than this.
    private static let largestRatio: UInt64 = 1040

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
        forEachSection { section, header in
            guard header.sh_type != UInt32(SHT_NOBITS), let text = elf_strptr(elf, names, Int(header.sh_name)) else {
                return
            }
            let full = String(cString: text)
            let isPacked = full.hasPrefix(".zdebug_")
            guard isPacked || full.hasPrefix(".debug_") else { return }
            let name = String(full.dropFirst(isPacked ? 8 : 7))
            let base = name.hasSuffix(".dwo") ? String(name.dropLast(4)) : name
            guard wanted.contains(base), found[name] == nil else { return }
            found[name] = sectionBytes(section, header, isPackedByName: isPacked)
        }
        return found
    }

    private func sectionBytes(
        _ section: OpaquePointer, _ header: GElf_Shdr, isPackedByName: Bool
    ) -> SectionBytes? {
        if isPackedByName {
            // "ZLIB" and the size, most significant byte first.
            guard let head = fileBytes(at: header.sh_offset, count: 12), head.prefix(4).elementsEqual("ZLIB".utf8)
            else {
                return nil
            }
            let size = head[4..<12].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard isPlausible(unpacked: size, packed: header.sh_size), elf_compress_gnu(section, 0, 0) >= 0 else {
                return nil
            }
            return memory(section)
        }
        if header.sh_flags & UInt64(SHF_COMPRESSED) != 0 {
            var packing = GElf_Chdr()
            guard gelf_getchdr(section, &packing) != nil,
                isPlausible(unpacked: packing.ch_size, packed: header.sh_size)
            else { return nil }
            if packing.ch_type == Self.zstd { return unpackZstd(section, size: Int(packing.ch_size)) }
            return elf_compress(section, 0, 0) >= 0 ? memory(section) : nil
        }
        return plainBytes(section, header)
    }

    /// ELFCOMPRESS_ZSTD of the System V ABI, which libelf reads from 0.189 on only, and Debian 12 has 0.188.
    private static let zstd: UInt32 = 2

    /// The bytes behind the header of a section that zstd has compressed; nil unless they unpack to the stated size.
    private func unpackZstd(_ section: OpaquePointer, size: Int) -> SectionBytes? {
        guard let data = elf_rawdata(section, nil), let start = data.pointee.d_buf,
            data.pointee.d_size > MemoryLayout<Elf64_Chdr>.size
        else { return nil }
        let head = MemoryLayout<Elf64_Chdr>.size
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let result = ZSTD_decompress(buffer.baseAddress, size, start + head, data.pointee.d_size - head)
            count = ZSTD_isError(result) == 0 && result == size ? size : 0
        }
        return bytes.count == size ? SectionBytes(bytes) : nil
    }

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

    private func isPlausible(unpacked: UInt64, packed: UInt64) -> Bool {
        unpacked <= Self.largestUnpackedSize && unpacked <= packed.multipliedReportingOverflow(by: Self.largestRatio).0
    }

    private func memory(_ section: OpaquePointer) -> SectionBytes? {
        guard let data = elf_rawdata(section, nil), let start = data.pointee.d_buf else { return nil }
        return SectionBytes(Array(UnsafeRawBufferPointer(start: start, count: data.pointee.d_size)))
    }
}
