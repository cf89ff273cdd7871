import Benchmarking
import Foundation
import RegressionAnalysis
import Statistics
import TestSupport
import Testing

@Suite struct HistoryTests {
    @Test func aStepIsPlacedBetweenCommits() throws {
        let made = try MadeHistory()
        for index in 0..<40 { try made.add(["b": index < 25 ? 100 : 110]) }
        let overview = try made.overview()
        let history = try #require(overview.histories.first)
        let step = try #require(history.steps.first)
        #expect(overview.histories.count == 1 && history.steps.count == 1)
        #expect(step.index == 25 && step.direction == .worse)
        #expect(step.lastBefore.commit == MadeHistory.commit(25) && step.firstAfter.commit == MadeHistory.commit(26))
        #expect(abs(try #require(step.share) - 0.1) < 0.01)
        #expect(history.levels.count == 2 && history.levels[1].interval?.contains(110) == true)
        #expect(overview.openRegressions.count == 1 && history.trend.verdict == .none)
    }

    @Test func machinesAndBranchesAreSeriesOfTheirOwn() throws {
        let made = try MadeHistory()
        for _ in 0..<12 {
            try made.add(["b": 100])
            try made.add(["b": 200], machine: Sample.machine(processor: "GenuineIntel 6/143"))
            try made.add(["b": 300], branch: "topic")
            try made.add(["b": 400], branch: nil)
            // Another host of the same kind is the same machine.
            try made.add(["b": 100], machine: Sample.machine(hostname: "other"))
        }
        let overview = try made.overview()
        #expect(overview.histories.map { Int(($0.levels[0].median / 100).rounded()) }.sorted() == [1, 2, 3, 4])
        #expect(overview.histories.allSatisfy(\.steps.isEmpty) && overview.machines.count == 2)
        var request = HistoryRequest()
        request.branches = ["top*"]
        #expect(try made.overview(request).histories.map(\.series.branch) == ["topic"])
        request.benchmarks = ["none"]
        #expect(throws: RegressionError.self) { try made.overview(request) }
    }

    @Test func anExactCountStepsAtOnce() throws {
        let made = try MadeHistory()
        for index in 0..<6 { try made.add(["b": index < 5 ? 3 : 4], metric: .allocations, isNoisy: false) }
        let overview = try made.overview()
        let step = try #require(overview.histories[0].steps.first)
        #expect(step.index == 5 && step.pValue == nil && overview.openRegressions.count == 1)
    }

    @Test(arguments: [0, 1, 2]) func shortSeriesAreNoErrors(_ count: Int) throws {
        let made = try MadeHistory()
        for _ in 0..<count { try made.add(["b": 100]) }
        guard count > 0 else {
            #expect(throws: RegressionError.self) { try made.overview() }
            _ = try made.store()
            #expect(throws: RegressionError.self) { try made.overview() }
            return
        }
        let overview = try made.overview()
        #expect(overview.histories[0].steps.isEmpty && overview.text().contains("too few runs"))
        #expect(overview.html().contains("too few runs"))
        #expect(try overview.json().contains("\"too few\""))
    }

    @Test func aConstantSeriesIsSaidToBeOne() throws {
        let made = try MadeHistory()
        for _ in 0..<30 { try made.add(["b": 100], isNoisy: false) }
        let overview = try made.overview()
        #expect(overview.histories[0].steps.isEmpty && overview.text().contains("always the same"))
    }

    @Test func whatNeverHappensTakesNoRoom() throws {
        let made = try MadeHistory()
        for _ in 0..<5 { try made.add(["b": 100, "z": 0], isNoisy: false) }
        let text = try made.overview().text()
        #expect(text.contains("not shown 1 count that was always 0") && text.contains("b ·") && !text.contains("z ·"))
        let alone = try MadeHistory()
        for _ in 0..<5 { try alone.add(["z": 0], isNoisy: false) }
        #expect(try alone.overview().text().contains("z ·"))
    }

