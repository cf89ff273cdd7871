package import Benchmarking
internal import FoundationEssentials
internal import GRDB

extension SQLiteStore {
    /// Keeps a calibration; earlier ones of the machine stay.
    package func keep(_ calibration: Calibration) throws {
        let body = try JSONEncoder().encode(calibration)
        try write { database in
            try database.execute(
                sql: "INSERT INTO calibration (measuredAt, body) VALUES (?, ?)",
                arguments: [calibration.measuredAtNanoseconds, body])
        }
    }

    /// The latest calibration of a machine of this kind; nil when there is none.
    package func calibration(of machine: MachineFingerprint) throws -> Calibration? {
        try read { database in
            guard try database.tableExists("calibration") else { return nil }
            // Some stores serve several machines; no more than the last of them are looked at.
            let bodies = try Data.fetchAll(
                database, sql: "SELECT body FROM calibration ORDER BY measuredAt DESC, id DESC LIMIT 50")
            return bodies.lazy.compactMap { try? JSONDecoder().decode(Calibration.self, from: $0) }
                .first { MachineMatch($0.machine, machine).differences.isEmpty }
        }
    }
}
