internal import Glibc

/// A whole file, or the standard input.
package enum InputFile {
    /// Most bytes that are read at once: 2 GiB.
    package static let defaultLimit = 2 << 30

    /// - Parameter path: `-` for the standard input.
    /// - Throws: ``FileError``.
    package static func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
        if path == "-" { return try Descriptor.readAll(STDIN_FILENO, path: "standard input", limit: limit) }
        var descriptor: Int32
        repeat { descriptor = open(path, O_RDONLY | O_CLOEXEC) } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw FileError("read", path, errno: errno) }
        defer { close(descriptor) }
        return try Descriptor.readAll(descriptor, path: path, limit: limit)
    }
}
