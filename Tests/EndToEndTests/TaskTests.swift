import Foundation
import ProfileModel
import TestSupport
import Testing

extension EndToEnd {
    /// Threads, children, libraries and programs that come after the attach.
    @Suite struct Tasks {
        @Test func threadsOfWhichHalfStartAfterTheAttach() throws {
            let target = try Fixture.threads.start("60", "60", "64")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("threads.pb.gz")
            let recorder = try Tickscope.start(
                ["record", "-p", "\(target.pid)", "-F", "1999", "--no-kernel", "--quiet", "-o", file])
            defer { recorder.kill() }
            try ProcessFacts.waitForAttach(recorder)
            sleep(1)
            target.signal(SIGUSR1)  // the fixture's word for starting the late half
            sleep(3)
            recorder.signal(SIGINT)
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            let stacks = try Recording(folder: folder, file: file).stacks()
            expectSplit(stacks, root: .threads(["early_thread", "late_thread"]))
            // The late half runs for three of at least four seconds, next to the early one.
            #expect(stacks.share { $0.contains("late_thread") } >= 0.15)
            #expect(stacks.share { $0.contains("early_thread") } >= 0.35)
        }

        @Test func laterThreadsAreLeftOutOnRequest() throws {
            let target = try Fixture.threads.start("30", "30", "8")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("early.pb.gz")
            let recorder = try Tickscope.start(
                ["record", "-p", "\(target.pid)", "--no-inherit", "--no-kernel", "--quiet", "-o", file])
            defer { recorder.kill() }
            try ProcessFacts.waitForAttach(recorder)
            target.signal(SIGUSR1)
            sleep(2)
            recorder.signal(SIGINT)
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            let stacks = try Recording(folder: folder, file: file).stacks()
            #expect(stacks.containing("early_thread").total > 100)
            #expect(stacks.containing("late_thread").total == 0)
        }

        /// The parent's events are replaced by larger ones after the fork: the child must not get any by that.
        @Test func childrenStayOutWhenTheParentsCaptureGrows() throws {
            let target = try Fixture.busyParent.start("30")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("parent.pb.gz")
            let recorder = try Tickscope.start(
                ["record", "-p", "\(target.pid)", "--no-inherit", "--no-kernel", "--quiet", "-o", file]
                    + ["--call-graph", "hybrid"])
            defer { recorder.kill() }
            try ProcessFacts.waitForAttach(recorder)
            target.signal(SIGUSR1)
            sleep(2)
            recorder.signal(SIGINT)
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            let stacks = try Recording(folder: folder, file: file).stacks()
            #expect(stacks.share { $0.root == "_start" && $0.contains("parent_work") } >= 0.5, "\(stacks.summary)")
            #expect(stacks.containing("child_work").total == 0, "\(stacks.summary)")
        }

        @Test(.enabled(if: Capability.hasTool("prlimit"), "prlimit is not installed"))
        func threadsForWhichNoDescriptorIsLeftAreCounted() throws {
            let target = try Fixture.threads.start("30", "0", "40")
            defer { target.kill() }
            let deadline = Date(timeIntervalSinceNow: 5)
            while ProcessFacts.threads(target.pid).count < 41, Date() < deadline { usleep(10_000) }
            let folder = try TemporaryFolder()
            let file = folder.file("some.pb.gz")
            let recorder = try Program.run(
                ["prlimit", "--nofile=64:64", Tickscope.path, "record", "-p", "\(target.pid)", "-d", "2", "-o", file])
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            let quality = try RecordedFile(path: file).quality()
            #expect(quality.received > 0)
            #expect(quality.uncovered > 0 && quality.uncovered < 41)
            #expect(recorder.errors.text.contains("\(quality.uncovered) threads are not covered"))
            #expect(recorder.errors.text.contains("ulimit -n"))
        }

        @Test func threadsThatLiveForMilliseconds() throws {
            let target = try Fixture.churn.start("30")
            defer { target.kill() }
            let recording = try Tickscope.record(target.pid)
            expectSplit(try recording.stacks(), root: .thread("short_thread"))
            #expect(try recording.quality().lost == 0)
        }

