import BenchmarkSuites
import Benchmarking
import Foundation
import Statistics
import TestSupport
import Testing

@Suite(.serialized) struct CommandComparisonTests {
    private func compare(
        _ a: String, _ b: String, _ change: (inout CommandComparison.Settings) -> Void = { _ in }
    ) throws -> ComparisonReport {
        var settings = CommandComparison.Settings()
        settings.tolerance = 0.2
        change(&settings)
        return try CommandComparison(a: a, b: b, settings: settings).run(tool: "test")
    }

    @Test func sleepingTakesLongerThanNothing() throws {
        let report = try compare("true", "sleep 0.01")
        let wall = report.results[0]
        #expect(wall.metric == "time")
        #expect(wall.verdict == .slower)
        #expect((wall.b ?? 0) >= 1e7)
        #expect(report.results[1].metric == "cpu-time")
        // It waits; it does not work.
        #expect((report.results[1].b ?? .infinity) < 1e7)
        #expect(report.exitCode(isStrict: false) == 1)
    }

    @Test func quotedWordsArriveAsOneAndAShellExpands() throws {
        #expect(try compare(#"test "a b" = 'a b'"#, #"test a\ b = "a b""#).results[0].failure == nil)
        let shell = try compare("x=1; test $x = 1", "exit 0") { $0.shell = "/bin/sh" }
        #expect(shell.results[0].failure == nil)
    }

    @Test func failingRunsAreErrorsUnlessIgnored() throws {
        let report = try compare("true", "false")
        #expect(report.results[0].failure?.arm == .b)
        #expect(report.results[0].failure?.failure.text.hasPrefix("exited with status 1") == true)
        #expect(report.exitCode(isStrict: false) == 1)
        #expect(try compare("false", "false") { $0.ignoresFailure = true }.results[0].ratio != nil)
    }

    @Test func whatHangsIsEndedAndWhatIsNotThereSaysSo() throws {
        #expect(
            try compare("true", "sleep 1000") { $0.timeoutSeconds = 0.3 }.results[0].failure?.failure.code
                == "timed-out")
        #expect(try compare("./no-such-command", "true").results[0].failure?.failure.code == "not-started")
        #expect(try compare("true", "true") { $0.prepareB = "false" }.results[0].failure?.arm == .b)
    }

    @Test func commandsBeforeAndAfterRunAsOftenAsTheySay() throws {
        let folder = try TemporaryFolder()
        func append(_ file: String) -> String { "echo . >> \(folder.file(file))" }
        let report = try compare(append("a"), append("b")) {
            $0.shell = "/bin/sh"
            $0.rounds = 9
            $0.warmUpRuns = 2
            $0.setup = append("setup")
            $0.prepareA = append("prepareA")
            $0.prepareB = append("prepareB")
            $0.cleanup = append("cleanup")
        }
        #expect(report.results.map(\.rounds) == [9, 9])
        func lines(_ file: String) throws -> Int {
            try String(contentsOfFile: folder.file(file), encoding: .utf8).split(separator: "\n").count
        }
        // A is its own control: twice a round.
        #expect(try ["setup", "cleanup", "a", "prepareA", "b", "prepareB"].map(lines) == [1, 1, 20, 20, 11, 11])
    }

    @Test func aSetupThatFailsStopsAndACleanupThatFailsIsTold() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SuiteError.self) {
            try compare("true", "true") {
                $0.setup = "false"
                $0.cleanup = "touch \(folder.file("clean"))"
            }
        }
        #expect(folder.contents == ["clean"])
        #expect(try compare("true", "true") { $0.cleanup = "false" }.warnings.contains { $0.code == "cleanup" })
    }

    @Test(arguments: [
        ("a b", ["a", "b"]), (" a\t'b c' ", ["a", "b c"]), (#""a\"b" \c"#, [#"a"b"#, "c"]),
        (#""a\n" ''"#, [#"a\n"#, ""]),
        (#"a'b'"c"d"#, ["abcd"]), (#"'\'"#, [#"\"#]),
    ]) func splitsWordsAsAShell(_ command: String, _ words: [String]) throws {
        #expect(try CommandWords.split(command) == words)
    }

    @Test(arguments: ["", "  ", "'a", "\"a", "\"a\\", "a\\", "''"])
    func declinesWhatIsNoCommand(_ command: String) {
        #expect(throws: SuiteError.self) { try CommandWords.split(command) }
    }
}
