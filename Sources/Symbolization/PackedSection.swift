internal import CLibelf
internal import CZlib
internal import CZstd

/// A compressed section where it lies in its file's reader, which must outlive it.
///
/// Unpacked straight into the memory it is used in: libelf unpacks into memory of its own, from which everything would be
/// copied once more.
struct PackedSection: @unchecked Sendable {
    enum Coding: Sendable {
        case zlib
        case zstd
    }

    /// Most bytes that a section may unpack to; real ones have some hundred megabytes.
    private static let largestSize: UInt64 = 1 << 30
    /// zlib cannot pack tighter than this.
    private static let largestRatio: UInt64 = 1040
    /// ELFCOMPRESS_ZSTD of the System V ABI, which libelf reads from 0.189 on only, and Debian 12 has 0.188.
    private static let zstd: UInt32 = 2

    private let coding: Coding
    private let bytes: UnsafeRawBufferPointer
    /// As its header states it.
    let size: Int

    /// A section with a header of the System V ABI (`SHF_COMPRESSED`).
    /// - Returns: nil when it is no such section, or its size is not plausible.
    init?(_ section: OpaquePointer) {
        var packing = GElf_Chdr()
        guard gelf_getchdr(section, &packing) != nil,
            let coding = packing.ch_type == UInt32(ELFCOMPRESS_ZLIB)
                ? Coding.zlib : packing.ch_type == Self.zstd ? .zstd : nil
        else { return nil }
        self.init(section, headerSize: MemoryLayout<Elf64_Chdr>.size, coding: coding, size: packing.ch_size)
    }

    /// A section of the older kind that its name tells (`.zdebug_…`): "ZLIB" and the size, most significant byte first.
    init?(zdebug section: OpaquePointer) {
        guard let data = elf_rawdata(section, nil), let start = data.pointee.d_buf, data.pointee.d_size > 12 else {
            return nil
        }
        let head = UnsafeRawBufferPointer(start: start, count: 12)
        guard head.prefix(4).elementsEqual("ZLIB".utf8) else { return nil }
        let size = head[4...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(section, headerSize: 12, coding: .zlib, size: size)
    }

    private init?(_ section: OpaquePointer, headerSize: Int, coding: Coding, size: UInt64) {
        guard let data = elf_rawdata(section, nil), let start = data.pointee.d_buf, data.pointee.d_size > headerSize,
            size <= Self.largestSize,
            size <= UInt64(data.pointee.d_size).multipliedReportingOverflow(by: Self.largestRatio).partialValue
        else { return nil }
        self.coding = coding
        bytes = UnsafeRawBufferPointer(start: start + headerSize, count: data.pointee.d_size - headerSize)
        self.size = Int(size)
    }

    /// - Returns: nil unless the section unpacks to the stated size.
    func unpacked() -> [UInt8]? {
        let result = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            switch coding {
            case .zlib:
                var length = uLongf(size)
                let status = uncompress(
                    buffer.baseAddress, &length, bytes.bindMemory(to: UInt8.self).baseAddress, uLong(bytes.count))
                count = status == Z_OK && length == size ? size : 0
            case .zstd:
                let length = ZSTD_decompress(buffer.baseAddress, size, bytes.baseAddress, bytes.count)
                count = ZSTD_isError(length) == 0 && length == size ? size : 0
            }
        }
        return result.count == size ? result : nil
    }
}
