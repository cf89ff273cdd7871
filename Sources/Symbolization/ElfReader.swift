internal import CLibelf
internal import Glibc
package import ProfileModel

/// Reads an ELF file through libelf: segments, identity, unwind tables, symbols.
///
/// Files are read with `pread`, never mapped: a file that is cut short while we read it yields an error, not a signal.
/// Sizes are bounded by the file's own. Used by one thread at a time; copies out whatever outlives it.
package final class ElfReader {
    /// A part of the file that is mapped (PT_LOAD).
    package struct Segment: Hashable, Sendable {
        package var fileOffset: UInt64
        package var fileSize: UInt64
        package var address: UInt64
        package var memorySize: UInt64
        package var isExecutable: Bool
    }

    /// Bytes of a section and where they are mapped.
    package struct Section: Sendable {
        package var address: UInt64
        package var bytes: [UInt8]
    }

    /// Where bytes are in the file, and where they are mapped.
    package struct Extent: Hashable, Sendable {
        package var address: UInt64
        package var fileOffset: UInt64
        package var size: UInt64
    }

    let elf: OpaquePointer
    /// The descriptor that it reads from, -1 for an image in memory.
    let file: Int32
    /// Backing store of an in-memory image; libelf keeps pointers into it.
    private let image: UnsafeMutableRawBufferPointer?
    package let segments: [Segment]
    /// Where the kernel starts a program, 0 for none.
    package let entryPoint: UInt64

    /// A compressed section that claims more is not unpacked.
    private static let largestUnpackedSection: UInt64 = 1 << 30

    private static let isLibraryReady = elf_version(UInt32(EV_CURRENT)) != 0

    /// Opens a file.
    /// - Parameter file: borrowed; must stay open as long as the reader.
    /// - Throws: ``ElfError`` for anything but a 64-bit ELF file of this machine's byte order.
    package convenience init(file: Int32) throws {
        guard Self.isLibraryReady, let elf = elf_begin(file, ELF_C_READ, nil) else {
            throw ElfError("not readable as ELF: \(Self.libraryMessage)")
        }
        try self.init(elf: elf, file: file, image: nil)
    }

    /// Opens an image in memory.
    package convenience init(bytes: UnsafeRawBufferPointer) throws {
        let image = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        image.copyMemory(from: bytes)
        let start = image.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard Self.isLibraryReady, let elf = elf_memory(start, bytes.count) else {
            image.deallocate()
            throw ElfError("not readable as ELF: \(Self.libraryMessage)")
        }
        try self.init(elf: elf, file: -1, image: image)
    }

    private init(elf: OpaquePointer, file: Int32, image: UnsafeMutableRawBufferPointer?) throws {
        self.elf = elf
        self.file = file
        self.image = image
        var header = GElf_Ehdr()
        let isUsable =
            elf_kind(elf) == ELF_K_ELF && gelf_getclass(elf) == ELFCLASS64 && gelf_getehdr(elf, &header) != nil
            && header.e_ident.5 == UInt8(ELFDATA2LSB)
        guard isUsable else {
            segments = []
            entryPoint = 0
            throw ElfError("not a 64-bit little-endian ELF file")
        }
        entryPoint = header.e_entry
        var segments: [Segment] = []
        var count = 0
        if elf_getphdrnum(elf, &count) == 0 {
            for index in 0..<min(count, 4096) {
                var program = GElf_Phdr()
                guard gelf_getphdr(elf, Int32(index), &program) != nil, program.p_type == UInt32(PT_LOAD) else {
                    continue
                }
                segments.append(
                    Segment(
                        fileOffset: program.p_offset, fileSize: program.p_filesz, address: program.p_vaddr,
                        memorySize: program.p_memsz, isExecutable: program.p_flags & UInt32(PF_X) != 0))
            }
        }
        self.segments = segments
    }

    deinit {
        elf_end(elf)
        image?.deallocate()
    }

    private static var libraryMessage: String {
        elf_errmsg(-1).map { String(cString: $0) } ?? "no reason given"
    }

    /// Where a byte of the file is mapped, by the module's own addresses.
    package func address(of offset: FileOffset) -> ModuleRelativeAddress? {
        Self.address(of: offset, in: segments)
    }

    /// Where a byte of a file with these segments is mapped. Executable segments come first: pages at a segment's edge
    /// are in the file ranges of two.
    package static func address(of offset: FileOffset, in segments: [Segment]) -> ModuleRelativeAddress? {
        func find(_ isCandidate: (Segment) -> Bool) -> ModuleRelativeAddress? {
            for segment in segments where isCandidate(segment) {
                let (inside, before) = offset.rawValue.subtractingReportingOverflow(segment.fileOffset)
                if !before && inside < segment.fileSize {
                    return ModuleRelativeAddress(segment.address &+ inside)
                }
            }
            return nil
        }
        return find(\.isExecutable) ?? find { !$0.isExecutable }
    }

    /// The GNU build-id in lower-case hexadecimal, or an empty text.
    package var buildID: String {
        var found = ""
        forEachSection { section, header in
            guard found.isEmpty, header.sh_type == UInt32(SHT_NOTE), let bytes = Self.bytes(of: section, header) else {
                return
            }
            bytes.withUnsafeBytes { found = Self.buildID(inNotes: $0) }
        }
        return found
    }

    /// Notes: name size, description size, type, name, description; both padded to 4 bytes. Type 3 of "GNU" is the id.
    private static func buildID(inNotes notes: UnsafeRawBufferPointer) -> String {
        var offset = 0
        while notes.count - offset >= 12 {
            let nameSize = Int(notes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            let size = Int(notes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
            let type = notes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)
            let start = offset + 12 + (nameSize + 3) & ~3
            guard start + size <= notes.count else { return "" }
            if type == 3, nameSize == 4, notes[(offset + 12)..<(offset + 16)].elementsEqual([0x47, 0x4E, 0x55, 0]) {
                return hexadecimal(notes[start..<(start + size)])
            }
            offset = start + (size + 3) & ~3
        }
        return ""
    }

    /// The call-frame information that is mapped with the code: the section, or what PT_GNU_EH_FRAME leads to in a file
    /// without section headers.
    package var ehFrame: Section? {
        guard let extent = ehFrameExtent, let bytes = fileBytes(at: extent.fileOffset, count: extent.size) else {
            return nil
        }
        return Section(address: extent.address, bytes: bytes)
    }

    /// Where ``ehFrame`` is. For a file without section headers it reaches to its segment's end.
    package var ehFrameExtent: Extent? {
        extent(named: ".eh_frame") ?? ehFrameHeaderExtent.flatMap { ehFrameExtent(through: $0) }
    }

    /// Where the linker's sorted table of the functions in ``ehFrame`` is.
    package var ehFrameHeaderExtent: Extent? {
        var count = 0
        guard elf_getphdrnum(elf, &count) == 0 else { return nil }
        for index in 0..<min(count, 4096) {
            var program = GElf_Phdr()
            guard gelf_getphdr(elf, Int32(index), &program) != nil, program.p_type == UInt32(PT_GNU_EH_FRAME) else {
                continue
            }
            return Extent(address: program.p_vaddr, fileOffset: program.p_offset, size: program.p_filesz)
        }
        return nil
    }

    private func ehFrameExtent(through headerExtent: Extent) -> Extent? {
        // Version 1, pointer to .eh_frame as 4 signed bytes relative to its own place.
        guard let header = fileBytes(at: headerExtent.fileOffset, count: 12), header.count == 12,
            header[0] == 1, header[1] == 0x1B
        else { return nil }
        let relative = header.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4, as: Int32.self) }
        let address = headerExtent.address &+ 4 &+ UInt64(bitPattern: Int64(relative))
        for segment in segments where address >= segment.address {
            let inside = address - segment.address
            guard inside < segment.fileSize else { continue }
            return Extent(
                address: address, fileOffset: segment.fileOffset &+ inside, size: segment.fileSize - inside)
        }
        return nil
    }

    func fileBytes(at offset: UInt64, count: UInt64) -> [UInt8]? {
        guard offset <= UInt64(Int64.max), count <= UInt64(Int32.max) else { return nil }
        let data = elf_getdata_rawchunk(elf, Int64(offset), Int(count), ELF_T_BYTE)
        guard let data, let start = data.pointee.d_buf else { return nil }
        return Array(UnsafeRawBufferPointer(start: start, count: data.pointee.d_size))
    }

    /// The bytes of a section, by name; unpacked when the file has them compressed.
    package func section(named name: String) -> Section? {
        var found: Section?
        forEachSection(named: name) { section, header in
            guard found == nil, let bytes = Self.bytes(of: section, header) else { return }
            found = Section(address: header.sh_addr, bytes: bytes)
        }
        return found
    }

    /// Where the bytes of a section are, by name; nil for a compressed one.
    func extent(named name: String) -> Extent? {
        var found: Extent?
        forEachSection(named: name) { _, header in
            guard found == nil, header.sh_flags & UInt64(SHF_COMPRESSED) == 0 else { return }
            found = Extent(address: header.sh_addr, fileOffset: header.sh_offset, size: header.sh_size)
        }
        return found
    }

    /// Calls back with the sections of a name that have bytes in the file.
    private func forEachSection(named name: String, _ body: (OpaquePointer, GElf_Shdr) -> Void) {
        var names = 0
        guard elf_getshdrstrndx(elf, &names) == 0 else { return }
        forEachSection { section, header in
            guard header.sh_type != UInt32(SHT_NOBITS), let text = elf_strptr(elf, names, Int(header.sh_name)),
                strcmp(text, name) == 0
            else { return }
            body(section, header)
        }
    }

    func forEachSection(_ body: (_ section: OpaquePointer, _ header: GElf_Shdr) -> Void) {
        var section: OpaquePointer?
        while let next = elf_nextscn(elf, section) {
            section = next
            var header = GElf_Shdr()
            if gelf_getshdr(next, &header) != nil { body(next, header) }
        }
    }

    private static func bytes(of section: OpaquePointer, _ header: GElf_Shdr) -> [UInt8]? {
        if header.sh_flags & UInt64(SHF_COMPRESSED) != 0 {
            var compression = GElf_Chdr()
            guard gelf_getchdr(section, &compression) != nil, compression.ch_size <= largestUnpackedSection,
                elf_compress(section, 0, 0) >= 0
            else { return nil }
        }
        guard let data = elf_rawdata(section, nil), let start = data.pointee.d_buf else { return nil }
        return Array(UnsafeRawBufferPointer(start: start, count: data.pointee.d_size))
    }
}
