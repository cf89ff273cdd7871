internal import BenchmarkSuites
internal import GRDB
internal import Glibc
internal import ProfileFormats

extension StoreFile {
    /// - Returns: the database, and what tells whether it is changed meanwhile, where SQLite does not see to that.
    /// - Throws: ``RegressionError`` when there is no store, or it is damaged.
    static func openForReading(_ path: String) throws -> (database: DatabaseQueue, snapshot: StoreSnapshot?) {
        guard access(path, F_OK) == 0 else {
            throw RegressionError(
                .store, "there is no store '\(PlainText.of(path, limit: 200))': save a baseline first, or give --store")
        }
        guard access(path, R_OK) == 0 else {
            throw RegressionError(.store, "cannot read '\(PlainText.of(path, limit: 200))': \(text(errno))")
        }
        do {
            do {
                return (try openReadOnly(path), nil)
            } catch let error as DatabaseError where isForeclosed(error) {
                // SQLite wants to make files beside it, which a folder that is only read does not let it.
                if hasPendingPages(path) { return (try openCopy(path), nil) }
                let snapshot = try StoreSnapshot(path)
                do {
                    let database = try openImmutable(path)
                    try snapshot.check()
                    return (database, snapshot)
                } catch let error as DatabaseError where isForeclosed(error) {
                    // An SQLite that was built without names that are URIs.
                    return (try openCopy(path), nil)
                }
            }
        } catch let error as DatabaseError {
            throw translated(error, path)
        }
    }

    static func openReadOnly(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busySeconds)
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try check(database, path)
        return database
    }

    private static func isForeclosed(_ error: DatabaseError) -> Bool {
        [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode.primaryResultCode)
    }

    /// Whether a writer left pages in the log that are not in the file: one that runs, or that died.
    static func hasPendingPages(_ path: String) -> Bool {
        var facts = stat()
        return stat(path + "-wal", &facts) == 0 && facts.st_size > 0
    }

    /// Reads the file itself, in place and without locks: right as long as nobody writes, which the missing log tells,
    /// and a ``StoreSnapshot`` afterwards.
    ///
    /// Source: SQLite, *URI Filenames*, `immutable`.
    private static func openImmutable(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        let absolute = path.hasPrefix("/") ? path : StoreLocation.workingFolder() + "/" + path
        let database = try DatabaseQueue(path: uri(absolute) + "?immutable=1", configuration: configuration)
        try check(database, path)
        return database
    }

    /// A path as RFC 3986 writes it: every byte but letters, digits, `/`, `.`, `_` and `-` in hexadecimal.
    static func uri(_ path: String) -> String {
        var result = "file://"
        for byte in path.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2F, 0x2E, 0x5F, 0x2D:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }

    /// A copy with its log in the folder for temporary files, gone with the process.
    private static func openCopy(_ path: String) throws -> DatabaseQueue {
        let place = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var pattern = Array("\(place)/tickscope-store-XXXXXX".utf8CString)
        guard mkdtemp(&pattern) != nil else {
            throw RegressionError(
                .store,
                "the store has to be copied to be read, and there can be no folder in '\(PlainText.of(place, limit: 200))' "
                    + "for it: \(text(errno)); set TMPDIR")
        }
        let folder = pattern.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        // Open files stay readable without their names.
        defer { for name in ["s", "s-wal", "s-shm"] { unlink("\(folder)/\(name)") }; rmdir(folder) }
        for attempt in 1... {
            // A writer that goes on meanwhile may leave a mixture.
            let looks = (try StoreSnapshot(path), try? StoreSnapshot(path + "-wal"))
            try copy(path, to: folder + "/s")
            try copy(path + "-wal", to: folder + "/s-wal")
            if try looks == (StoreSnapshot(path), try? StoreSnapshot(path + "-wal")) { break }
            guard attempt < 10 else {
                throw RegressionError(
                    .store, "'\(PlainText.of(path, limit: 200))' is written to all the time: try again later")
            }
        }
        let database = try DatabaseQueue(path: folder + "/s")
        try check(database, path)
        return database
    }

    /// Copies a file within the kernel; a missing one gives an empty copy.
    private static func copy(_ path: String, to target: String) throws {
        func problem(_ verb: String) -> RegressionError {
            RegressionError(
                .store,
                "cannot \(verb) a copy of the store in '\(PlainText.of(target, limit: 200))': \(text(errno)); set TMPDIR "
                    + "to a folder with room")
        }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard output >= 0 else { throw problem("make") }
        defer { close(output) }
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else {
            if errno == ENOENT { return }
            throw RegressionError(.store, "cannot read '\(PlainText.of(path, limit: 200))': \(text(errno))")
        }
        defer { close(input) }
        while true {
            let count = sendfile(output, input, nil, 1 << 30)
            if count == 0 { return }
            guard count > 0 || errno == EINTR else { throw problem("write") }
        }
    }
}

/// How a file looked when it was opened without locks: whoever reads it asks afterwards whether it is still the same.
struct StoreSnapshot: Equatable, Sendable {
    private let path: String
    private let identity: [Int64]

    init(_ path: String) throws {
        self.path = path
        identity = try Self.identity(path)
    }

    /// - Throws: ``RegressionError`` when what was read since may be a mixture.
    func check() throws {
        guard try Self.identity(path) == identity, !StoreFile.hasPendingPages(path) else {
            throw RegressionError(
                .store, "'\(PlainText.of(path, limit: 200))' was written to while it was read: try again")
        }
    }

    private static func identity(_ path: String) throws -> [Int64] {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw RegressionError(
                .store, "cannot read '\(PlainText.of(path, limit: 200))': \(StoreFile.text(errno))")
        }
        return [
            Int64(truncatingIfNeeded: facts.st_ino), Int64(facts.st_size), Int64(facts.st_mtim.tv_sec),
            Int64(facts.st_mtim.tv_nsec),
        ]
    }
}
