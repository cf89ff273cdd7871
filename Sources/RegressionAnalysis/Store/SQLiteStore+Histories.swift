internal import Benchmarking
internal import BenchmarkSuites
internal import GRDB

/// Series of a store, and what they leave out.
package struct StoredHistories: Sendable {
    /// By benchmark, metric, machine and branch.
    package var series: [StoredSeries]
    /// Benchmarks of the store, for messages.
    package var names: [String]
}

extension SQLiteStore {
    /// Reads the series that a request means. O(points · log) each.
    /// - Throws: ``RegressionError`` when the commit to begin at is not known.
    package func histories(_ request: HistoryRequest) throws -> StoredHistories {
        try read { database in
            guard try database.tableExists("point") else { return StoredHistories(series: [], names: []) }
            var machines = try MachineReader(database)
            let start = try Self.start(request.since, database)
            let all = try Self.listed(database)
            var series: [StoredSeries] = []
            for entry in Self.chosen(all, request) {
                series += try Self.load(entry, request, from: start, &machines, database)
            }
            var seen: Set<String> = []
            let names = all.map(\.benchmark.description).filter { seen.insert($0).inserted }
            return StoredHistories(series: series, names: names)
        }
    }

    /// Whether the store was last written by an older tickscope: the next one that writes brings it up to date.
    package func isOutdated() throws -> Bool {
        try read { database in
            try database.tableExists("run") && !StoreSchema.migrator.hasCompletedMigrations(database)
        }
    }

    // MARK: Which

    private struct Entry {
        var number: Int64
        var benchmark: BenchmarkID
        var metric: BenchmarkMetric
    }

    private static func listed(_ database: Database) throws -> [Entry] {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT id, benchmark, suffix, metric FROM series ORDER BY benchmark, suffix, id")
        var entries: [Entry] = []
        while let row = try rows.next() {
            let (name, suffix, metric): (String, String, String) = (row[1], row[2], row[3])
            guard let metric = BenchmarkMetric(id: metric) else { continue }
            let id = BenchmarkID(name: name, argument: suffix.isEmpty ? nil : String(suffix.dropFirst()))
            entries.append(Entry(number: row[0], benchmark: id, metric: metric))
        }
        return entries
    }

    private static func chosen(_ all: [Entry], _ request: HistoryRequest) -> [Entry] {
        let (benchmarks, metrics) = (request.benchmarks.map(NamePattern.init), request.metrics.map(NamePattern.init))
        let named = all.filter { entry in
            benchmarks.isEmpty || benchmarks.contains { $0.matches(entry.benchmark.description) }
        }
        let order = Dictionary(
            uniqueKeysWithValues: BenchmarkMetric.all.enumerated().map { ($1.id, $0) })
        let groups = Dictionary(grouping: named, by: \.benchmark)
        var seen: Set<BenchmarkID> = []
        return named.filter { seen.insert($0.benchmark).inserted }.flatMap { first -> [Entry] in
            let entries = groups[first.benchmark] ?? []
            // Of costs that tell the same, one.
            let cost = GateMetric.costs.first { cost in entries.contains { $0.metric == cost } }
            return entries.filter { entry in
                guard metrics.isEmpty else { return metrics.contains { $0.matches(entry.metric.id) } }
                return GateMetric.costs.contains(entry.metric)
                    ? entry.metric == cost : GateMetric(entry.metric).gatesUsually
            }.sorted { (order[$0.metric.id] ?? 0) < (order[$1.metric.id] ?? 0) }
        }
    }

    // MARK: From where

    private enum Start {
        case beginning
        case nanoseconds(Int64)
        case place(Double)
    }

