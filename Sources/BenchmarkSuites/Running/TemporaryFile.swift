internal import Glibc

/// A file without a name, which is gone with whoever has it open: nothing stays behind when the tool is ended.
package final class TemporaryFile {
    private let descriptor: Int32

    /// Where this process and those of the same user open it.
    package var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    /// - Throws: ``SuiteError``.
    package init() throws(SuiteError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/tickscope-trace.XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else {
            throw SuiteError(
                .program,
                "cannot make a file in '\(folder)': \(String(cString: strerror(errno))); set TMPDIR to another place")
        }
        unlink(template)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        descriptor = file
    }

    deinit { close(descriptor) }
}
