import Foundation
import TestSupport
import Testing

/// A git repository in which a script is the benchmark: what it costs is in a file of each commit.
final class BenchmarkedRepository {
    let folder: TemporaryFolder
    let path: String
    let store: String
    private(set) var commits: [String] = []

    static let isPossible = FileManager.default.isExecutableFile(atPath: "/usr/bin/git")

    /// Writes ten repetitions around the cost, each a little off, in the JSON of Google Benchmark. Seeds that
    /// follow each other, such as process numbers, would give runs that resemble each other.
    private static let script = #"""
        #!/bin/sh
        out=${1:-$TICKSCOPE_RESULT}
        cost=$(cat cost)
        awk -v cost="$cost" -v seed="$(od -An -N4 -tu4 /dev/urandom)" 'BEGIN {
            srand(seed)
            level = cost * (0.99 + 0.02 * rand())
            printf "{\"context\": {\"num_cpus\": 2, \"host_name\": \"h\"}, \"benchmarks\": ["
            for (i = 0; i < 10; i++) {
                time = level * (0.999 + 0.002 * rand())
                printf "%s{\"name\": \"work\", \"run_name\": \"work\", \"run_type\": \"iteration\", ", i ? "," : ""
                printf "\"repetitions\": 10, \"repetition_index\": %d, \"threads\": 1, \"iterations\": 1000, ", i
                printf "\"real_time\": %f, \"cpu_time\": %f, \"time_unit\": \"ns\"}", time, time
            }
            printf "]}"
        }' > "$out"
        """#

    /// One commit a cost.
    init(costs: [Double]) throws {
        folder = try TemporaryFolder()
        (path, store) = (folder.file("repository"), folder.file("s"))
        try git(["init", "--quiet", "--initial-branch=main", path], in: folder.path)
        for (name, value) in [("user.name", "n"), ("user.email", "n@example.invalid"), ("commit.gpgsign", "false")] {
            try git(["config", name, value])
        }
        try write(Self.script, to: "bench.sh")
        for (index, cost) in costs.enumerated() { try commit("cost \(index)", ["cost": "\(cost)"]) }
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    func commit(_ title: String, _ files: [String: String]) throws {
        for (name, text) in files { try write(text, to: name) }
        // Equal costs make commits, too.
        try write(title, to: "title")
        try git(["add", "--all"])
        try git(["commit", "--quiet", "-m", title])
        commits.append(try git(["rev-parse", "HEAD"]).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @discardableResult
    func git(_ arguments: [String], in other: String? = nil) throws -> String {
        let program = try Program.run(["git", "-C", other ?? path] + arguments)
        guard try program.wait() == .exited(0) else { throw TestFailure("git \(arguments): \(program.errors.text)") }
        return program.output.text
    }

    func short(_ index: Int) -> String { String(commits[index].prefix(9)) }

    /// Checks out, measures and saves commits, and returns to the branch.
    func measure(_ indices: some Sequence<Int>) throws {
        for index in indices { try save(index) }
    }

    func save(_ index: Int) throws {
        try git(["checkout", "--quiet", commits[index]])
        let result = folder.file("result.json")
        let bench = try Program.run(["sh", "-c", "cd \"$0\" && sh bench.sh \"$1\"", path, result])
        #expect(try bench.wait() == .exited(0), "\(bench.errors.text)")
        // A detached head has no branch.
        let saved = try run([
            "baseline", "save", "main", result, "--commit", commits[index], "--branch", "main",
        ])
        #expect(try saved.wait() == .exited(0), "\(saved.errors.text)")
        try git(["checkout", "--quiet", "main"])
    }

    /// Runs the tool in the repository, on the store.
    func run(_ arguments: [String], in other: String? = nil, timeout: Double = 60) throws -> Program {
        try Program.run(
            ["sh", "-c", "cd \"$0\" && exec \"$@\"", other ?? path, Tickscope.path] + arguments + ["--store", store],
            timeout: timeout)
    }

    /// The only open regression.
    func alert() throws -> String {
        let shown = try run(["history", "--format", "json"])
        let report = try JSONSerialization.jsonObject(with: Data(shown.output.text.utf8)) as? [String: Any]
        let alerts = (report?["alerts"] as? [[String: Any]] ?? []).filter {
            $0["state"] as? String == "open" && $0["isRegression"] as? Bool == true
        }
        guard alerts.count == 1, let id = alerts[0]["id"] as? String else {
            throw TestFailure("\(alerts.count) open regressions: \(shown.output.text) \(shown.errors.text)")
        }
        return id
    }
}
