import Benchmarking
import Foundation
import RegressionAnalysis
import TestSupport
import Testing

@Suite struct StoreTests {
    private let run = Sample.run([
        Sample.result("b", [(.time, [3, 1, 2]), (.allocations, [])]), Sample.result("c", [(.cycles, [7])]),
    ])

    private func save(_ store: SQLiteStore, _ name: String, _ run: BenchmarkRun? = nil, force: Bool = false) throws {
        _ = try store.save(
            run ?? self.run, as: BaselineName(name), origin: RunOrigin(commit: "c0ffee", branch: "main"),
            replacesPinned: force)
    }

    @Test func whatIsSavedIsReadAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("deep/er/store.sqlite")
        try save(SQLiteStore(path: path, access: .writing), "main")
        let store = try SQLiteStore(path: path, access: .reading)
        let baseline = try store.baseline(BaselineName("main"))
        #expect(try store.run(of: baseline) == run)
        #expect(baseline.origin == RunOrigin(commit: "c0ffee", branch: "main") && baseline.benchmarkCount == 2)
        #expect(throws: RegressionError.self) { try store.baseline(BaselineName("other")) }
    }

    @Test func everyRunStaysInTheHistory() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("s"), access: .writing)
        for level in 1...5 { try save(store, "main", Sample.one(.time, [Double(level), 100, 0])) }
        try store.delete(BaselineName("main"), force: false)
        let points = try store.series(of: BenchmarkID(name: "b"), metric: .time, limit: 3)
        #expect(points.map(\.median) == [3, 4, 5] && points.map(\.runNumber) == [3, 4, 5])
        #expect(points[0].replicates == 3 && points[0].commit == "c0ffee")
        #expect(try store.series(of: BenchmarkID(name: "b", argument: ""), metric: .time, limit: 3).isEmpty)
        #expect(try store.baselines().isEmpty)
    }

    @Test func aPinnedBaselineStaysAsItIs() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("s"), access: .writing)
        try save(store, "main")
        try store.setPinned(BaselineName("main"), true)
        #expect(throws: RegressionError.self) { try save(store, "main") }
        #expect(throws: RegressionError.self) { try store.delete(BaselineName("main"), force: false) }
        #expect(try store.series(of: BenchmarkID(name: "b"), metric: .time, limit: 9).count == 1)
        try save(store, "main", force: true)
        #expect(try store.baselines().map(\.isPinned) == [true])
        try store.delete(BaselineName("main"), force: true)
        #expect(throws: RegressionError.self) { try store.setPinned(BaselineName("main"), true) }
    }

    @Test(arguments: ["", ".", "../x", "a b", "a/", "a//b", "-a", "ä", "a\n", String(repeating: "a", count: 101)])
    func namesThatAreNone(_ text: String) { #expect(throws: RegressionError.self) { try BaselineName(text) } }

    @Test func emptyRunsAreNotSaved() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("s"), access: .writing)
        #expect(throws: RegressionError.self) { try save(store, "main", Sample.run([])) }
        #expect(throws: (any Error).self) { try save(store, "main", Sample.one(.time, [.nan])) }
        #expect(try store.baselines().isEmpty)
    }

    @Test func anExportedBaselineIsTheSameElsewhere() throws {
        let file = BaselineFile(
            name: try BaselineName("main"), origin: RunOrigin(commit: "c", branch: "b"), isPinned: true, run: run)
        let bytes = try file.encoded()
        #expect(try BaselineFile(bytes) == file)
        #expect(throws: RegressionError.self) { try BaselineFile(Array(bytes.dropLast(20))) }
        let text = String(decoding: bytes, as: UTF8.self)
        let newer = text.replacingOccurrences(of: "\"baselineVersion\":1", with: "\"baselineVersion\":2")
        #expect(throws: RegressionError.self) { try BaselineFile(Array(newer.utf8)) }
        #expect(throws: RegressionError.self) { try BaselineFile(Array("[]".utf8)) }
    }

    // MARK: Bad files

    @Test(arguments: ["this is no database, and never was one: keep it all the same", ""])
    func aDamagedStoreIsKeptAside(_ text: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("s")
        try save(SQLiteStore(path: path, access: .writing), "main")
        // The header stays, the pages go; or nothing was a database.
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        if text.isEmpty {
            for index in 4096..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        } else {
            bytes = Array(text.utf8)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do {
            _ = try SQLiteStore(path: path, access: .reading)
            Issue.record("a damaged store was read")
        } catch let error as RegressionError {
            #expect(error.code == .damagedStore)
        }
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
        let store = try SQLiteStore(path: path, access: .writing)
        let kept = try #require(store.keptAside)
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: kept))) == bytes)
        try save(store, "main")
        #expect(try SQLiteStore(path: path, access: .writing).keptAside == nil)
    }

    private func sqlite(_ path: String, _ sql: String) throws -> String {
        let shell = try Program.run(["/usr/bin/sqlite3", path, sql], timeout: 30)
        #expect(try shell.wait() == .exited(0))
        return shell.output.text
    }

    private static let hasShell = FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")

    @Test(.enabled(if: StoreTests.hasShell)) func aStoreFromTheFutureIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("s")
        try save(SQLiteStore(path: path, access: .writing), "main")
        _ = try sqlite(path, "INSERT INTO grdb_migrations VALUES ('2')")
        for access in [SQLiteStore.Access.reading, .writing] {
            do {
                _ = try SQLiteStore(path: path, access: access)
                Issue.record("a store from the future was opened")
            } catch let error as RegressionError {
                #expect(error.description.contains("newer tickscope"))
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.contains("damaged") })
    }

    @Test(.enabled(if: StoreTests.hasShell)) func databasesOfOthersAreLeftAlone() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("s")
        _ = try sqlite(path, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)")
        #expect(throws: RegressionError.self) { try SQLiteStore(path: path, access: .writing) }
        #expect(try sqlite(path, "SELECT count(*) FROM sqlite_master") == "1\n")
    }

    @Test func aMissingStoreSaysWhatToDo() throws {
        let folder = try TemporaryFolder()
        #expect(throws: RegressionError.self) { try SQLiteStore(path: folder.file("none"), access: .reading) }
        #expect(throws: RegressionError.self) { try SQLiteStore(path: "/proc/none/store", access: .writing) }
    }

    // MARK: Crashes and company

    /// Kills a saver at fifty different moments: whatever it said it had kept is there.
    @Test(.timeLimit(.minutes(5))) func killingASaverLosesNothing() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("s")
        var told: Int64 = 0
        for round in 0..<50 {
            let saver = try Program([BuiltProgram.path("store-saver"), path, "1000000", "word"])
            // Some while it opens the store, most between its saves.
            if round >= 10 { _ = try saver.waitForLine("") }
            usleep(UInt32(1000 * (round % 10 + 1) * (round >= 10 ? 1 : 3)))
            saver.kill()
            _ = try saver.wait()
            if let last = saver.output.text.split(separator: "\n", omittingEmptySubsequences: true)
                .last(where: { Int64($0) != nil }).flatMap({ Int64($0) })
            {
                told = max(told, last)
            }
            // Opening checks the integrity; a damaged store would be put aside.
            let store = try SQLiteStore(path: path, access: .writing)
            #expect(store.keptAside == nil)
            let points = try store.series(of: BenchmarkID(name: "word"), metric: .time, limit: 1_000_000)
            #expect(points.map(\.runNumber) == Array(1...Int64(max(1, points.count))).filter { $0 <= points.count })
            #expect((points.last?.runNumber ?? 0) >= told)
        }
        #expect(told > 50, "the savers were killed before they saved anything")
        let store = try SQLiteStore(path: path, access: .reading)
        #expect(try store.run(of: store.baseline(BaselineName("main"))).results.count == 20)
    }

    @Test(.timeLimit(.minutes(5))) func severalSaveAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("new/s")
        let savers = try (0..<4).map { try Program([BuiltProgram.path("store-saver"), path, "25", "w\($0)"]) }
        for saver in savers { #expect(try saver.wait() == .exited(0), "\(saver.errors.text)") }
        let store = try SQLiteStore(path: path, access: .reading)
        for index in 0..<4 {
            #expect(try store.series(of: BenchmarkID(name: "w\(index)"), metric: .time, limit: 1000).count == 25)
        }
        #expect(
            try store.series(of: BenchmarkID(name: "b1"), metric: .time, limit: 1000).map(\.runNumber) == Array(1...100)
        )
    }
}
