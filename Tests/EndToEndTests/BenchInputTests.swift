import Foundation
import TestSupport
import Testing

extension BenchEndToEnd {
    /// Mistakes of the command line and of files: one line that says what to do, and the right exit code.
    @Suite struct Input {
        @Test(
            arguments: [
                (["--cpu", "-1"], 2, "from 0"), (["--cpu", "65000"], 1, "processor 65000"),
                (["--cpu", "0", "--no-pin"], 2, "not both"), (["--filter", "("], 2, "not closed"),
                (["--filter", "fina"], 1, "there are: fine"), (["--tag", "nosuch"], 1, "cause"),
                (["--seconds", "0"], 2, "positive"), (["--processes", "0"], 2, "positive"),
                (["--mode", "sideways"], 2, "'throughput' and 'latency'"),
                (["--format", "yaml"], 2, "known are text, json"),
                (["--suite", "x"], 2, "suite file"), (["--nosuch"], 2, "nosuch"),
            ] as [([String], Int32, String)])
        func wrongOptions(options: [String], code: Int32, words: String) throws {
            let program = try run([fixtures] + options)
            expectOneError(program, code: code, mentions: [words])
            #expect(program.output.text.isEmpty)
        }

        @Test(arguments: ["run", "list"])
        func whatIsNoBenchmarkProgram(command: String) throws {
            let folder = try TemporaryFolder()
            try write("some text\n", to: folder.file("text"))
            for (path, words) in [
                (folder.file("missing"), "build it first"), (folder.path, "is a folder"),
                (folder.file("text"), "text'"), ("/bin/true", "BenchmarkSuite"), ("/bin/cat", "BenchmarkSuite"),
            ] {
                expectOneError(try Tickscope.run(["bench", command, path]), mentions: [words])
            }
        }

        @Test func resultFilesThatCannotBeRead() throws {
            let folder = try TemporaryFolder()
            let file = folder.file("r.json")
            let run = try BenchEndToEnd.run([fixtures, "--filter", "^fine$", "-o", file] + briefly)
            #expect(try run.wait() == .exited(0), "\(run.errors.text)")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let damaged = folder.file("damaged.json")
            func expectRefused(_ content: String, _ words: String) throws {
                try write(content, to: damaged)
                for command in ["run", "list"] {
                    let program = try Tickscope.run(["bench", command, damaged])
                    expectOneError(program, mentions: [words])
                    #expect(program.errors.text.contains("damaged.json"))
                }
            }
            let newer = text.replacingOccurrences(of: "\"schemaVersion\":1", with: "\"schemaVersion\":2")
            #expect(newer != text)
            try expectRefused(newer, "newer tickscope (schema 2")
            for share in [2, 3, 10] { try expectRefused(String(text.prefix(text.count / share)), "cut off or damaged") }
            try expectRefused("", "empty")
            try expectRefused("{}", "not results of benchmarks")
            try expectRefused(text.replacingOccurrences(of: "\"mode\":\"throughput\"", with: "\"mode\":7"), "mode")
            // The whole file is still read; what selects selects, what measures is refused.
            let list = try Tickscope.run(["bench", "list", file])
            #expect(list.output.lines == ["fine  throughput"])
            expectOneError(try BenchEndToEnd.run([file, "--filter", "nosuch"]), mentions: ["there are: fine"])
            expectOneError(try BenchEndToEnd.run([file, "--seconds", "2"]), code: 2, mentions: ["holds results"])
            expectOneError(try Tickscope.run(["bench", "compare", file, file]), mentions: ["not executable"])
        }

        @Test(arguments: [
            ("iteration: 5", ":6:9: unknown key 'iteration'; did you mean 'iterations'"),
            ("seconds: 5 kg", ":6:18: "), ("budgets: {time: 40 qs}", ":6:25: "),
            ("budgets: {tine: 40 ns}", ":6:19: unknown key 'tine'; did you mean 'time'"),
            ("mode: [", ":"), ("cpu: -1", ":6:14: "), ("arguments: [7]", ":5:9: "),
        ])
        func faultsOfASuiteFileHaveAPlace(line: String, words: String) throws {
            let folder = try TemporaryFolder()
            try writeSuite(folder, [line])
            let program = try BenchEndToEnd.run(["--config", folder.file("tickscope.yaml")])
            expectOneError(program, mentions: ["tickscope.yaml\(words)"])
        }

        @Test func noSuiteFileNoSuiteAndNoProgramOfIt() throws {
            let folder = try TemporaryFolder()
            let file = folder.file("tickscope.yaml")
            expectOneError(try BenchEndToEnd.run(["--config", file]), mentions: ["tickscope.yaml"])
            try writeSuite(folder, ["seconds: 0.02"], program: "missing")
            expectOneError(try BenchEndToEnd.run(["--config", file]), mentions: ["missing"])
            expectOneError(try BenchEndToEnd.run(["--config", file, "--suite", "b"]), mentions: ["there are: a"])
        }

        @Test func budgetsDecideTheExitCode() throws {
            let folder = try TemporaryFolder()
            let file = folder.file("tickscope.yaml")
            try writeSuite(folder, ["seconds: 0.1", "budgets: {cycles: 0.01, allocations: 0}"])
            let missed = try BenchEndToEnd.run(["--config", file, "-o", folder.file("r.csv"), "--processes", "6"])
            #expect(try missed.wait() == .exited(1))
            let lines = missed.errors.lines
            #expect(lines.contains { $0.contains("fine: cycles") && $0.contains("over its budget of 0.01 cycles by") })
            #expect(lines.contains { $0.contains("1 of 2 budgets kept, 1 missed") })

            try writeSuite(folder, ["seconds: 0.02", "processes: 2", "budgets: {cycles: 0.01}"])
            let unresolved = try BenchEndToEnd.run(["--config", file])
            #expect(try unresolved.wait() == .exited(0), "\(unresolved.errors.text)")
            #expect(unresolved.output.text.contains("it needs 6 processes and has 2; measure more"))
            #expect(try BenchEndToEnd.run(["--config", file, "--strict"]).wait() == .exited(3))
        }

        private func writeSuite(_ folder: TemporaryFolder, _ lines: [String], program: String = fixtures) throws {
            let text = """
                suites:
                  - name: a
                    program: \(program)
                    scenarios:
                      - benchmark: fine
                \(lines.map { "        " + $0 }.joined(separator: "\n"))
                """
            try write(text + "\n", to: folder.file("tickscope.yaml"))
        }
    }
}
