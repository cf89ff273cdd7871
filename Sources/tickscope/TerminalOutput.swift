import Glibc

/// What an output goes to.
enum TerminalOutput {
    /// Columns of the standard output's terminal; nil when it is a file or a pipe.
    static var width: Int? { width(of: STDOUT_FILENO) }

    /// Columns of the terminal behind a descriptor; nil when there is none.
    static func width(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(40, Int(size.ws_col))
    }
}
