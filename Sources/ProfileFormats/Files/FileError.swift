internal import Glibc

/// A file operation that the system refused.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, such as `write`.
    package var operation: String
    package var path: String
    package var errno: Int32

    package init(_ operation: String, _ path: String, errno: Int32) {
        self.operation = operation
        self.path = path
        self.errno = errno
    }

    /// Whether the reader at the other end of a pipe went away, which is no failure of ours.
    package var isClosedPipe: Bool { errno == EPIPE }

    package var description: String {
        "cannot \(operation) '\(path)': \(String(cString: strerror(errno)))\(remedy.map { "; \($0)" } ?? "")"
    }

    private var remedy: String? {
        switch errno {
        case ENOENT where operation == "read": "check the name"
        case ENOENT: "make the folder first, or name another with -o"
        case EACCES, EPERM, EROFS:
            operation == "read" ? "ask for read permission, or run as its owner" : "name a writable place with -o"
        case ENOSPC, EDQUOT: "free some space, or name another disk with -o"
        case EISDIR: "name a file, not a folder"
        case EFBIG: "the file is larger than can be read at once"
        default: nil
        }
    }
}