    /// The store's order is that of saving, whatever clocks say.
    @Test func aClockThatGoesBackwardsIsTold() throws {
        let made = try MadeHistory()
        for index in 0..<30 {
            try made.add(["b": index < 15 ? 100 : 110], startedAt: Int64(index == 20 ? 1 : index + 10) * 1_000_000_000)
        }
        let history = try made.overview().histories[0]
        #expect(history.steps.map(\.index) == [15] && history.series.points[20].startedAtNanoseconds == 1_000_000_000)
        #expect(history.warnings.contains { $0.description.contains("started before") })
    }

    @Test func runsOfOneCommitStandTogetherAndAStepWithinThemIsTheMachines() throws {
        let made = try MadeHistory()
        for index in 1...12 { try made.add(["b": 100], commit: MadeHistory.commit(index)) }
        // Measured again, much later.
        for _ in 0..<3 { try made.add(["b": 100], commit: MadeHistory.commit(5)) }
        let points = try made.overview().histories[0].series.points
        let expected = [1, 2, 3, 4, 5, 5, 5, 5, 6, 7, 8, 9, 10, 11, 12].map(MadeHistory.commit)
        #expect(points.map(\.commit) == expected)
        for _ in 0..<8 { try made.add(["b": 100], commit: MadeHistory.commit(12)) }
        for _ in 0..<8 { try made.add(["b": 120], commit: MadeHistory.commit(12)) }
        let overview = try made.overview()
        #expect(overview.histories[0].steps.first?.isWithinCommit == true)
        #expect(overview.text().contains("the machine, not the source"))
    }

    @Test func earlierCommitsAreSavedWhereTheyBelong() throws {
        let made = try MadeHistory()
        for index in [1, 2, 6, 7] { try made.add(["b": 100], commit: MadeHistory.commit(index)) }
        let run = Sample.one(.time, [100])
        for index in [4, 3, 5] {
            let later = (index + 1...7).map(MadeHistory.commit)
            _ = try made.store().save(
                run, as: nil, origin: RunOrigin(commit: MadeHistory.commit(index), branch: "main"),
                replacesPinned: false, before: later)
        }
        let points = try made.overview().histories[0].series.points
        #expect(points.map(\.commit) == (1...7).map(MadeHistory.commit))
    }

    @Test func sinceBeginsAtADateOrACommit() throws {
        let made = try MadeHistory()
        for _ in 0..<10 { try made.add(["b": 100]) }
        var request = HistoryRequest()
        request.since = .commit(MadeHistory.commit(7))
        #expect(try made.overview(request).histories[0].series.points.count == 4)
        request.since = .nanoseconds(1_700_000_008_000_000_000)
        #expect(try made.overview(request).histories[0].series.points.count == 3)
        request.since = .commit("cccc")
        #expect(throws: RegressionError.self) { try made.overview(request) }
        request.since = .commit("dead")
        #expect(throws: RegressionError.self) { try made.overview(request) }
        request.since = nil
        request.limit = 4
        let history = try made.overview(request).histories[0]
        #expect(history.series.points.count == 4 && history.series.isCut)
    }

    /// Of series that climb by 2 % in 100 runs under 1 % of noise nearly all are seen, of level ones about one in a
    /// hundred: at most 6 of 200 (P < 0.005 if it were one).
    @Test func trendsAreResolvedOrNot() {
        var generator = RepeatableGenerator(seed: 3)
        var (found, wrong) = (0, 0)
        for _ in 0..<200 {
            for slope in [0.02, 0] {
                let points = (0..<100).map { index in
                    let value = 100 * (1 + slope * Double(index) / 100) * (1 + 0.01 * generator.normal())
                    return StoredPoint(
                        run: Int64(index), place: Double(index), startedAtNanoseconds: Int64(index), commit: nil,
                        value: value, replicates: 1)
                }
                let history = SeriesHistory(Self.series(points))
                guard history.steps.isEmpty else { continue }
                if slope > 0 {
                    found += history.trend.verdict == .rising ? 1 : 0
                } else {
                    wrong += history.trend.verdict == .none ? 0 : 1
                }
            }
        }
        #expect(found > 150 && wrong <= 6, "\(found) found, \(wrong) wrong")
    }

