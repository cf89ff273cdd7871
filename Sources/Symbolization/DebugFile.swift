internal import Glibc

/// The file that a distribution moved a stripped module's symbols to.
package enum DebugFile {
    /// Where Debian's and Fedora's packages put them.
    private static let folder = "/usr/lib/debug/.build-id"

    /// Opens the debug file of a build-id and reads it; a file with another build-id is not this one.
    /// - Parameter body: receives the reader, which is valid during the call.
    package static func withReader<Result>(buildID: String, _ body: (ElfReader) -> Result) -> Result? {
        // 20 bytes as a rule; the first is the folder.
        guard buildID.utf8.count >= 6 else { return nil }
        let path = "\(folder)/\(buildID.prefix(2))/\(buildID.dropFirst(2)).debug"
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard let elf = try? ElfReader(file: file), elf.buildID == buildID else { return nil }
        return body(elf)
    }
}
