internal import Benchmarking
internal import BenchmarkSuites
internal import FoundationEssentials
internal import GRDB
internal import ProfileFormats

/// What runs that were saved before tell of their machines and tails, read from their bodies once.
enum StoreBackfill {
    /// Within a migration. A body that cannot be read leaves its run without a machine.
    static func run(_ database: Database) throws {
        var register = MachineRegister()
        let numbers = try Int64.fetchAll(database, sql: "SELECT id FROM run ORDER BY id")
        for number in numbers {
            guard let run = try body(of: number, database) else { continue }
            let machine = try register.register(run.machine, in: database)
            try database.cachedStatement(sql: "UPDATE run SET machine = ? WHERE id = ?").execute(
                arguments: [machine, number])
            for result in run.results {
                for point in RunPoints.tails(result) { try SQLiteStore.insert(point, run: number, database) }
            }
        }
    }

    /// The machine of a run in a store that was not brought up to date.
    static func machine(of number: Int64, _ database: Database) throws -> MachineFingerprint? {
        try body(of: number, database)?.machine
    }

    private static func body(of number: Int64, _ database: Database) throws -> BenchmarkRun? {
        let body = try Data.fetchOne(
            database.cachedStatement(sql: "SELECT body FROM run WHERE id = ?"), arguments: [number])
        guard let body,
            let bytes = try? GzipCoding.inflate(Array(body), limit: BenchmarkRunFile.mostBytes)
        else { return nil }
        return try? BenchmarkRunFile.decode(bytes)
    }
}
