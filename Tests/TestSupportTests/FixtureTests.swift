import Foundation
import TestSupport
import Testing

/// The fixtures do what they say, by another profiler's account; otherwise a recording of them proves nothing.
@Suite(.serialized, .enabled(if: Capability.cCompiler, "no C compiler to build the fixtures with"))
struct FixtureTests {
    @Test func compilesOnce() throws {
        let path = try Fixture.split.build()
        #expect(try Fixture.split.build() == path)
        #expect(try Fixture.splitStripped.build() != path)
    }

    @Test func compilerErrorIsTheMessage() {
        var broken = Fixture.split
        broken.flags = ["--no-such-flag"]
        let failure = #expect(throws: TestFailure.self) { try broken.build() }
        #expect(failure?.description.contains("no-such-flag") == true)
    }

    @Test func everyProgramStartsAndEnds() throws {
        let fixtures: [Fixture] = [
            .split, .splitStripped, .splitExported, .threads, .churn, .forks, .signalHandler, .vdso, .deep, .sleeper,
            .alternating, .mixedFrames, .chainedFrames, .busyParent,
        ]
        for fixture in fixtures {
            let program = try fixture.start("20")
            program.signal(SIGTERM)
            #expect(try program.wait(timeout: 10) == .exited(0), "\(fixture.name)")
        }
    }

    @Test func undisturbedNoticesASignal() throws {
        let quiet = try Fixture.undisturbed.start("20", keepsInputOpen: true)
        quiet.closeInput()
        #expect(try quiet.wait(timeout: 10) == .exited(0))
        let disturbed = try Fixture.undisturbed.start("20", keepsInputOpen: true)
        disturbed.signal(SIGCONT)
        usleep(20_000)
        disturbed.closeInput()
        #expect(try disturbed.wait(timeout: 10) == .exited(1))
        #expect(try disturbed.waitForLine("verdict").contains("signals=1"))
    }

    @Test(
        .enabled(if: Capability.perfEvents && Capability.hasTool("perf"), "perf is not usable here"),
        arguments: [Fixture.split, .forks, .signalHandler])
    func splitIsAsDesigned(fixture: Fixture) throws {
        let target = try fixture.start("20")
        defer { target.kill() }
        let folder = try TemporaryFolder()
        let data = folder.file("perf.data")
        let recorder = try Program.run(
            [
                "perf", "record", "-q", "-e", "cpu-clock:u", "-F", "1999", "-p", "\(target.pid)", "-o", data, "sleep",
                "2",
            ])
        #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
        let script = try Program.run(["perf", "script", "-i", data, "-F", "ip,sym"])
        let leaves = script.output.lines.map { line in line.split(separator: " ").last ?? "" }
        let stacks = try CollapsedStacks(
            parsing: ["split_heavy", "split_light"].map { name in "\(name) \(leaves.count { $0 == name })" }
                .joined(separator: "\n"))
        #expect(stacks.total > 500)
        #expect(abs(stacks.split("split_heavy", "split_light") - 0.75) <= stacks.tolerance(of: 0.75))
    }
}
