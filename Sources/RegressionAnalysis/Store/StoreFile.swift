internal import BenchmarkSuites
internal import GRDB
internal import Glibc
internal import ProfileFormats

/// Opens the file of a store, and keeps what is damaged.
///
/// Opening for writing holds a lock (`FILE.lock`, flock) while the file is checked, put aside or brought up to date, so
/// that of several programs one does it. The system lets go of it when a program dies. Saving itself needs SQLite's own
/// locks only.
enum StoreFile {
    /// Larger files are not read as a whole at every opening; what is damaged in them shows when it is read.
    static let mostCheckedBytes: Int64 = 64 << 20
    /// How long to wait for another writer.
    static let busySeconds = 30.0

    /// - Returns: the database, and the new name of a damaged one that was put aside.
    static func openForWriting(_ path: String) throws -> (database: DatabaseQueue, keptAside: String?) {
        let folder = Self.folder(of: path)
        try makeFolder(folder)
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw unwritable(path, errno) }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw unwritable(path, errno) }
        }
        guard access(folder, W_OK) == 0 else { throw unwritable(path, errno) }
        if access(path, F_OK) == 0, access(path, W_OK) != 0 { throw unwritable(path, errno) }
        do {
            return (try openChecked(path), nil)
        } catch let error as DatabaseError where isDamage(error) {
            let kept = try putAside(path)
            return (try openChecked(path), kept)
        }
    }

    /// What is wrong, and what to do, for an error of SQLite's.
    static func translated(_ error: DatabaseError, _ path: String) -> RegressionError {
        let name = PlainText.of(path, limit: 200)
        if isDamage(error) {
            return RegressionError(
                .damagedStore,
                "'\(name)' is damaged (\(reason(error))): the next save keeps it aside and begins a new one; sqlite3's "
                    + ".recover may save what it holds")
        }
        switch error.resultCode.primaryResultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return RegressionError(.store, "'\(name)' is in use by another program: try again")
        case .SQLITE_FULL:
            return RegressionError(.store, "cannot write '\(name)': the disk is full; nothing was saved")
        default:
            return RegressionError(.store, "cannot use '\(name)': \(reason(error))")
        }
    }

    // MARK: Opening

    private static func openChecked(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        configuration.journalMode = .wal
        // First by a connection that cannot write: what is damaged must stay as it is.
        if access(path, F_OK) == 0 {
            do {
                _ = try openReadOnly(path)
            } catch let error as DatabaseError
                where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode.primaryResultCode)
            {
                // A writer died between its first steps; only a writer can undo them.
            }
        }
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try check(database, path)
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try StoreSchema.migrator.migrate(database)
        return database
    }

    /// That the file is sound, ours, and not from the future.
    static func check(_ database: DatabaseQueue, _ path: String) throws {
        var facts = stat()
        let isSmall = stat(path, &facts) == 0 && Int64(facts.st_size) <= mostCheckedBytes
        try database.read { database in
            if isSmall {
                let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
                if finding != "ok" { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: finding) }
            }
            let identifier = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            // A program that died before its first transaction leaves an empty database.
            guard identifier == StoreSchema.applicationID || tables == 0 else {
                throw RegressionError(
                    .store,
                    "'\(PlainText.of(path, limit: 200))' is a database of another program: give another --store")
            }
            if tables > 0, try StoreSchema.migrator.hasBeenSuperseded(database) {
                throw RegressionError(
                    .store,
                    "'\(PlainText.of(path, limit: 200))' was written by a newer tickscope: update tickscope, or give "
                        + "another --store")
            }
        }
    }

    // MARK: Damage

    static func isDamage(_ error: DatabaseError) -> Bool {
        [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode.primaryResultCode)
    }

    /// Renames the file and what SQLite keeps beside it; no file is replaced.
    private static func putAside(_ path: String) throws -> String {
        for number in 1...10_000 {
            let target = "\(path).damaged-\(number)"
            guard access(target, F_OK) != 0 else { continue }
            for suffix in ["-wal", "-shm"] where access(path + suffix, F_OK) == 0 {
                rename(path + suffix, target + suffix)
            }
            guard rename(path, target) == 0 else { throw unwritable(path, errno) }
            return target
        }
        throw RegressionError(.store, "'\(PlainText.of(path, limit: 200))' has too many damaged copies: remove some")
    }

    // MARK: Files

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func makeFolder(_ path: String) throws {
        guard access(path, F_OK) != 0 else { return }
        if path != "." && path != "/" { try makeFolder(folder(of: path)) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw RegressionError(
                .store, "cannot make the folder '\(PlainText.of(path, limit: 200))': \(text(errno)); give --store")
        }
    }

    private static func unwritable(_ path: String, _ code: Int32) -> RegressionError {
        RegressionError(
            .store, "cannot write the store '\(PlainText.of(path, limit: 200))': \(text(code)); give another --store")
    }

    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func reason(_ error: DatabaseError) -> String {
        PlainText.of(error.message ?? "\(error.resultCode)", limit: 120)
    }
}
