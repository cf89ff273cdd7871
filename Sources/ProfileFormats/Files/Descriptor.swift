internal import Glibc

/// Reading and writing whole descriptors: short transfers and interruptions by signals are continued.
enum Descriptor {
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(FileError) in try writeAll(bytes, to: descriptor, path: path) }
        }
        try result.get()
    }

    static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(FileError) {
        var offset = 0
        while offset < bytes.count {
            let count = write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
            if count >= 0 {
                offset += count
            } else if errno == EAGAIN {
                // Somebody else made a shared terminal or pipe non-blocking.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, -1)
            } else if errno != EINTR {
                throw FileError("write", path, errno: errno)
            }
        }
    }

    static func readAll(_ descriptor: Int32, path: String, limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_size > 0 {
            if Int(status.st_size) > limit { throw FileError("read", path, errno: EFBIG) }
            bytes.reserveCapacity(Int(status.st_size) + 1)
        }
        let chunkSize = 256 << 10
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        while true {
            let count = read(descriptor, &chunk, chunkSize)
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
                if bytes.count > limit { throw FileError("read", path, errno: EFBIG) }
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw FileError("read", path, errno: errno)
            }
        }
    }
}