        @Test func oneThreadOnly() throws {
            let target = try Fixture.threads.start("30", "0", "2")
            defer { target.kill() }
            // The main thread, the early one, the late one: in the order of their numbers.
            let deadline = Date(timeIntervalSinceNow: 5)
            while ProcessFacts.threads(target.pid).count < 3, Date() < deadline { usleep(10_000) }
            let late = try #require(ProcessFacts.threads(target.pid).last)
            let folder = try TemporaryFolder()
            let file = folder.file("thread.pb.gz")
            let recorder = try Tickscope.run(
                ["record", "-t", "\(late)", "-d", "2", "-F", "1999", "--no-kernel", "--quiet", "-o", file])
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            let stacks = try Recording(folder: folder, file: file).stacks()
            expectSplit(stacks, root: .thread("late_thread"), minimum: 500)
            #expect(stacks.containing("early_thread").total == 0)
        }

        @Test func childrenForkedAfterTheAttach() throws {
            let target = try Fixture.forks.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid).stacks()
            expectSplit(stacks)
            #expect(stacks.containing("split_rounds").share { $0.contains("child_work") } >= 0.99)
        }

        @Test func severalProcesses() throws {
            let first = try Fixture.split.start("30")
            defer { first.kill() }
            let second = try Fixture.vdso.start("30")
            defer { second.kill() }
            let folder = try TemporaryFolder()
            let file = folder.file("both.pb.gz")
            let recorder = try Tickscope.run(
                ["record", "-p", "\(first.pid),\(second.pid)", "-d", "2", "--no-kernel", "--quiet", "-o", file])
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            let stacks = try Recording(folder: folder, file: file).stacks()
            #expect(stacks.share { $0.contains("split_rounds") } >= 0.2, "\(stacks.summary)")
            #expect(stacks.share { $0.contains("read_clock") } >= 0.2, "\(stacks.summary)")
            #expect(!stacks.stacks.contains { $0.contains("read_clock") && $0.contains("split_rounds") })
        }

        @Test func libraryOpenedAfterTheAttach() throws {
            let target = try Fixture.lateDlopen.start("30", "1.5", Fixture.lateLibrary.build())
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid, seconds: 4).stacks()
            expectSplit(stacks)
            #expect(stacks.containing("split_rounds").share { $0.contains("library_entry") } >= 0.99)
        }

        @Test func execInTheMiddle() throws {
            let target = try Fixture.execMidway.start("1.5", Fixture.split.build(), "30")
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid, seconds: 4).stacks()
            expectSplit(stacks)
            let before = stacks.containing("before_exec")
            #expect(before.total >= 100, "\(stacks.summary)")
            #expect(before.shareFromStart >= 0.99, "\(before.summary)")
            #expect(!before.stacks.contains { $0.contains("split_rounds") }, "two programs in one stack")
        }

        @Test(.enabled(if: Capability.mountNamespaces, "no permission for mount namespaces"))
        func targetInAnotherMountNamespace() throws {
            let folder = try TemporaryFolder()
            let program = folder.file("program")
            // Outside the namespace the same path is another program, whose names would be wrong here.
            try FileManager.default.copyItem(atPath: Fixture.deep.build(), toPath: program)
            let target = try Program(
                ["unshare", "-m", "sh", "-c", "mount --bind \"$1\" \"$2\" && exec \"$2\" 30", "sh"]
                    + [Fixture.split.build(), program])
            defer { target.kill() }
            try target.waitForLine("ready")
            let stacks = try Tickscope.record(target.pid).stacks()
            expectSplit(stacks)
            #expect(stacks.containing("deep_descend").total == 0, "names of the file outside")
        }

        /// The mapped file is gone, or the path is another program by now: true names or none, never the new file's.
        @Test(arguments: [false, true])
        func binaryDeletedOrReplacedWhileItRuns(isReplaced: Bool) throws {
            let folder = try TemporaryFolder()
            let program = folder.file("program")
            try FileManager.default.copyItem(atPath: Fixture.split.build(), toPath: program)
            let target = try Program([program, "30"])
            defer { target.kill() }
            try target.waitForLine("ready")
            try FileManager.default.removeItem(atPath: program)
            if isReplaced { try FileManager.default.copyItem(atPath: Fixture.deep.build(), toPath: program) }
            let stacks = try Tickscope.record(target.pid, seconds: 2).stacks()
            #expect(stacks.total >= 500)
            #expect(stacks.containing("deep_descend").total == 0, "\(stacks.summary)")
            let named = stacks.filter { $0.contains("split_heavy") || $0.contains("split_light") }
            if named.total > 0 { expectSplit(stacks, minimum: 500) }
        }
    }
}
