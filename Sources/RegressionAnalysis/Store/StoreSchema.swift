internal import GRDB

/// What the tables of a store look like, version by version.
///
/// ```
/// run       one saved run: its origin, and its JSON compressed by gzip
/// series    one metric of one benchmark; suffix is empty, or `/argument`
/// point     (series, run) → median: clustered by series, so that a history is one stretch of the file
/// baseline  name → run
/// calibration  how much results of a machine differ without a change, as JSON
/// ```
enum StoreSchema {
    /// In the file's header: `tick`. Databases of other programs are told by it.
    static let applicationID: Int32 = 0x7469_636B

    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        // A released migration is never changed; what comes later is another one.
        migrator.registerMigration("1") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(
                sql: """
                    CREATE TABLE run (
                        id INTEGER PRIMARY KEY,
                        startedAt INTEGER NOT NULL,
                        savedAt INTEGER NOT NULL,
                        tool TEXT NOT NULL,
                        hostname TEXT NOT NULL,
                        commitID TEXT,
                        branch TEXT,
                        benchmarkCount INTEGER NOT NULL,
                        body BLOB NOT NULL
                    );
                    CREATE TABLE series (
                        id INTEGER PRIMARY KEY,
                        benchmark TEXT NOT NULL,
                        suffix TEXT NOT NULL,
                        metric TEXT NOT NULL,
                        UNIQUE (benchmark, suffix, metric)
                    );
                    CREATE TABLE point (
                        series INTEGER NOT NULL REFERENCES series (id),
                        run INTEGER NOT NULL REFERENCES run (id),
                        median REAL NOT NULL,
                        replicates INTEGER NOT NULL,
                        PRIMARY KEY (series, run)
                    ) WITHOUT ROWID;
                    CREATE TABLE baseline (
                        name TEXT PRIMARY KEY NOT NULL,
                        run INTEGER NOT NULL REFERENCES run (id),
                        savedAt INTEGER NOT NULL,
                        isPinned INTEGER NOT NULL DEFAULT 0
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("calibration") { database in
            try database.execute(
                sql: """
                    CREATE TABLE calibration (
                        id INTEGER PRIMARY KEY,
                        measuredAt INTEGER NOT NULL,
                        body BLOB NOT NULL
                    );
                    """)
        }
        return migrator
    }()
}
