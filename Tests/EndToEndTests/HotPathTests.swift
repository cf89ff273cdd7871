import Foundation
import TestSupport
import Testing

/// The scenarios of the hot path, as `make bench` runs them.
@Suite("The hot path", .serialized, .timeLimit(.minutes(4)))
struct HotPathTests {
    private static let program = BuiltProgram.path("hot-path-benchmarks")

    /// Every call of 2,000 messages through the whole path: none counts references, checks exclusivity, allocates or
    /// asks the kernel for anything.
    @Test("2,000 messages call nothing that counts, checks, allocates or waits")
    func calls() throws {
        let trace = try Tickscope.run(
            ["bench", "trace", Self.program, "--filter", "full-pipeline.calls", "--format", "json"], timeout: 150)
        #expect(try trace.wait() == .exited(0), "\(trace.errors.text)")
        let object = try BenchEndToEnd.object(trace.output.text)
        let rows = try #require(object["rows"] as? [[String: Any]])
        let functions = Set(rows.compactMap { $0["function"] as? String })
        #expect(try #require(object["instructions"] as? Int) > 100_000)
        // The path is there at all.
        #expect(functions.contains { $0.contains("FeedLoop.step") })
        let modules = Set(rows.compactMap { $0["module"] as? String })
        #expect(modules == ["hot-path-benchmarks"], "\(modules)")
        let forbidden = ["swift_retain", "swift_release", "swift_beginAccess", "swift_allocObject", "malloc", "memcpy"]
        for name in forbidden { #expect(!functions.contains { $0.contains(name) }, "\(name) is called") }
    }

    @Test("Scenarios keep exact budgets, and say what they came to")
    func budgets() throws {
        let folder = try TemporaryFolder()
        let suite = folder.file("tickscope.yaml")
        try BenchEndToEnd.write(
            """
            suites:
              - name: exact
                program: \(Self.program)
                scenarios:
                  - benchmark: zero-allocation-soak
                    budgets: { allocations: 0, frees: 0, retains: 0, releases: 0, swift-allocations: 0 }
                  - benchmark: packet-path
                    budgets: { allocations: 0, retains: 0 }
                  - benchmark: implementations
            """, to: suite)
        let run = try BenchEndToEnd.run(
            ["--config", suite, "--processes", "2", "--seconds", "0.1", "--format", "json"], timeout: 120)
        #expect(try run.wait() == .exited(0), "\(run.errors.text)")
        let results = try #require(try BenchEndToEnd.object(run.output.text)["results"] as? [[String: Any]])
        #expect(results.count == 5)
        // One state, whatever the books are made of.
        let digests = results.compactMap { result -> String? in
            let record = result["record"] as? [String: Any]
            let outcomes = record?["outcomes"] as? [[String: Any]]
            return outcomes?.first { $0["name"] as? String == "digest" }?["text"] as? String
        }
        #expect(digests.count == 5 && Set(digests).count == 1)
    }

    @Test("Every scenario of the suite file exists, and every benchmark but the day's and the traced one is in it")
    func coverage() throws {
        let list = try Tickscope.run(["bench", "list", Self.program])
        #expect(try list.wait() == .exited(0), "\(list.errors.text)")
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try String(contentsOf: root.appendingPathComponent("tickscope.yaml"), encoding: .utf8)
        let listed = Set(
            file.split(separator: "\n").filter { $0.contains("- benchmark: ") }.map {
                String($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces))
            })
        let names = Set(
            list.output.text.split(separator: "\n").compactMap { line -> String? in
                line.split(separator: " ").first.map { String($0.split(separator: "/")[0]) }
            }.filter { $0.contains("-") || $0.contains(".") || ["scaling", "sweep", "implementations"].contains($0) })
        #expect(listed.count >= 25)
        #expect(names.subtracting(listed) == ["full-pipeline.calls"], "\(names.subtracting(listed))")
    }
}
