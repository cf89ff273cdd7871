internal import CZstd
internal import Glibc

/// A nameless temporary file that takes what cannot be read twice: decompressed records, a pipe.
///
/// One thread writes to it; any other may read what was written, through a duplicate.
final class SpoolFile: @unchecked Sendable {
    private let descriptor: Int32
    private(set) var size: UInt64 = 0

    init() throws(PerfDataError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var file = open(folder, O_RDWR | O_CLOEXEC | Self.O_TMPFILE_, 0o600)
        if file < 0 {
            // Not every file system has nameless files.
            var name = Array((folder + "/tickscope.XXXXXX").utf8CString)
            file = mkstemp(&name)
            if file >= 0 { unlink(name) }
        }
        guard file >= 0 else { throw PerfDataError("cannot write to \(folder): \(String(cString: strerror(errno)))") }
        descriptor = file
    }

    deinit { close(descriptor) }

    /// O_DIRECTORY with a bit of its own (asm-generic/fcntl.h), invisible to Swift.
    private static var O_TMPFILE_: Int32 { 0o20_000_000 | O_DIRECTORY }

    func append(_ bytes: UnsafeRawBufferPointer) throws(PerfDataError) {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let result = write(descriptor, base + done, bytes.count - done)
            if result < 0 && errno == EINTR { continue }
            guard result > 0 else {
                throw PerfDataError(
                    "no room for temporary data: \(String(cString: strerror(errno))); set TMPDIR to a larger folder")
            }
            done += result
        }
        size += UInt64(bytes.count)
    }

    /// Another descriptor on the same file.
    func duplicate() -> Int32 { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
}

/// The zstd stream whose pieces are the payloads of compressed records.
final class ZstdStream {
    private let stream: OpaquePointer
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    private var inputBytes: UInt64 = 0
    private var outputBytes: UInt64 = 0

    /// zstd reaches some 20,000 on zeros; recordings reach ten. What exceeds this is an attack on the disk.
    private static let largestRatio: UInt64 = 1000

    init() throws(PerfDataError) {
        guard let stream = ZSTD_createDStream() else { throw PerfDataError("no memory to decompress records") }
        self.stream = stream
    }

    deinit {
        ZSTD_freeDStream(stream)
        output.deallocate()
    }

    /// Decompresses the next piece.
    func decompress(_ input: UnsafeRawBufferPointer, to spool: SpoolFile) throws(PerfDataError) {
        inputBytes += UInt64(input.count)
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        while true {
            var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            let result = ZSTD_decompressStream(stream, &target, &source)
            guard ZSTD_isError(result) == 0 else {
                throw PerfDataError("the compressed records are damaged: \(String(cString: ZSTD_getErrorName(result)))")
            }
            outputBytes += UInt64(target.pos)
            guard outputBytes <= (inputBytes + 4096) * Self.largestRatio else {
                throw PerfDataError("the compressed records expand beyond all measure; the file is damaged")
            }
            try spool.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<target.pos]))
            if source.pos == source.size && target.pos < output.count { return }
        }
    }
}
