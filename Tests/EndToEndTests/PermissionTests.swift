import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A user without privileges: own processes in user space where the kernel allows it, else one line and a remedy.
    @Suite(.enabled(if: Capability.nobodyUser, "only root can become another user"))
    struct Permissions {
        @Test func ownProcess() throws {
            let level = try #require(Capability.perfEventParanoid)
            try recordOwnProcess(isAllowed: level <= 2, mayBeRefused: level > 2)
        }

        /// Levels above 2 are Debian's: its kernels refuse everything, others treat them as 2.
        @Test(
            .enabled(if: Capability.mayChangeSysctl, "TICKSCOPE_TEST_SYSCTL=1 lets root test other levels"),
            arguments: [2, 3])
        func ownProcessAtEachLevel(level: Int) throws {
            let before = try #require(Capability.perfEventParanoid)
            try setParanoid(level)
            defer { try? setParanoid(before) }
            try recordOwnProcess(isAllowed: level <= 2, mayBeRefused: level > 2)
        }

        @Test func foreignProcess() throws {
            let target = try Fixture.split.start("30")
            defer { target.kill() }
            let tool = try PublicTool()
            let recorder = try Program.run(
                Capability.asNobody(
                    [tool.path, "record", "-p", "\(target.pid)", "-d", "1", "-o", tool.folder.file("p.pb.gz")]))
            expectOneError(recorder, mentions: ["root", "sudo", "CAP_PERFMON", "user"])
            #expect(tool.folder.contents == ["tickscope"])
        }

        private func recordOwnProcess(isAllowed: Bool, mayBeRefused: Bool) throws {
            let target = try Program(Capability.asNobody([Fixture.split.build(), "30"]))
            defer { target.kill() }
            try target.waitForLine("ready")
            let tool = try PublicTool()
            let file = tool.folder.file("p.pb.gz")
            let recorder = try Program.run(
                Capability.asNobody(
                    [tool.path, "record", "-p", "\(target.pid)", "-d", "2", "-F", "999", "--quiet", "-o", file]))
            if mayBeRefused, try recorder.wait() != .exited(0) {
                expectOneError(recorder, mentions: ["perf_event_paranoid"])
                #expect(tool.folder.contents == ["tickscope"])
            } else if isAllowed || mayBeRefused {
                #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
                let stacks = try Recording(folder: tool.folder, file: file).stacks(["--annotate"])
                expectSplit(stacks, minimum: 500)
                #expect(!stacks.stacks.contains { $0.frames.contains { $0.hasSuffix("_[k]") } })
            }
        }

        private func setParanoid(_ level: Int) throws {
            try "\(level)\n".write(toFile: "/proc/sys/kernel/perf_event_paranoid", atomically: false, encoding: .utf8)
        }
    }

    /// A copy of the tool where every user can run it, whatever the permissions of the checkout are.
    private struct PublicTool {
        let folder: TemporaryFolder
        var path: String { folder.file("tickscope") }

        init() throws {
            folder = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: Tickscope.path, toPath: path)
            chmod(path, 0o755)
        }
    }
}
