internal import BenchmarkSuites
internal import GRDB

extension SQLiteStore {
    /// Every alert that was ever recorded, by its identifier.
    package func alerts() throws -> [StoredAlert] {
        try read { try $0.tableExists("alert") ? Self.alerts($0) : [] }
    }

    private static func alerts(_ database: Database) throws -> [StoredAlert] {
        var alerts = try Row.fetchAll(
            database,
            sql:
                "SELECT id, isRegression, branch, state, firstSeenAt, changedAt, reason, expiresAt FROM alert ORDER BY id"
        ).compactMap { row -> StoredAlert? in
            guard let state = StoredAlert.State(rawValue: row[3]) else { return nil }
            return StoredAlert(
                id: row[0], isRegression: row[1], branch: row[2], state: state, firstSeenAtNanoseconds: row[4],
                changedAtNanoseconds: row[5], reason: row[6], expiresAtNanoseconds: row[7])
        }
        let indices = Dictionary(uniqueKeysWithValues: alerts.indices.map { (alerts[$0].id, $0) })
        let steps = try Row.fetchAll(
            database,
            sql: """
                SELECT alert, series, alertStep.machine, afterRun, throughRun, coalesce(a.place, a.id),
                    coalesce(b.place, b.id)
                FROM alertStep JOIN run AS a ON a.id = afterRun JOIN run AS b ON b.id = throughRun
                ORDER BY alertStep.rowid
                """)
        for row in steps {
            let machine: Int64? = row[2]
            guard let index = indices[row[0]] else { continue }
            alerts[index].steps.append(
                StoredAlertStep(
                    series: row[1], machine: machine ?? 0, afterRun: row[3], throughRun: row[4],
                    places: PlaceInterval(after: row[5], through: row[6])))
        }
        return alerts
    }

    /// Keeps alerts that are new, and new steps of those that are there. Once more changes nothing.
    package func record(_ alerts: [StoredAlert]) throws {
        try write { database in
            for alert in alerts {
                try database.execute(
                    sql: """
                        INSERT OR IGNORE INTO alert
                            (id, isRegression, branch, state, firstSeenAt, changedAt, reason, expiresAt)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        alert.id, alert.isRegression, alert.branch, alert.state.rawValue, alert.firstSeenAtNanoseconds,
                        alert.changedAtNanoseconds, alert.reason, alert.expiresAtNanoseconds,
                    ])
                if database.changesCount > 0 {
                    try Self.log(alert.id, .open, at: alert.firstSeenAtNanoseconds, nil, nil, database)
                }
                for step in alert.steps {
                    let machine = step.machine == 0 ? nil : step.machine
                    try database.execute(
                        sql: """
                            INSERT INTO alertStep (alert, series, machine, afterRun, throughRun)
                            SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (
                                SELECT 1 FROM alertStep WHERE alert = ?1 AND series = ?2 AND machine IS ?3
                                    AND afterRun = ?4 AND throughRun = ?5)
                            """, arguments: [alert.id, step.series, machine, step.afterRun, step.throughRun])
                }
            }
        }
    }

    /// Decides about an alert.
    /// - Parameter id: its identifier, or a beginning that no other has.
    /// - Returns: the whole identifier.
    /// - Throws: ``RegressionError`` of code `noSeries` when there is none, or there are several.
    package func decide(
        _ id: String, _ state: StoredAlert.State, reason: String?, expiresAtNanoseconds: Int64?
    ) throws -> String {
        let now = Self.now()
        return try write { database in
            let found = try Self.identifier(id, String.fetchAll(database, sql: "SELECT id FROM alert"))
            try database.execute(
                sql: "UPDATE alert SET state = ?, changedAt = ?, reason = ?, expiresAt = ? WHERE id = ?",
                arguments: [state.rawValue, now, reason, expiresAtNanoseconds, found])
            try Self.log(found, state, at: now, reason, expiresAtNanoseconds, database)
            return found
        }
    }

    /// The alert that a beginning of an identifier means.
    package static func identifier(_ text: String, _ known: [String]) throws(RegressionError) -> String {
        if known.contains(text) { return text }
        let fitting = text.utf8.count >= 3 ? known.filter { $0.hasPrefix(text) } : []
        if fitting.count == 1 { return fitting[0] }
        throw RegressionError(
            .noSeries,
            fitting.isEmpty
                ? "there is no alert '\(PlainText.of(text))': 'tickscope history' shows those that there are"
                : "several alerts begin with '\(PlainText.of(text))': \(fitting.prefix(5).joined(separator: ", "))")
    }

    private static func log(
        _ id: String, _ state: StoredAlert.State, at time: Int64, _ reason: String?, _ expires: Int64?,
        _ database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO alertEvent (alert, at, state, reason, expiresAt) VALUES (?, ?, ?, ?, ?)",
            arguments: [id, time, state.rawValue, reason, expires])
    }
}