    private static func start(_ start: HistoryRequest.Start?, _ database: Database) throws -> Start {
        switch start {
        case nil: return .beginning
        case .nanoseconds(let time): return .nanoseconds(time)
        case .commit(let prefix):
            let place = try hasPlaces(database) ? "coalesce(place, id)" : "id"
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT commitID, min(\(place)) FROM run WHERE commitID >= ? AND commitID < ?
                    GROUP BY commitID LIMIT 2
                    """, arguments: [prefix, prefix + "\u{10FFFF}"])
            guard let row = rows.first else {
                throw RegressionError(
                    .noSeries,
                    "no run of the store is of commit '\(PlainText.of(prefix))': give another --since, or a date such as "
                        + "2026-01-31")
            }
            guard rows.count == 1 || row[0] == prefix else {
                throw RegressionError(
                    .noSeries, "several commits begin with '\(PlainText.of(prefix))': give more of --since")
            }
            return .place(row[1])
        }
    }

    // MARK: Points

    private static func hasPlaces(_ database: Database) throws -> Bool { try database.tableExists("machine") }

    private struct Key: Hashable {
        var machine: Int64
        var branch: String?
    }

    private static func load(
        _ entry: Entry, _ request: HistoryRequest, from start: Start, _ machines: inout MachineReader,
        _ database: Database
    ) throws -> [StoredSeries] {
        let columns = try hasPlaces(database) ? "coalesce(run.place, run.id), machine" : "run.id, NULL"
        // The points lead: they are one stretch of the file, and their number is bounded.
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT point.run, \(columns), startedAt, commitID, branch, median, replicates
                    FROM point CROSS JOIN run ON run.id = point.run
                    WHERE point.series = ? ORDER BY point.run DESC LIMIT ?
                    """), arguments: [entry.number, request.limit + 1])
        let branches = request.branches.map(NamePattern.init)
        var groups: [Key: [StoredPoint]] = [:]
        var count = 0
        while let row = try rows.next() {
            count += 1
            if count > request.limit { break }
            let branch: String? = row[5]
            guard branches.isEmpty || branches.contains(where: { $0.matches(branch ?? "") }) else { continue }
            let (run, median): (Int64, Double) = (row[0], row[6])
            let machine = try machines.number(of: run, stored: row[2], database)
            groups[Key(machine: machine, branch: branch), default: []].append(
                StoredPoint(
                    run: run, place: row[1], startedAtNanoseconds: row[3], commit: row[4], value: median,
                    replicates: row[7]))
        }
        let keys = groups.keys.sorted { ($0.machine, $0.branch ?? "") < ($1.machine, $1.branch ?? "") }
        return keys.compactMap { key in
            var points = (groups[key] ?? []).sorted { ($0.place, $0.run) < ($1.place, $1.run) }
            switch start {
            case .beginning: break
            case .nanoseconds(let time):
                points = Array(points.drop { $0.startedAtNanoseconds < time })
            case .place(let place): points = Array(points.drop { $0.place < place })
            }
            guard !points.isEmpty else { return nil }
            return StoredSeries(
                number: entry.number, benchmark: entry.benchmark, metric: entry.metric,
                machine: machines.machine(key.machine), branch: key.branch, points: points,
                isCut: count > request.limit)
        }
    }
}

/// Machines of runs, from the store's table, or from the runs themselves where it is an older store.
private struct MachineReader {
    private var register: MachineRegister
    private let isStored: Bool
    private var known: [Int64: Int64] = [:]

    init(_ database: Database) throws {
        isStored = try database.tableExists("machine")
        register = isStored ? try MachineRegister(database) : MachineRegister()
    }

    /// 0 where it cannot be told.
    mutating func number(of run: Int64, stored: Int64?, _ database: Database) throws -> Int64 {
        if isStored { return stored ?? 0 }
        if let number = known[run] { return number }
        let number = try StoreBackfill.machine(of: run, database).map { register.register($0) } ?? 0
        known[run] = number
        return number
    }

    func machine(_ number: Int64) -> StoredMachine {
        register.machines.first { $0.number == number } ?? StoredMachine(number: 0, fingerprint: .unknown)
    }
}

extension MachineFingerprint {
    fileprivate static let unknown = MachineFingerprint(
        hostname: "", architecture: "", processor: "", processorName: "", logicalCPUs: 0, hypervisor: nil, kernel: "",
        ticksPerSecond: 0, tickStep: 0, coreCyclesPerTick: nil, hasHardwareCounters: false, grade: nil)
}
