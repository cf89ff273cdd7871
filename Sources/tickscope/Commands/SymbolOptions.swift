import ArgumentParser
import Glibc
import Symbolization

/// Where names come from: shared by the commands that name code.
struct SymbolOptions: ParsableArguments {
    @Flag(name: .customLong("no-inline"), help: "Leave inlined functions and source lines out.")
    var excludesInlined = false

    @Option(
        name: .customLong("debug-dir"),
        help: ArgumentHelp(
            "Look for debug files in this folder first, by build-id and by name; may be repeated.", valueName: "folder")
    )
    var debugDirectories: [String] = []

    @Flag(help: "Ask the servers in DEBUGINFOD_URLS for debug files that this machine does not have.")
    var debuginfod = false

    @Option(
        name: .customLong("debuginfod-timeout"),
        help: ArgumentHelp(
            "Longest wait for a debug file of those servers; after one that is too long none is asked again.",
            valueName: "seconds"))
    var debuginfodTimeout = 10.0

    func validate() throws {
        if !(debuginfodTimeout > 0 && debuginfodTimeout <= 3600) {
            throw ValidationError("--debuginfod-timeout is between 0 and 3600 seconds")
        }
        if debuginfod, getenv("DEBUGINFOD_URLS").map({ $0.pointee == 0 }) ?? true {
            throw ValidationError(
                "--debuginfod needs the environment variable DEBUGINFOD_URLS, such as https://debuginfod.debian.net")
        }
        for folder in debugDirectories where access(folder, R_OK | X_OK) != 0 {
            throw ValidationError("--debug-dir '\(folder)' cannot be read")
        }
    }

    var options: SymbolizationOptions {
        var options = SymbolizationOptions()
        options.includesInlined = !excludesInlined
        options.debugDirectories = debugDirectories.map {
            $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0
        }
        options.usesDebuginfod = debuginfod
        options.debuginfodSeconds = debuginfodTimeout
        return options
    }
}
