import Foundation
import TestSupport
import Testing

@Suite struct ProgramTests {
    @Test func endings() throws {
        #expect(try Program.run(["sh", "-c", "exit 7"]).wait() == .exited(7))
        #expect(try Program.run(["sh", "-c", "kill -TERM $$"]).wait() == .signaled(SIGTERM))
        #expect(throws: TestFailure.self) { try Program(["/nonexistent"]) }
    }

    /// More than a pipe holds, on both at once.
    @Test func outputIsDrained() throws {
        let program = try Program.run(["sh", "-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"])
        #expect(program.output.text.utf8.count == 1_000_000)
        #expect(program.errors.text.utf8.count == 1_000_000)
    }

    @Test func waitsForACompleteLine() throws {
        let program = try Program(["sh", "-c", "echo other; printf 'rea'; sleep 0.1; echo 'dy 42'; sleep 30"])
        defer { program.kill() }
        #expect(try program.waitForLine("ready") == "42")
        #expect(program.isRunning)
    }

    @Test func lineThatNeverComes() throws {
        #expect(throws: TestFailure.self) { try Program(["true"]).waitForLine("ready") }
    }

    @Test func timeLimitKills() throws {
        let program = try Program(["sleep", "30"])
        #expect(throws: TestFailure.self) { try program.wait(timeout: 0.1) }
        #expect(try program.wait() == .signaled(SIGKILL))
    }

    @Test func killReachesTheWholeGroup() throws {
        let program = try Program(["sh", "-c", "sleep 30 & echo child $!; wait"])
        let child = try #require(Int32(program.waitForLine("child")))
        program.kill()
        let deadline = Date(timeIntervalSinceNow: 5)
        // Gone, or a zombie that its new parent has not yet reaped.
        func lives() -> Bool {
            (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)).map { !$0.contains(") Z ") } ?? false
        }
        while lives(), Date() < deadline { usleep(5000) }
        #expect(!lives())
    }

    @Test func closedInputEnds() throws {
        let program = try Program(["cat"], keepsInputOpen: true)
        usleep(50_000)
        #expect(program.isRunning)
        program.closeInput()
        #expect(try program.wait(timeout: 5) == .exited(0))
    }
}
