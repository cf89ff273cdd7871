import Foundation
import TestSupport
import Testing

extension BenchEndToEnd {
    /// What goes wrong while measuring: said of the benchmark, the others are measured, and the exit code is 1.
    @Suite struct Failures {
        @Test(arguments: [
            ("throws", "threw", "Refusal"), ("crashes", "crashed", "signal"), ("hangs", "timed-out", "timeout of 1 s"),
            ("exits", "exited", "status 7"), ("never-measures", "protocol", "never calls measure"),
        ])
        func aBenchmarkThatFailsIsNamedAndTheOthersAreMeasured(name: String, code: String, words: String) throws {
            let options = ["--filter", "^(\(name)|fine)$", "--format", "json"] + briefly
            let program = try run([fixtures] + options)
            expectOneError(program, mentions: ["1 of 2 benchmarks failed: \(name)"])
            let results = try results(program.output.text)
            let failure = try #require(results[name]?["failure"] as? [String: String])
            #expect(failure["code"] == code)
            #expect(failure["text"]?.contains(words) == true, "\(failure)")
            #expect(results["fine"]?["failure"] == nil && results["fine"]?["processCount"] as? Int == 2)
        }

        @Test func childrenOfABenchmarkAreNoFailure() throws {
            let program = try run([fixtures, "--filter", "^forks"] + briefly)
            #expect(try program.wait() == .exited(0), "\(program.errors.text)")
        }

        @Test func anOperationThatTheOptimizerRemovedIsSaid() throws {
            let program = try run([fixtures, "--filter", "^removed$"] + briefly)
            #expect(try program.wait() == .exited(0), "\(program.errors.text)")
            #expect(program.output.lines.contains { $0.contains("removed: costs nothing") && $0.contains("keep(_:)") })
        }

        /// A terminal's Ctrl-C reaches the tool alone: the benchmark has a process group of its own.
        @Test(arguments: [SIGINT, SIGTERM])
        func aSignalEndsTheBenchmarkToo(signal: Int32) throws {
            let options = ["--filter", "^hangs$", "--timeout", "300"]
            let tool = try Tickscope.start(["bench", "run", fixtures] + options)
            let worker = try waitForChild(of: tool, named: "benchmark-fixtu")
            tool.signal(signal)
            expectOneError(tool, mentions: ["interrupted"])
            #expect(kill(worker, 0) != 0 && errno == ESRCH)
        }

        @Test func aSignalEndsAComparedCommandToo() throws {
            let tool = try Tickscope.start(["bench", "compare", "--command", "sleep 300", "sleep 300"])
            let command = try waitForChild(of: tool, named: "sleep")
            tool.signal(SIGINT)
            expectOneError(tool, mentions: ["interrupted"])
            #expect(kill(command, 0) != 0 && errno == ESRCH)
        }

        private func waitForChild(of tool: Program, named name: String) throws -> Int32 {
            for _ in 0..<2_000 {
                // The first children only list benchmarks; this one stays.
                let children =
                    (try? String(contentsOfFile: "/proc/\(tool.pid)/task/\(tool.pid)/children", encoding: .utf8)) ?? ""
                for child in children.split(separator: " ").compactMap({ Int32($0) }) {
                    let command = try? String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8)
                    usleep(300_000)
                    let later = try? String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8)
                    if command?.hasPrefix(name) == true, later == command { return child }
                }
                usleep(5_000)
            }
            throw TestFailure("\(tool.arguments) started no \(name): \(tool.errors.text)")
        }
    }
}
