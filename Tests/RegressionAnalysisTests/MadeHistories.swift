import Benchmarking
import RegressionAnalysis
import Statistics
import TestSupport

/// A store in a folder of its own, filled with runs of chosen levels.
final class MadeHistory {
    let folder: TemporaryFolder
    let path: String
    private var noise: RepeatableGenerator
    private var commits = 0

    init(seed: UInt64 = 1) throws {
        folder = try TemporaryFolder()
        path = folder.file("s")
        noise = RepeatableGenerator(seed: seed)
    }

    /// 40 hexadecimal digits.
    static func commit(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "c", count: 40 - digits.count) + digits
    }

    func store() throws -> SQLiteStore { try SQLiteStore(path: path, access: .writing) }

    /// Saves one run: a level of each benchmark, with 1 % of noise.
    /// - Parameter commit: nil for the next one.
    @discardableResult
    func add(
        _ levels: [String: Double], metric: BenchmarkMetric = .time, commit: String? = nil, branch: String? = "main",
        machine: MachineFingerprint = Sample.machine(), startedAt: Int64? = nil, isNoisy: Bool = true
    ) throws -> Int64 {
        if commit == nil { commits += 1 }
        let results = levels.sorted { $0.key < $1.key }.map { name, level in
            Sample.result(name, [(metric, Sample.steady(level * (isNoisy ? 1 + 0.01 * noise.normal() : 1)))])
        }
        var run = Sample.run(results, machine: machine)
        run.startedAtNanoseconds = startedAt ?? 1_700_000_000_000_000_000 + Int64(commits) * 1_000_000_000
        let origin = RunOrigin(commit: commit ?? Self.commit(commits), branch: branch)
        return try store().save(run, as: nil, origin: origin, replacesPinned: false, before: [])
    }

    func overview(_ request: HistoryRequest = HistoryRequest(), now: Int64? = nil) throws -> HistoryOverview {
        try HistoryLoader(path: path, now: now).overview(request)
    }
}
