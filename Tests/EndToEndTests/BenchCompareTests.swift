import Foundation
import TestSupport
import Testing

extension BenchEndToEnd {
    @Suite struct Compare {
        @Test func onlyWhatBothBuildsHaveIsCompared() throws {
            let folder = try TemporaryFolder()
            let a = try build(folder, "a", "fine inputs")
            let b = try build(folder, "b", "fine asynchronous")
            let options = ["--tolerance", "20", "--seconds", "1", "--format", "json"]
            let program = try Tickscope.run(["bench", "compare", a, b] + options)
            #expect(try program.wait() == .exited(0), "\(program.errors.text)\(program.output.text)")
            let report = try object(program.output.text)
            #expect(try results(program.output.text).keys.sorted() == ["fine"])
            #expect(report["onlyInA"] as? [[String: String]] == [["name": "inputs"]])
            #expect(report["onlyInB"] as? [[String: String]] == [["name": "asynchronous"]])

            let other = try build(folder, "c", "asynchronous")
            expectOneError(
                try Tickscope.run(["bench", "compare", a, other]), mentions: ["no benchmark in common"])
            expectOneError(
                try Tickscope.run(["bench", "compare", a, b, "--filter", "inputs"]),
                mentions: ["no benchmark that both programs have"])
        }

        @Test func aBenchmarkThatFailsIsAFailure() throws {
            let program = try Tickscope.run(["bench", "compare", fixtures, fixtures, "--filter", "^exits$"])
            #expect(try program.wait() == .exited(1))
            #expect(program.output.text.contains("exited with status 7"), "\(program.output.text)")
        }

        @Test(
            arguments: [
                (["true"], 2, "two builds"), (["true", "true", "true"], 2, "two builds"),
                (["/bin/true", "/bin/true"], 1, "BenchmarkSuite"), (["--command", "true"], 2, "quote each"),
                (["a", "b", "--prepare", "true"], 2, "--prepare goes with --command"),
                (["a", "b", "--tolerance", "200"], 2, "0 and 100"), (["a", "b", "--filter", "["], 2, "pattern"),
                (["--command", "true", "true", "--filter", "x"], 2, "not commands"),
                (["--command", "true", "true", "--runs", "3"], 2, "between 7"),
                (["--command", "true", "'"], 1, "not closed"),
                (["--command", "true", "true", "--cpu", "65000"], 1, "65000"),
                (["--command", "true", "true", "--setup", "false"], 1, "setup command exited with status 1"),
            ] as [([String], Int32, String)])
        func mistakes(arguments: [String], code: Int32, words: String) throws {
            expectOneError(try Tickscope.run(["bench", "compare"] + arguments), code: code, mentions: [words])
        }

        @Test func commandsThatFailAndCommandsThatAreSlower() throws {
            let failed = try Tickscope.run(["bench", "compare", "--command", "true", "false"])
            #expect(try failed.wait() == .exited(1))
            #expect(failed.output.lines.filter { $0.contains("exited with status 1") }.count == 1)
            #expect(failed.output.text.contains("--ignore-failure"))
            let options = ["--ignore-failure", "--runs", "7", "--tolerance", "50"]
            let ignored = try Tickscope.run(["bench", "compare", "--command", "false", "false"] + options)
            #expect(try ignored.wait() == .exited(0), "\(ignored.errors.text)\(ignored.output.text)")
            let slower = try Tickscope.run(["bench", "compare", "--command", "true", "sleep 0.05"])
            #expect(try slower.wait() == .exited(1))
            #expect(slower.output.text.contains("slower"))
        }

        @Test func placeWarmUpShellAndPreparationsAreTheUsers() throws {
            let folder = try TemporaryFolder()
            func append(_ file: String) -> String { "echo . >> \(folder.file(file))" }
            let program = try Tickscope.run(
                [
                    "bench", "compare", "--command", append("a"), append("b"), "--shell", "/bin/sh", "--runs", "8",
                    "--warmup", "0", "--no-pin", "--prepare", append("pa"), "--prepare", append("pb"), "--setup",
                    append("setup"), "--cleanup", append("cleanup"), "--tolerance", "90", "--format", "json",
                ])
            #expect(try program.wait() == .exited(0), "\(program.errors.text)\(program.output.text)")
            #expect(try object(program.output.text)["processor"] == nil)
            func lines(_ file: String) throws -> Int {
                try String(contentsOfFile: folder.file(file), encoding: .utf8).filter { $0 == "\n" }.count
            }
            #expect(try ["a", "pa", "b", "pb", "setup", "cleanup"].map(lines) == [16, 16, 8, 8, 1, 1])
        }

        /// A program that has some of the fixtures' benchmarks.
        private func build(_ folder: TemporaryFolder, _ name: String, _ benchmarks: String) throws -> String {
            let path = folder.file(name)
            try write("#!/bin/sh\nBENCHMARK_FIXTURES='\(benchmarks)' exec '\(fixtures)'\n", to: path)
            chmod(path, 0o755)
            return path
        }
    }
}
