internal import Glibc

/// A file that cannot be replayed, and what to do about it.
struct InputError: Error, CustomStringConvertible {
    var description: String
}

/// The bytes of a stream, owned, at a fixed address.
struct InputBytes: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    /// The stream; valid while the owner is.
    var stream: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

    init(copying bytes: [UInt8]) {
        memory = .allocate(byteCount: bytes.count, alignment: 64)
        memory.copyBytes(from: bytes)
    }

    /// Reads a whole file into memory: a mapped file would fault on the hot path, and kill the process when truncated.
    init(file path: String) throws(InputError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.systemError("cannot open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.systemError("cannot read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw InputError(description: "\(path) is not a regular file")
        }
        guard status.st_size > 0 else {
            throw InputError(description: "\(path) is empty: an ITCH 5.0 file holds {length, message} records")
        }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(status.st_size), alignment: 64)
        var filled = 0
        while filled < memory.count {
            let count = read(descriptor, memory.baseAddress! + filled, memory.count - filled)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error =
                    count < 0
                    ? Self.systemError("cannot read", path)
                    : InputError(description: "\(path) shrank while it was read")
                memory.deallocate()
                throw error
            }
            filled += count
        }
        self.memory = memory
    }

    deinit { memory.deallocate() }

    private static func systemError(_ operation: String, _ path: String) -> InputError {
        InputError(description: "\(operation) \(path): \(String(cString: strerror(errno)))")
    }
}
