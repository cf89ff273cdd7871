internal import Glibc
internal import ProfileFormats

/// What a git repository has checked out, read from its files: git itself need not be installed, and nothing that a
/// repository configures is run.
///
/// Source: gitrepository-layout(5): `HEAD`, loose and packed references, `commondir` of linked work trees.
package enum GitHead {
    /// The origin of runs that are measured in a folder; empty outside of repositories, or where nothing was committed.
    package static func origin(in folder: String) -> RunOrigin {
        guard let git = gitFolder(from: folder), let head = line(git + "/HEAD") else { return RunOrigin() }
        guard head.hasPrefix("ref: ") else { return RunOrigin(commit: identifier(head)) }
        let reference = String(head.dropFirst(5))
        let prefix = "refs/heads/"
        guard reference.hasPrefix(prefix), !reference.contains("..") else { return RunOrigin() }
        let common = line(git + "/commondir").map { $0.hasPrefix("/") ? $0 : git + "/" + $0 } ?? git
        let commit =
            line(git + "/" + reference).flatMap(identifier) ?? line(common + "/" + reference).flatMap(identifier)
            ?? packed(common + "/packed-refs", reference)
        return RunOrigin(commit: commit, branch: String(reference.dropFirst(prefix.count)))
    }

    private static func gitFolder(from folder: String) -> String? {
        var here = folder
        while true {
            let path = (here == "/" ? "" : here) + "/.git"
            if access(path + "/HEAD", R_OK) == 0 { return path }
            // A linked work tree, or a submodule: a file that names the folder.
            if let text = line(path), text.hasPrefix("gitdir: ") {
                let target = String(text.dropFirst(8))
                return target.hasPrefix("/") ? target : here + "/" + target
            }
            guard here != "/", let slash = here.lastIndex(of: "/") else { return nil }
            here = slash == here.startIndex ? "/" : String(here[..<slash])
        }
    }

    private static func packed(_ path: String, _ reference: String) -> String? {
        guard let bytes = try? InputFile.read(path, limit: 64 << 20) else { return nil }
        let wanted = Array((" " + reference).utf8)
        for line in bytes.split(separator: 0x0A)
        where line.first != 0x23 && line.suffix(wanted.count).elementsEqual(wanted) {
            return identifier(String(decoding: line.dropLast(wanted.count), as: UTF8.self))
        }
        return nil
    }

    /// The only line of a small regular file.
    private static func line(_ path: String) -> String? {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= 4096,
            let bytes = try? InputFile.read(path, limit: 4096)
        else { return nil }
        let text = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    /// 40 or 64 hexadecimal digits.
    private static func identifier(_ text: String) -> String? {
        let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isHex && (text.utf8.count == 40 || text.utf8.count == 64) ? text : nil
    }
}
