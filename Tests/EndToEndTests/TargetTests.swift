import Foundation
import ProfileModel
import TestSupport
import Testing

extension EndToEnd {
    /// What recording costs, and that the target notices nothing.
    @Suite struct Target {
        @Test func targetIsNeverStoppedSignalledOrTraced() throws {
            let target = try Fixture.undisturbed.start("30", keepsInputOpen: true)
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid, frequency: 999).stacks()
            #expect(stacks.total > 100)
            target.closeInput()
            #expect(try target.wait(timeout: 10) == .exited(0))
            let verdict = try target.waitForLine("verdict")
            #expect(verdict.hasPrefix("ok "), "\(verdict)")
        }

        @Test func nothingIsLostAtHighFrequency() throws {
            let target = try Fixture.threads.start("30", "0", "2")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("fast.pb.gz")
            let recorder = try Tickscope.start(
                ["record", "-p", "\(target.pid)", "-d", "4", "-F", "4999", "--quiet", "-o", file])
            defer { recorder.kill() }
            var peak = 0
            while recorder.isRunning {
                peak = max(peak, ProcessFacts.peakResidentBytes(recorder.pid) ?? 0)
                usleep(20_000)
            }
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            #expect(peak > 0 && peak < 200 << 20, "peak resident size: \(peak >> 20) MiB")
            let quality = try Recording(folder: folder, file: file).quality()
            #expect(quality.lost == 0)
            #expect(quality.received >= 4000)
        }
    }
}