    private static func series(_ points: [StoredPoint]) -> StoredSeries {
        StoredSeries(
            number: 1, benchmark: BenchmarkID(name: "b"), metric: .time,
            machine: StoredMachine(number: 1, fingerprint: Sample.machine()), branch: nil, points: points, isCut: false)
    }

    @Test func tailsOfLatencyBenchmarksAreSeriesToo() throws {
        let made = try MadeHistory()
        func histogram(_ level: UInt64) -> LatencyHistogram {
            LatencyHistogram(values: [level, level * 4], counts: [9900, 100]) ?? LatencyHistogram()
        }
        for index in 0..<20 {
            let run = Sample.latency((0..<3).map { histogram(UInt64(1000 + index % 3 * 5 + $0)) })
            _ = try made.store().save(
                run, as: nil, origin: RunOrigin(commit: MadeHistory.commit(index)), replacesPinned: false, before: [])
        }
        let histories = try made.overview().histories
        #expect(histories.map(\.series.metric.id) == ["p50", "p90", "p99", "p99.9"])
        #expect(histories[0].series.points.allSatisfy { (1000...1020).contains($0.value) })
    }

    // MARK: Stores of an older tickscope

    private static let hasShell = FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")

    /// Makes the store what version 1 would have written.
    private func takeBack(_ path: String) throws {
        let sql = """
            DROP TABLE alertEvent; DROP TABLE alertStep; DROP TABLE alert; DROP TABLE calibration;
            DROP INDEX runByCommit; DROP INDEX runByPlace;
            CREATE TABLE old (
                id INTEGER PRIMARY KEY, startedAt INTEGER NOT NULL, savedAt INTEGER NOT NULL, tool TEXT NOT NULL,
                hostname TEXT NOT NULL, commitID TEXT, branch TEXT, benchmarkCount INTEGER NOT NULL, body BLOB NOT NULL);
            INSERT INTO old SELECT id, startedAt, savedAt, tool, hostname, commitID, branch, benchmarkCount, body FROM run;
            DROP TABLE run; ALTER TABLE old RENAME TO run; DROP TABLE machine;
            DELETE FROM grdb_migrations WHERE identifier <> '1';
            """
        let shell = try Program.run(["/usr/bin/sqlite3", path, sql], timeout: 30)
        #expect(try shell.wait() == .exited(0), "\(shell.errors.text)")
    }

    @Test(.enabled(if: HistoryTests.hasShell)) func anOlderStoreIsReadAndBroughtUpToDate() throws {
        let made = try MadeHistory()
        for index in 0..<12 {
            try made.add(["b": 100])
            try made.add(["b": index < 6 ? 200 : 240], machine: Sample.machine(processor: "GenuineIntel 6/143"))
        }
        let before = try made.overview()
        try takeBack(made.path)
        let old = try SQLiteStore(path: made.path, access: .reading)
        #expect(try old.isOutdated())
        // Machines are numbered in the order in which they are met, which is not the same here.
        let read = try old.histories(HistoryRequest()).series.sorted { $0.points[0].run < $1.points[0].run }
        for (one, other) in zip(read, before.histories) { #expect(one.points == other.series.points) }
        #expect(read.count == 2)
        let after = try made.overview()
        let isOutdated = try SQLiteStore(path: made.path, access: .reading).isOutdated()
        #expect(!isOutdated)
        #expect(after.histories == before.histories && after.alerts.map(\.id) == before.alerts.map(\.id))
        try made.add(["b": 100])
        #expect(try made.overview().histories[0].series.points.count == 13)
    }
}
