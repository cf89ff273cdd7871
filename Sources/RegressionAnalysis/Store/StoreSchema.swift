internal import GRDB

/// What the tables of a store look like, version by version.
///
/// ```
/// run       one saved run: its origin, and its JSON compressed by gzip
/// series    one metric of one benchmark; suffix is empty, or `/argument`
/// point     (series, run) → median: clustered by series, so that a history is one stretch of the file
/// baseline  name → run
/// machine   a kind of machine that runs come from: its fingerprint in JSON
/// alert     steps for which one cause is likely, and what was decided about them
/// alertStep one step of an alert: a series on a machine and a branch, and the runs between which it lies
/// alertEvent what was decided about an alert, and when
/// calibration  how much results of a machine differ without a change, as JSON
/// ```
///
/// A run's `place` is where its commit belongs among the runs, when that is not the end: a real number between the
/// places of its neighbors. Where it is null the run's number is its place.
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
        migrator.registerMigration("history") { database in
            try database.execute(
                sql: """
                    CREATE TABLE machine (
                        id INTEGER PRIMARY KEY,
                        fingerprint TEXT NOT NULL
                    );
                    ALTER TABLE run ADD COLUMN machine INTEGER REFERENCES machine (id);
                    ALTER TABLE run ADD COLUMN place REAL;
                    CREATE INDEX runByCommit ON run (commitID, branch) WHERE commitID IS NOT NULL;
                    CREATE INDEX runByPlace ON run (branch, coalesce(place, id));
                    CREATE TABLE alert (
                        id TEXT PRIMARY KEY NOT NULL,
                        isRegression INTEGER NOT NULL,
                        branch TEXT,
                        state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
                        firstSeenAt INTEGER NOT NULL,
                        changedAt INTEGER NOT NULL,
                        reason TEXT,
                        expiresAt INTEGER
                    ) WITHOUT ROWID;
                    CREATE TABLE alertStep (
                        alert TEXT NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
                        series INTEGER NOT NULL REFERENCES series (id),
                        machine INTEGER REFERENCES machine (id),
                        afterRun INTEGER NOT NULL REFERENCES run (id),
                        throughRun INTEGER NOT NULL REFERENCES run (id)
                    );
                    CREATE INDEX alertStepBySeries ON alertStep (series);
                    CREATE INDEX alertStepByAlert ON alertStep (alert);
                    CREATE TABLE alertEvent (
                        id INTEGER PRIMARY KEY,
                        alert TEXT NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
                        at INTEGER NOT NULL,
                        state TEXT NOT NULL,
                        reason TEXT,
                        expiresAt INTEGER
                    );
                    CREATE INDEX alertEventByAlert ON alertEvent (alert);
                    """)
            try StoreBackfill.run(database)
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
