internal import Glibc
internal import Symbolization

extension MappedModule {
    /// Bytes of the file; fewer where it ends, none where it cannot be read. Any thread.
    func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        switch contents {
        case .file(let file):
            guard let position = off_t(exactly: offset) else { return [] }
            var bytes = [UInt8](repeating: 0, count: count)
            let read = pread(file.descriptor, &bytes, count, position)
            return Array(bytes.prefix(max(0, read)))
        case .memory(let image):
            guard offset < UInt64(image.count) else { return [] }
            return Array(image[Int(offset)...].prefix(count))
        case .none: return []
        }
    }
}
