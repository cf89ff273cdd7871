internal import Glibc
internal import ProfileFormats

extension SuiteFile {
    /// Longer files are refused, bytes.
    package static let maximumLength = 1 << 20

    /// Reads a suite file.
    /// - Throws: ``SuiteError`` of code `configuration`.
    package init(path: String) throws(SuiteError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try InputFile.read(path, limit: Self.maximumLength)
        } catch {
            let shown = QuotedText.bounded(path, limit: 500)
            throw SuiteError(
                .configuration,
                error.errno == EFBIG
                    ? "'\(shown)' is longer than 1 MiB, which no suite file is; name another"
                    : QuotedText.bounded(error.description, limit: 700))
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SuiteLocation(path: path, line: 1, column: 1).error("the file is not UTF-8 text; convert it")
        }
        try self.init(text: text, path: path)
    }

    /// The suite file that applies in a folder: its own, or else that of the nearest parent, up to the root of the
    /// repository (the first folder with a `.git`).
    /// - Returns: nil when there is none.
    package static func find(from folder: String) -> String? {
        var folder = folder
        if !folder.hasPrefix("/") {
            guard let resolved = realpath(folder, nil) else { return nil }
            defer { free(resolved) }
            folder = String(cString: resolved)
        }
        while true {
            let path = join(folder, defaultName)
            if access(path, F_OK) == 0 { return path }
            if access(join(folder, ".git"), F_OK) == 0 || folder == "/" || folder.isEmpty { return nil }
            folder = Self.folder(of: folder)
        }
    }

    /// Reads the file that is named, or else the one that applies in a folder.
    /// - Throws: ``SuiteError`` of code `configuration`, also when there is none.
    package init(named path: String?, folder: String = ".") throws(SuiteError) {
        guard let path = path ?? Self.find(from: folder) else {
            throw SuiteError(
                .configuration,
                "there is no \(Self.defaultName) in this folder or the ones above it; write one, or name a program")
        }
        try self.init(path: path)
    }

    /// `.` for a name without a folder.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func join(_ folder: String, _ path: String) -> String {
        path.hasPrefix("/") ? path : folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }
}
