internal import Glibc

/// A descriptor that closes with its last user.
package final class OpenFile: Sendable {
    package let descriptor: Int32

    /// - Parameter descriptor: owned from here on.
    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Opens a regular file for reading; nil when there is none.
    package convenience init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.init(descriptor)
    }

    deinit { close(descriptor) }

    package var size: UInt64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
    }
}
