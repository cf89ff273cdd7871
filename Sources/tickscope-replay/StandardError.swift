internal import Glibc

/// Writes one line to standard error. (Glibc's `stderr` is a mutable global, which Swift 6 refuses.)
func printError(_ line: String) {
    var bytes = Array("tickscope-replay: \(line)\n".utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EINTR else { return }
        bytes.removeFirst(max(count, 0))
    }
}
