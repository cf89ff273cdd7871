package import Benchmarking
internal import BenchmarkSuites
internal import FoundationEssentials
internal import GRDB
internal import Glibc
internal import ProfileFormats
internal import Statistics

/// A store in one file, by SQLite (through GRDB), write-ahead log and all.
///
/// A save is one transaction that is on the disk when it returns: a program that is killed at any moment, or a machine
/// that loses power, leaves the run in the store or not at all. Several programs may save at once; they wait for each
/// other.
package struct SQLiteStore: ResultStore {
    package enum Access: Sendable { case reading, writing }

    private let database: DatabaseQueue
    private let path: String
    /// Where a damaged store was kept, when this opening found one.
    package let keptAside: String?

    /// - Throws: ``RegressionError``: there is none to read, it is damaged, from the future, or of another program.
    package init(path: String, access: Access) throws {
        self.path = path
        switch access {
        case .reading:
            database = try StoreFile.openForReading(path)
            keptAside = nil
        case .writing:
            do {
                (database, keptAside) = try StoreFile.openForWriting(path)
            } catch let error as DatabaseError {
                throw StoreFile.translated(error, path)
            }
        }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do { return try database.read(body) } catch let error as DatabaseError {
            throw StoreFile.translated(error, path)
        }
    }

    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do { return try database.write(body) } catch let error as DatabaseError {
            throw StoreFile.translated(error, path)
        }
    }
}

// MARK: - Saving

