internal import CLibelf
internal import Glibc

extension ElfReader {
    /// Stubs of the procedure linkage table: the code through which a module calls functions of others. No symbol names
    /// them; the relocation of the pointer that each jumps through does.
    /// - Parameters:
    ///   - wanted: addresses that the stubs must hold; nil for all stubs.
    ///   - body: receives where a stub is, its bytes' count, and the name of the function that it leads to.
    func forEachLinkageStub(
        _ wanted: WantedAddresses?,
        _ body: (_ address: UInt64, _ size: UInt64, _ name: [UInt8]) -> Void
    ) {
        #if arch(x86_64)
            var stubs: [(address: UInt64, size: UInt64, pointer: UInt64)] = []
            for name in [".plt", ".plt.sec", ".plt.got"] {
                guard let extent = extent(named: name), wanted?.hasAny(from: extent.address, size: extent.size) ?? true,
                    let section = section(named: name)
                else { continue }
                Self.forEachIndirectJump(in: section) { address, size, pointer in
                    if wanted?.hasAny(from: address, size: size) ?? true { stubs.append((address, size, pointer)) }
                }
            }
            guard !stubs.isEmpty else { return }
            let names = names(ofPointers: Set(stubs.map(\.pointer)))
            for stub in stubs {
                if let name = names[stub.pointer] { body(stub.address, stub.size, name) }
            }
        #endif
    }

    #if arch(x86_64)
        /// The name of the symbol whose address the dynamic linker puts into each pointer.
        ///
        /// Small tables first, until all are found: a library has a few relocations of its stubs' pointers, and hundreds of
        /// thousands of others in a table of their own. Of the names no more is read than is asked for.
        private func names(ofPointers pointers: Set<UInt64>) -> [UInt64: [UInt8]] {
            var tables: [(section: OpaquePointer, header: GElf_Shdr)] = []
            forEachSection { section, header in
                if header.sh_type == UInt32(SHT_RELA), header.sh_entsize == 24 { tables.append((section, header)) }
            }
            tables.sort { $0.header.sh_size < $1.header.sh_size }
            var names: [UInt64: [UInt8]] = [:]
            for (section, header) in tables where names.count < pointers.count {
                guard let relocations = plainBytes(section, header),
                    let (symbols, link) = plainBytes(ofSection: Int(header.sh_link), entrySize: 24),
                    let (texts, _) = plainBytes(ofSection: link)
                else { continue }
                relocations.forEachPiece(unit: 24, limit: Self.largestRelocations) { bytes in
                    for entry in stride(from: 0, to: bytes.count - 23, by: 24) {
                        let info = bytes.loadUnaligned(fromByteOffset: entry + 8, as: UInt64.self)
                        // R_X86_64_GLOB_DAT and R_X86_64_JUMP_SLOT.
                        guard case let type = info & 0xFFFF_FFFF, type == 6 || type == 7 else { continue }
                        let pointer = bytes.loadUnaligned(fromByteOffset: entry, as: UInt64.self)
                        guard pointers.contains(pointer) else { continue }
                        let name = symbols.unsigned(at: (info >> 32) * 24, size: 4)
                        let text = texts.zeroTerminated(at: name, limit: Self.longestName) ?? []
                        if !text.isEmpty { names[pointer] = text }
                    }
                }
            }
            return names
        }

        /// The bytes of a section by its number, and the number of the section that it is linked to.
        /// - Parameter entrySize: that it must state; nil for any.
        private func plainBytes(ofSection number: Int, entrySize: UInt64? = nil) -> (SectionBytes, link: Int)? {
            guard let section = elf_getscn(elf, number) else { return nil }
            var header = GElf_Shdr()
            guard gelf_getshdr(section, &header) != nil, entrySize == nil || header.sh_entsize == entrySize else {
                return nil
            }
            return plainBytes(section, header).map { ($0, Int(header.sh_link)) }
        }

        /// As long as any symbol's name that is read.
        private static let longestName = 1 << 16
        /// Programs with millions of pointers have less.
        private static let largestRelocations: UInt64 = 256 << 20

        /// Finds the `jmp *pointer(%rip)` (FF 25) of each stub; stubs are 16 bytes, and 8 where they hold nothing else.
        private static func forEachIndirectJump(
            in section: Section, _ body: (_ address: UInt64, _ size: UInt64, _ pointer: UInt64) -> Void
        ) {
            section.bytes.withUnsafeBytes { bytes in
                var index = 0
                var previous = -16
                while index + 6 <= bytes.count {
                    guard bytes[index] == 0xFF, bytes[index + 1] == 0x25 else {
                        index += 1
                        continue
                    }
                    let distance = bytes.loadUnaligned(fromByteOffset: index + 2, as: Int32.self)
                    let next = section.address &+ UInt64(index + 6)
                    // Protected stubs begin with endbr64, which is where callers jump to.
                    let size = index - previous == 8 ? 8 : 16
                    let start = index & ~(size - 1)
                    body(section.address &+ UInt64(start), UInt64(size), next &+ UInt64(bitPattern: Int64(distance)))
                    previous = index
                    index += 6
                }
            }
        }
    #endif
}
