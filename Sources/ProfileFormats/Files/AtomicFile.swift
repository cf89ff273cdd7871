internal import Glibc

/// Writes files so that a reader sees the old content or the new, never a part: into a temporary file in the same
/// folder, synced, then renamed over the target.
///
/// A symbolic link keeps pointing where it did, and its target is replaced. What is not a regular file (`-` for the
/// standard output, `/dev/stdout`, a pipe, a terminal) is written to directly.
package enum AtomicFile {
    /// - Throws: ``FileError``; the target is then as it was, and no temporary file is left.
    package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        do {
            try write(to: path) { descriptor, path in try Descriptor.writeAll(bytes, to: descriptor, path: path) }
        } catch let error as FileError {
            throw error
        } catch {
            // Nothing else is thrown.
            throw FileError("write", path, errno: EIO)
        }
    }

    /// Writes what is made piece by piece, and makes the next piece while one is written.
    /// - Parameter make: hands on piece after piece.
    /// - Throws: ``FileError``, and what `make` throws; the target is then as it was, and no temporary file is left.
    package static func write(
        to path: String, pieces make: (_ output: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        try write(to: path) { descriptor, path in
            let writer = BackgroundWriter(descriptor, path: path)
            do {
                try make { try writer.write($0) }
            } catch {
                writer.stop()
                throw error
            }
            try writer.finish()
        }
    }

    /// - Parameter body: writes to a descriptor, and has a name of it for people.
    private static func write(to path: String, _ body: (_ descriptor: Int32, _ path: String) throws -> Void) throws {
        if path == "-" { return try body(STDOUT_FILENO, "standard output") }
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists && status.st_mode & S_IFMT == S_IFDIR { throw FileError("write", path, errno: EISDIR) }
        if exists && status.st_mode & S_IFMT != S_IFREG { return try writeDirectly(to: path, body) }
        try replace(exists ? resolved(path) : path, mode: exists ? status.st_mode & 0o7777 : nil, shownAs: path, body)
    }

    /// Finds out, before any work is done, whether ``write(_:to:)`` could work: makes the temporary file and removes it.
    /// - Throws: ``FileError``.
    package static func check(_ path: String) throws(FileError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists && status.st_mode & S_IFMT == S_IFDIR { throw FileError("write", path, errno: EISDIR) }
        if path == "-" || exists && status.st_mode & S_IFMT != S_IFREG { return }
        let temporary = temporaryPath(for: exists ? resolved(path) : path)
        let descriptor = retrying { open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666) }
        guard descriptor >= 0 else { throw FileError("write", path, errno: errno) }
        close(descriptor)
        unlink(temporary)
    }

    /// Removes what a write in progress has left, for a process that is about to exit.
    package static func discard(_ path: String) { unlink(temporaryPath(for: resolved(path))) }

    /// Where a file is written before it is renamed to `target`.
    private static func temporaryPath(for target: String) -> String {
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
        let name = target.lastIndex(of: "/").map { String(target[target.index(after: $0)...]) } ?? target
        // 200 bytes of the name keep within NAME_MAX.
        return "\(folder).\(String(decoding: name.utf8.prefix(200), as: UTF8.self)).\(getpid()).tmp"
    }

    private static func writeDirectly(
        to path: String, _ body: (_ descriptor: Int32, _ path: String) throws -> Void
    ) throws {
        let descriptor = retrying { open(path, O_WRONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw FileError("write", path, errno: errno) }
        defer { close(descriptor) }
        try body(descriptor, path)
    }

    private static func replace(
        _ target: String, mode: mode_t?, shownAs path: String,
        _ body: (_ descriptor: Int32, _ path: String) throws -> Void
    ) throws {
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
        let name = target.lastIndex(of: "/").map { String(target[target.index(after: $0)...]) } ?? target
        // Not mkstemp: its mode 0600 would override the user's umask. 200 bytes of the name keep within NAME_MAX.
        let unique = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = "\(folder).\(String(decoding: name.utf8.prefix(200), as: UTF8.self)).\(unique).tmp"
        let descriptor = retrying { open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666) }
        guard descriptor >= 0 else { throw FileError("write", path, errno: errno) }
        do {
            defer { close(descriptor) }
            if let mode { fchmod(descriptor, mode) }
            try body(descriptor, path)
            // EINVAL: a file system without sync.
            guard retrying({ fsync(descriptor) }) == 0 || errno == EINVAL else {
                throw FileError("write", path, errno: errno)
            }
            guard rename(temporary, target) == 0 else { throw FileError("write", path, errno: errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        // The new name is durable once the folder is; a file system that cannot sync folders keeps its own promise.
        let folderDescriptor = retrying { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        if folderDescriptor >= 0 {
            _ = retrying { fsync(folderDescriptor) }
            close(folderDescriptor)
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func retrying(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
