import Foundation
import ProfileModel
import TestSupport
import Testing

extension EndToEnd {
    /// However a recording ends, its file is whole or not there.
    @Suite struct Stopping {
        @Test(arguments: [SIGINT, SIGTERM])
        func signalFinishesTheRecording(signal: Int32) throws {
            let target = try Fixture.split.start("30")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("stopped.pb.gz")
            let recorder = try startRecorder(of: target, to: file)
            defer { recorder.kill() }
            sleep(2)
            recorder.signal(signal)
            #expect(try recorder.wait(timeout: 10) == .exited(0), "\(recorder.errors.text)")
            #expect(folder.contents == ["stopped.pb.gz"])
            #expect(try Recording(folder: folder, file: file).stacks().total > 500)
            #expect(target.isRunning, "the target must not notice")
        }

        @Test func exitOfTheTargetFinishesTheRecording() throws {
            let target = try Fixture.split.start("2")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("ended.pb.gz")
            let recorder = try startRecorder(of: target, to: file)
            defer { recorder.kill() }
            #expect(try target.wait(timeout: 20) == .exited(0))
            #expect(try recorder.wait(timeout: 10) == .exited(0), "\(recorder.errors.text)")
            expectSplit(try Recording(folder: folder, file: file).stacks(), minimum: 300)
        }

        /// The second signal may come too late to abort anything; then the file is whole. It is never partial.
        @Test func secondInterruptAborts() throws {
            let target = try Fixture.threads.start("30", "0", "64")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("aborted.pb.gz")
            let recorder = try startRecorder(of: target, to: file)
            defer { recorder.kill() }
            sleep(2)
            recorder.signal(SIGINT)
            usleep(2000)
            recorder.signal(SIGINT)
            let ending = try recorder.wait(timeout: 10)
            if ending == .exited(0) {
                #expect(folder.contents == ["aborted.pb.gz"])
                #expect(try Recording(folder: folder, file: file).stacks().total > 0)
            } else {
                #expect(folder.contents.isEmpty, "\(ending)")
            }
        }

        /// Nothing can be done about SIGKILL but to have written before: the last ten seconds may be missing.
        @Test(.timeLimit(.minutes(2)))
        func killedRecorderLeavesACheckpoint() throws {
            let frequency = 499
            let target = try Fixture.split.start("60")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("checkpoint.pb.gz")
            let recorder = try startRecorder(of: target, to: file, frequency: frequency)
            defer { recorder.kill() }
            sleep(1)
            let first = try ProcessFacts.processorSeconds(target.pid)
            sleep(12)
            let last = try ProcessFacts.processorSeconds(target.pid)
            sleep(10)
            recorder.signal(SIGKILL)
            #expect(try recorder.wait(timeout: 10) == .signaled(SIGKILL))
            let stacks = try Recording(folder: folder, file: file).stacks()
            expectSplit(stacks)
            // What the target used from one second after the start to ten seconds before the kill, in samples.
            let expected = Int((last - first) * Double(frequency) * 0.97)
            #expect(stacks.total >= expected, "\(stacks.total) of \(expected)")
        }

        @Test func qualityGateFailsTheRecording() throws {
            let target = try Fixture.deep.start("30")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("gated.pb.gz")
            let arguments = [
                "record", "-p", "\(target.pid)", "-d", "2", "--quiet", "--call-graph", "dwarf", "-o", file,
            ]
            let failing = try Tickscope.run(arguments + ["--fail-on", "truncated>5%"])
            #expect(try failing.wait() == .exited(3), "\(failing.errors.text)")
            #expect(failing.errors.text.contains("truncated"))
            let passing = try Tickscope.run(arguments + ["--fail-on", "lost>0"])
            #expect(try passing.wait() == .exited(0), "\(passing.errors.text)")
        }

        private func startRecorder(of target: Program, to file: String, frequency: Int = 999) throws -> Program {
            try Tickscope.start(
                ["record", "-p", "\(target.pid)", "-d", "60", "-F", "\(frequency)", "--no-kernel", "--quiet"]
                    + ["-o", file])
        }
    }
}
