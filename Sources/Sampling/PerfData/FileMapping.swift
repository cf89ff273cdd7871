internal import CFileMapping
internal import Glibc

/// A file's bytes in memory, as the file has them: nothing is copied, and of a captured stack only what an unwinder
/// looks at is fetched. What the file loses meanwhile reads as zeros, and what changes in it may change here too, so no
/// length is read from it twice. Any thread.
final class FileMapping: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    /// - Returns: nil where the system does not map the file.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
            let start = ts_map_file(descriptor, Int(status.st_size))
        else { return nil }
        bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    }

    deinit { ts_unmap_file(bytes.baseAddress, bytes.count) }
}
