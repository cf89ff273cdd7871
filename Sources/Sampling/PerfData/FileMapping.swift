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

    /// Gives the memory of a part back, which is fetched again when it is read again: giving all back at the end takes a
    /// twentieth of an import, and nobody helps.
    func release(_ range: Range<Int>) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (max(0, range.lowerBound) + page - 1) / page * page
        let end = min(bytes.count, range.upperBound) / page * page
        guard start < end else { return }
        madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress! + start), end - start, MADV_DONTNEED)
    }

    deinit { ts_unmap_file(bytes.baseAddress, bytes.count) }
}
