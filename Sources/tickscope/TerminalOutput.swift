import Glibc

/// What the standard output goes to.
enum TerminalOutput {
    /// Columns of the terminal; nil when the output is a file or a pipe.
    static var width: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(40, Int(size.ws_col))
    }
}
