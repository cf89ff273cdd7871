import Glibc

/// The standard error output, unbuffered: what is said is seen at once.
enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of its terminal; nil when it is a file or a pipe.
    static var width: Int? { TerminalOutput.width(of: STDERR_FILENO) }

    static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
