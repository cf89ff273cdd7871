/// How far to go for the names of code: what a command lets its user choose.
package struct SymbolizationOptions: Hashable, Sendable {
    /// Whether inlined functions and source lines are read from debug information.
    package var includesInlined = true
    /// Folders that are searched for debug files first: by build-id (`.build-id/ab/cd….debug`) and by name.
    package var debugDirectories: [String] = []
    /// Whether the servers in `DEBUGINFOD_URLS` may be asked for debug files.
    package var usesDebuginfod = false
    /// Longest wait for one file of those servers.
    package var debuginfodSeconds = 10.0

    package init() {}
}
