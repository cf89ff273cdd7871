internal import Glibc
internal import ProfileFormats
internal import Sampling
internal import Symbolization

/// Files that a benchmark program wrote, with its mappings at their end. Nothing in them is trusted.
enum ProgramFile {
    /// A process may have 65,530 mappings (vm.max_map_count) of some hundred bytes each.
    static let largestMappings = 16 << 20

    /// - Throws: `FormatError`; `FileError` when it cannot be read.
    static func bytes(_ path: String, most: Int, what: String) throws -> [UInt8] {
        errno = 0
        // No regular file is a file that is refused without any error of the system.
        guard let file = OpenFile(path: path) else {
            throw FileError("read", path, errno: errno == 0 ? EINVAL : errno)
        }
        guard file.size <= UInt64(most) else {
            throw FormatError(.tooLarge, "\(what) is larger than \(most >> 20) MB")
        }
        return try [UInt8](unsafeUninitializedCapacity: Int(file.size)) { buffer, count in
            while count < buffer.count {
                let got = pread(file.descriptor, buffer.baseAddress! + count, buffer.count - count, off_t(count))
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw FileError("read", path, errno: errno) }
                guard got > 0 else { return }
                count += got
            }
        }
    }

    static func mappings(_ text: some Sequence<UInt8>) -> [Mapping] {
        Array(text).split(separator: UInt8(ascii: "\n")).compactMap { line in
            // PATH_MAX and the fields before it.
            line.count <= 4352 ? MappedRegions.executable(String(decoding: line, as: UTF8.self)) : nil
        }
    }
}
