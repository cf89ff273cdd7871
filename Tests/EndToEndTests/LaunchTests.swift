import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `record -- CMD`: the program's output, its status and its profile from the first instruction on.
    @Suite struct Launch {
        /// Arguments that make the program end, and the status that a shell would give it.
        static let endings: [(end: [String], status: Int32)] = [
            (["0"], 0), (["7"], 7), (["0", "15"], 128 + 15), (["0", "9"], 128 + 9),
        ]

        @Test(arguments: endings)
        func statusIsPassedOn(end: [String], status: Int32) throws {
            let folder = try TemporaryFolder()
            let file = folder.file("launched.pb.gz")
            let recorder = try Tickscope.run(
                ["record", "-F", "1999", "--quiet", "-o", file, "--", Fixture.exitWith.build(), "0.5"] + end)
            #expect(try recorder.wait() == .exited(status), "\(recorder.errors.text)")
            #expect(recorder.output.lines.contains { $0.hasPrefix("ready ") }, "the program's output is lost")
            #expect(folder.contents == ["launched.pb.gz"])
            #expect(try Recording(folder: folder, file: file).stacks().containing("split_rounds").total > 100)
        }

        /// The event starts with the exec: nothing of the recorder is in the profile.
        @Test func onlyTheProgramIsRecorded() throws {
            let folder = try TemporaryFolder()
            let file = folder.file("launched.pb.gz")
            let recorder = try Tickscope.run(
                ["record", "-F", "3999", "--no-kernel", "--quiet", "-o", file, "--", Fixture.exitWith.build(), "2"])
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            let stacks = try Recording(folder: folder, file: file).stacks()
            expectSplit(stacks)
            #expect(stacks.shareFromStart >= 0.99, "\(stacks.summary)")
            #expect(!stacks.stacks.contains { $0.contains("ts_launch") || $0.contains("Sampling.") })
        }

        @Test func durationLimitsTheRecordingNotTheProgram() throws {
            let folder = try TemporaryFolder()
            let file = folder.file("launched.pb.gz")
            let recorder = try Tickscope.run(
                ["record", "-d", "1", "--quiet", "-o", file, "--", Fixture.exitWith.build(), "3", "7"])
            #expect(try recorder.wait() == .exited(7), "\(recorder.errors.text)")
            #expect(try Recording(folder: folder, file: file).stacks().total > 0)
        }

        @Test func programThatDoesNotExist() throws {
            let folder = try TemporaryFolder()
            let recorder = try Tickscope.run(
                ["record", "-o", folder.file("p.pb.gz"), "--", "/nonexistent/program"])
            expectOneError(recorder)
            #expect(folder.contents.isEmpty)
        }
    }
}
