import Foundation
import ProfileModel
import TestSupport
import Testing

extension EndToEnd {
    /// Each mistake: one line that says what to do, the right exit code, and nothing written.
    @Suite struct BadInput {
        @Test func processThatDoesNotExist() throws {
            let ended = try Program.run(["true"])
            try expectRecordFails(["-p", "\(ended.pid)"], mentions: ["no such process", "no process", "not running"])
        }

        @Test func zombie() throws {
            let parent = try Fixture.sleeper.start("30", "zombie")
            defer { parent.kill() }
            let zombie = try parent.waitForLine("zombie")
            try expectRecordFails(["-p", zombie], mentions: ["zombie", "exited", "ended"])
        }

        @Test(.enabled(if: isKernelThread(2), "there is no kernel thread to see here"))
        func kernelThread() throws {
            try expectRecordFails(["-p", "2"], mentions: ["kernel thread"])
        }

        @Test func unknownEvent() throws {
            try withSplit { try expectRecordFails(["-p", $0, "-e", "nosuch"], mentions: ["cpu-clock"]) }
        }

        @Test(.enabled(if: !Capability.hardwareCycles, "there is a PMU here"))
        func explicitCyclesWithoutAPMU() throws {
            try withSplit { try expectRecordFails(["-p", $0, "-e", "cycles"], mentions: ["cpu-clock"]) }
        }

        @Test(arguments: [
            ["--nosuch"], ["-F", "often"], ["-F", "0"], ["-d", "-1"], ["--stack-size", "1000000"],
            ["--call-graph", "magic"], ["--fail-on", "nonsense"],
        ])
        func wrongUsage(options: [String]) throws {
            try withSplit { try expectRecordFails(["-p", $0] + options, code: 2) }
        }

        @Test func nothingToRecord() throws { try expectRecordFails([], code: 2) }

        @Test func noSampleAtAll() throws {
            let target = try Fixture.sleeper.start("30")
            defer { target.kill() }
            try expectRecordFails(["-p", "\(target.pid)"], mentions: ["no sample"])
        }

        @Test func outputFolderThatDoesNotExist() throws {
            try withSplit { pid in
                let folder = try TemporaryFolder()
                let recorder = try Tickscope.run(["record", "-p", pid, "-d", "1", "-o", folder.file("missing/p.pb.gz")])
                expectOneError(recorder, mentions: [folder.file("missing")])
                #expect(folder.contents.isEmpty)
            }
        }

        /// In a mount namespace of its own, so that the full disk exists for the recorder alone.
        @Test(.enabled(if: Capability.mountNamespaces, "no permission for mount namespaces"))
        func fullDisk() throws {
            try withSplit { pid in
                let folder = try TemporaryFolder()
                let script = """
                    mount -t tmpfs -o size=16k tmpfs "$1" && { head -c 16384 /dev/zero > "$1/fill"; shift
                    "$@"; status=$?; ls -A "$0"; exit $status; }
                    """
                let recorder = try Program.run(
                    ["unshare", "-m", "sh", "-c", script, folder.path, folder.path]
                        + [Tickscope.path, "record", "-p", pid, "-d", "1", "--quiet", "-o", folder.file("p.pb.gz")])
                expectOneError(recorder, mentions: ["no space", "full"])
                #expect(recorder.output.lines == ["fill"])
            }
        }

        @Test func tooFewFileDescriptors() throws {
            let target = try Fixture.threads.start("30", "0", "64")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let command = [Tickscope.path, "record", "-p", "\(target.pid)", "-d", "1", "--quiet"]
            // A soft limit is raised without a word.
            let soft = try Program.run(
                ["sh", "-c", "ulimit -Sn 32; exec \"$@\"", "sh"] + command + ["-o", folder.file("soft.pb.gz")])
            #expect(try soft.wait() == .exited(0), "\(soft.errors.text)")
            let quality = try Recording(folder: folder, file: folder.file("soft.pb.gz")).quality()
            #expect(quality.uncovered == 0)
            // A hard one is said.
            let hard = try Program.run(
                ["sh", "-c", "ulimit -n 32; exec \"$@\"", "sh"] + command + ["-o", folder.file("hard.pb.gz")])
            let says = ["open files", "nofile", "ulimit", "descriptor"]
            #expect(says.contains { hard.errors.text.range(of: $0, options: .caseInsensitive) != nil })
        }

        @Test(arguments: ["report", "export", "flame"])
        func corruptFiles(command: String) throws {
            let folder = try TemporaryFolder()
            let extra = command == "export" ? ["--format", "collapsed"] : []
            let files: [(name: String, content: Data)] = [
                ("empty.pb.gz", Data()), ("text.pb.gz", Data("no profile at all\n".utf8)),
                ("header.pb.gz", Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3])),
                ("protobuf.pb", Data([0x12, 0xff, 0xff, 0xff, 0xff, 0x0f])),
            ]
            for file in files {
                try file.content.write(to: URL(fileURLWithPath: folder.file(file.name)))
                let program = try Tickscope.run([command, folder.file(file.name)] + extra)
                expectOneError(program, mentions: [file.name])
            }
            expectOneError(try Tickscope.run([command, folder.file("missing.pb.gz")] + extra), mentions: ["missing"])
            #expect(folder.contents == files.map(\.name).sorted())
        }

        @Test func truncatedProfile() throws {
            try withSplit { pid in
                let recording = try Tickscope.record(try #require(Int32(pid)), seconds: 1)
                let whole = try Data(contentsOf: URL(fileURLWithPath: recording.file))
                let half = recording.folder.file("half.pb.gz")
                try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: half))
                expectOneError(try Tickscope.run(["report", half]), mentions: ["half.pb.gz"])
            }
        }

        /// Runs `record` with the options for a second at most, and checks that it fails without leaving a file.
        private func expectRecordFails(
            _ options: [String], code: Int32 = 1, mentions: [String] = [],
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let folder = try TemporaryFolder()
            let duration = options.contains("-d") ? [] : ["-d", "1"]
            let recorder = try Tickscope.run(["record", "-o", folder.file("p.pb.gz")] + duration + options)
            expectOneError(recorder, code: code, mentions: mentions, sourceLocation: sourceLocation)
            #expect(folder.contents.isEmpty, sourceLocation: sourceLocation)
        }

        private func withSplit(_ body: (_ pid: String) throws -> Void) throws {
            let target = try Fixture.split.start("30")
            defer { target.kill() }
            try body("\(target.pid)")
        }

        private static func isKernelThread(_ pid: Int) -> Bool {
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
            return stat.contains("(kthreadd)")
        }
    }
}