extension SQLiteStore {
    package func save(_ run: BenchmarkRun, as name: BaselineName, origin: RunOrigin, replacesPinned: Bool) throws
        -> Int64
    {
        guard !run.results.isEmpty else {
            throw RegressionError(.malformed, "the results hold no benchmark: nothing to save")
        }
        // Before the transaction: others wait for that.
        let body = GzipCoding.deflate(try BenchmarkRunFormat().encode(run))
        let points = Self.points(run)
        let now = Self.now()
        return try write { database in
            if !replacesPinned { try Self.refusePinned(name, database, "replace") }
            try database.cachedStatement(
                sql: """
                    INSERT INTO run (startedAt, savedAt, tool, hostname, commitID, branch, benchmarkCount, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                run.startedAtNanoseconds, now, run.tool, run.machine.hostname, origin.commit, origin.branch,
                run.results.count, body.withUnsafeBytes { Data($0) },
            ])
            let number = database.lastInsertedRowID
            for point in points {
                let series = try Self.series(point.id, point.metric, database)
                // A file may name a benchmark twice: the first counts.
                try database.cachedStatement(
                    sql: "INSERT OR IGNORE INTO point (series, run, median, replicates) VALUES (?, ?, ?, ?)"
                ).execute(arguments: [series, number, point.median, point.replicates])
            }
            try database.execute(
                sql: """
                    INSERT INTO baseline (name, run, savedAt) VALUES (?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET run = excluded.run, savedAt = excluded.savedAt
                    """, arguments: [name.description, number, now])
            return number
        }
    }

    private struct Point {
        var id: BenchmarkID
        var metric: String
        var median: Double
        var replicates: Int
    }

    private static func points(_ run: BenchmarkRun) -> [Point] {
        run.results.flatMap { result in
            result.series.compactMap { series in
                let values = series.values.filter(\.isFinite)
                guard let median = Median.of(values) else { return nil }
                return Point(id: result.id, metric: series.metric, median: median, replicates: values.count)
            }
        }
    }

    private static func series(_ id: BenchmarkID, _ metric: String, _ database: Database) throws -> Int64 {
        let arguments: StatementArguments = [id.name, suffix(id), metric]
        let known = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM series WHERE benchmark = ? AND suffix = ? AND metric = ?"),
            arguments: arguments)
        if let known { return known }
        try database.execute(
            sql: "INSERT INTO series (benchmark, suffix, metric) VALUES (?, ?, ?)", arguments: arguments)
        return database.lastInsertedRowID
    }

    private static func suffix(_ id: BenchmarkID) -> String { id.argument.map { "/" + $0 } ?? "" }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

// MARK: - Names

extension SQLiteStore {
    private static let columns = """
        SELECT baseline.name, baseline.run, baseline.savedAt, isPinned, commitID, branch, tool, hostname, benchmarkCount
        FROM baseline JOIN run ON run.id = baseline.run
        """

    package func baselines() throws -> [Baseline] {
        try read { database in
            guard try database.tableExists("baseline") else { return [] }
            return try Row.fetchAll(database, sql: Self.columns + " ORDER BY baseline.name").map(Self.baseline)
        }
    }

    package func baseline(_ name: BaselineName) throws -> Baseline {
        let found = try read { database -> Baseline? in
            guard try database.tableExists("baseline") else { return nil }
            return try Row.fetchOne(
                database, sql: Self.columns + " WHERE baseline.name = ?", arguments: [name.description]
            ).map(Self.baseline)
        }
        if let found { return found }
        throw try Self.missing(name, baselines().map(\.name.description))
    }

    private static func baseline(_ row: Row) throws -> Baseline {
        Baseline(
            name: try BaselineName(row[0]), runNumber: row[1], savedAtNanoseconds: row[2], isPinned: row[3],
            origin: RunOrigin(commit: row[4], branch: row[5]), tool: row[6], hostname: row[7], benchmarkCount: row[8])
    }

    private static func missing(_ name: BaselineName, _ names: [String]) -> RegressionError {
        let listed = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
        return RegressionError(
            .noBaseline,
            "there is no baseline '\(name)'; "
                + (names.isEmpty
                    ? "the store has none: save one with 'tickscope baseline save'" : "there are: \(listed)"))
    }

    package func run(of baseline: Baseline) throws -> BenchmarkRun {
        let body = try read { database in
            try Data.fetchOne(database, sql: "SELECT body FROM run WHERE id = ?", arguments: [baseline.runNumber])
        }
        do {
            return try BenchmarkRunFile.decode(
                GzipCoding.inflate(Array(body ?? Data()), limit: BenchmarkRunFile.mostBytes))
        } catch let error as FormatError {
            throw RegressionError(.damagedStore, "the run of baseline '\(baseline.name)': \(error.description)")
        }
    }

    package func delete(_ name: BaselineName, force: Bool) throws {
        try write { database in
            if !force { try Self.refusePinned(name, database, "delete") }
            try database.execute(sql: "DELETE FROM baseline WHERE name = ?", arguments: [name.description])
            try Self.requireChange(name, database)
        }
    }

    package func setPinned(_ name: BaselineName, _ isPinned: Bool) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE baseline SET isPinned = ? WHERE name = ?", arguments: [isPinned, name.description])
            try Self.requireChange(name, database)
        }
    }

    private static func refusePinned(_ name: BaselineName, _ database: Database, _ verb: String) throws {
        let isPinned = try Bool.fetchOne(
            database, sql: "SELECT isPinned FROM baseline WHERE name = ?", arguments: [name.description])
        guard isPinned == true else { return }
        throw RegressionError(.pinned, "'\(name)' is pinned: give --force to \(verb) it, or another name")
    }

    private static func requireChange(_ name: BaselineName, _ database: Database) throws {
        guard database.changesCount == 0 else { return }
        throw missing(name, try String.fetchAll(database, sql: "SELECT name FROM baseline ORDER BY name LIMIT 11"))
    }
}

// MARK: - Histories

extension SQLiteStore {
    package func series(of benchmark: BenchmarkID, metric: BenchmarkMetric, limit: Int) throws -> [SeriesPoint] {
        try read { database in
            guard try database.tableExists("point") else { return [] }
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT point.run, startedAt, commitID, median, replicates
                    FROM series JOIN point ON point.series = series.id JOIN run ON run.id = point.run
                    WHERE benchmark = ? AND suffix = ? AND metric = ? ORDER BY point.run DESC LIMIT ?
                    """, arguments: [benchmark.name, Self.suffix(benchmark), metric.id, max(0, limit)])
            var points: [SeriesPoint] = []
            while let row = try rows.next() {
                points.append(
                    SeriesPoint(
                        runNumber: row[0], startedAtNanoseconds: row[1], commit: row[2], median: row[3],
                        replicates: row[4]))
            }
            return points.reversed()
        }
    }
}
