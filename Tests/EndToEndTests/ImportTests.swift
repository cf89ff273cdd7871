import Foundation
import ProfileModel
import TestSupport
import Testing

extension EndToEnd {
    /// Recordings that perf made, through the command.
    @Suite(
        .serialized, .timeLimit(.minutes(5)),
        .enabled(if: PerfRecording.isPossible, "perf is missing, or may not record here"))
    struct Import {
        private static func record(
            _ fixture: Fixture = .split, _ options: [String] = ["--call-graph", "dwarf,16384"], seconds: Double = 2
        ) throws -> PerfRecording {
            let target = try fixture.start("60")
            defer { target.kill() }
            return try PerfRecording(["-p", "\(target.pid)", "-e", "cpu-clock"] + options, seconds: seconds)
        }

        /// Imports into the recording's folder.
        private static func imported(
            _ recording: PerfRecording, _ options: [String] = [], file: String? = nil
        ) throws -> (recording: Recording, messages: [String]) {
            let output = recording.folder.file("p.pb.gz")
            // Perf's cache of this machine's user, which has whatever was recorded before, is none of ours.
            let program = try Program.run(
                [
                    "env", "HOME=" + recording.folder.path, Tickscope.path, "import", file ?? recording.file, "-o",
                    output,
                ]
                    + options)
            guard try program.wait() == .exited(0) else { throw TestFailure(program.errors.text) }
            return (Recording(folder: recording.folder, file: output), program.errors.lines)
        }

        private static func stacks(_ recording: PerfRecording, _ options: [String] = []) throws -> CollapsedStacks {
            try imported(recording, options).recording.stacks()
        }

        @Test(arguments: ["auto", "table", "libunwind"]) func recordedStacksHaveTheirShares(unwinder: String) throws {
            expectSplit(try Self.stacks(try Self.record(), ["--unwinder", unwinder]), minimum: 300)
        }

        @Test func framePointerChainsHaveTheirShares() throws {
            let stacks = try Self.stacks(try Self.record(.chainedFrames, ["-g"]))
            #expect(stacks.total > 300)
            #expect(stacks.shareFromStart >= 0.99, "\(stacks.summary)")
        }

        @Test func addressesHaveTheirShares() throws {
            let stacks = try Self.stacks(try Self.record(.split, []))
            let share = stacks.split("split_heavy", "split_light")
            #expect(stacks.total > 300)
            #expect(abs(share - 0.75) <= stacks.tolerance(of: 0.75), "\(stacks.summary)")
            #expect(stacks.stacks.allSatisfy { $0.frames.count == 1 }, "\(stacks.summary)")
        }

        @Test(arguments: [("p.folded", []), ("p.out", ["--format", "collapsed"])] as [(String, [String])])
        func stacksAreWrittenAsTextWhenTheNameOrTheOptionSaysSo(name: String, options: [String]) throws {
            let recording = try Self.record()
            let output = recording.folder.file(name)
            let program = try Program.run(
                [Tickscope.path, "import", recording.file, "--no-inline", "-o", output] + options)
            try #require(try program.wait() == .exited(0), "\(program.errors.text)")
            let profile = recording.folder.file("p.pb.gz")
            let other = try Program.run([Tickscope.path, "import", recording.file, "--no-inline", "-o", profile])
            try #require(try other.wait() == .exited(0), "\(other.errors.text)")
            let export = try Program.run(
                [Tickscope.path, "export", profile, "--format", "collapsed", "-o", output + ".exported"])
            try #require(try export.wait() == .exited(0), "\(export.errors.text)")
            let text = try Data(contentsOf: URL(fileURLWithPath: output))
            #expect(!text.isEmpty)
            #expect(try text == Data(contentsOf: URL(fileURLWithPath: output + ".exported")))
        }

        @Test(.enabled(if: PerfRecording.compresses, "this perf does not compress"))
        func compressedRecordingsHaveTheirShares() throws {
            expectSplit(try Self.stacks(try Self.record(.split, ["-z", "--call-graph", "dwarf"])), minimum: 300)
        }

        @Test func pipesAreRead() throws {
            let target = try Fixture.split.start("60")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let script = """
                perf --buildid-dir /nonexistent record -q -F 997 -e cpu-clock --call-graph dwarf -p \(target.pid) -o - -- sleep 2 \
                    | "$0" import - -o "$1"
                """
            let program = try Program.run(["sh", "-c", script, Tickscope.path, folder.file("p.pb.gz")])
            #expect(try program.wait() == .exited(0), "\(program.errors.text)")
            expectSplit(try Recording(folder: folder, file: folder.file("p.pb.gz")).stacks(), minimum: 300)
        }

        /// Samples are shared out among the CPUs: the file must not tell how.
        @Test(.enabled(if: Capability.hasTool("taskset"), "taskset is not installed"))
        func theSameRecordingGivesTheSameFileOnAnyNumberOfCPUs() throws {
            let recording = try Self.record(.forks)
            var files: [Data] = []
            for (name, prefix) in [("one", ["taskset", "-c", "0"]), ("all", []), ("again", [])] {
                let output = recording.folder.file(name)
                let program = try Program.run(
                    prefix + [Tickscope.path, "import", recording.file, "-q", "-o", output])
                guard try program.wait() == .exited(0) else { throw TestFailure(program.errors.text) }
                files.append(try Data(contentsOf: URL(fileURLWithPath: output)))
            }
            #expect(files[0].count > 1000)
            #expect(files[0] == files[1] && files[1] == files[2])
        }

        @Test func everySampleIsCounted() throws {
            let recording = try Self.record(.threads)
            let result = try Self.imported(recording)
            let count = try recording.samples().count
            #expect(try result.recording.quality().received == Int64(count))
            #expect(try result.recording.stacks().total == count)
        }

        @Test func eventsAreChosenByName() throws {
            let target = try Fixture.split.start("60")
            defer { target.kill() }
            let recording = try PerfRecording(["-p", "\(target.pid)", "-e", "cpu-clock,task-clock", "-g"])
            let first = try Self.imported(recording)
            #expect(first.messages.contains { $0.contains("task-clock") && $0.contains("--event") })
            let second = try Self.imported(recording, ["--event", "task-clock"])
            #expect(try second.recording.quality().received > 300)
            let unknown = try Tickscope.run(
                ["import", recording.file, "--event", "cycles", "-o", recording.folder.file("x.pb.gz")])
            expectOneError(unknown, mentions: ["cpu-clock, task-clock"])
        }

        // MARK: Files that are elsewhere

        /// Records a copy of the fixture that is moved away, or replaced, before the import.
        private static func recordCopy(then change: (String, TemporaryFolder) throws -> Void) throws -> PerfRecording {
            let folder = try TemporaryFolder()
            let program = folder.file("engine")
            try run([
                "cc", "-O2", "-fomit-frame-pointer", "-Wl,--build-id", "-o", program, Fixture.sources + "/split.c",
            ])
            let target = try Program([program, "60"])
            defer { target.kill() }
            try target.waitForLine("ready")
            let data = folder.file("perf.data")
            let perf = try Program(
                [
                    "perf", "--buildid-dir", folder.file("cache"), "record", "-q", "-F", "997", "-e", "cpu-clock",
                    "--call-graph", "dwarf,16384", "-o",
                    data, "-p", "\(target.pid)", "--", "sleep", "1.5",
                ])
            guard try perf.wait() == .exited(0) else { throw TestFailure(perf.errors.text) }
            try change(program, folder)
            return PerfRecording(folder: folder, file: data)
        }

        private static func run(_ command: [String]) throws {
            let program = try Program.run(command)
            guard try program.wait() == .exited(0) else { throw TestFailure("\(command): \(program.errors.text)") }
        }

        @Test func filesAreFoundUnderAnotherRoot() throws {
            let recording = try Self.recordCopy { program, folder in
                let root = folder.file("root")
                for path in [program] + Self.libraries(of: program) {
                    // The kernel names files without links.
                    let copy = root + (try Program.run(["realpath", path]).output.lines.first ?? path)
                    try Self.run(["mkdir", "-p", (copy as NSString).deletingLastPathComponent])
                    try Self.run(["cp", "-L", path, copy])
                }
                try Self.run(["rm", program])
            }
            let stacks = try Self.stacks(recording, ["--symfs", recording.folder.file("root")])
            expectSplit(stacks, minimum: 300)
            let without = try Self.imported(recording)
            #expect(without.messages.contains { $0.contains("cannot find") && $0.contains("engine") })
            #expect(try !without.recording.stacks().stacks.contains { $0.contains("split_heavy") })
        }

        @Test func filesAreFoundByBuildID() throws {
            let recording = try Self.recordCopy { program, folder in
                let notes = try Program.run(["readelf", "--notes", program]).output.lines
                let line = try #require(notes.first { $0.contains("Build ID: ") })
                let id = try #require(line.split(separator: " ").last)
                let place = folder.file("symbols/.build-id/\(id.prefix(2))")
                try Self.run(["mkdir", "-p", place])
                try Self.run(["mv", program, "\(place)/\(id.dropFirst(2))"])
            }
            expectSplit(
                try Self.stacks(recording, ["--debug-dir", recording.folder.file("symbols")]), minimum: 300)
        }

        @Test func anotherProgramInThePlaceOfTheRecordedOneIsRefused() throws {
            let recording = try Self.recordCopy { program, _ in
                try Self.run(["rm", program])
                try Self.run(["cc", "-O1", "-g", "-Wl,--build-id", "-o", program, Fixture.sources + "/split.c"])
            }
            let result = try Self.imported(recording)
            #expect(result.messages.contains { $0.contains("engine") && $0.contains("not the file that was recorded") })
            let stacks = try result.recording.stacks()
            #expect(!stacks.stacks.contains { $0.contains("split_heavy") || $0.contains("descend") })
            #expect(stacks.containing("[engine]").total + stacks.containing("engine").total > 0, "\(stacks.summary)")
        }

        private static func libraries(of program: String) -> [String] {
            let lines = (try? Program.run(["ldd", program]).output.lines) ?? []
            return lines.flatMap { $0.split(separator: " ").filter { $0.hasPrefix("/") }.map(String.init) }
        }

        // MARK: Damage

        @Test func recordingThatWasKilledIsRead() throws {
            let target = try Fixture.split.start("60")
            defer { target.kill() }
            let folder = try TemporaryFolder()
            let perf = try Program(
                [
                    "perf", "--buildid-dir", folder.file("cache"), "record", "-q", "-F", "997", "-e", "cpu-clock",
                    "--call-graph", "dwarf", "-o",
                    folder.file("perf.data"), "-p", "\(target.pid)",
                ])
            usleep(3_000_000)
            perf.signal(SIGKILL)
            _ = try perf.wait()
            let result = try Self.imported(PerfRecording(folder: folder, file: folder.file("perf.data")))
            #expect(result.messages.contains { $0.contains("tickscope: note: ") && $0.contains("not finished") })
            expectSplit(try result.recording.stacks(), minimum: 300)
        }

        @Test(arguments: ["", "this is some text\nof two lines\n", "PERFILE2"]) func noRecording(text: String) throws {
            let folder = try TemporaryFolder()
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("perf.data")))
            let program = try Tickscope.run(["import", folder.file("perf.data"), "-o", folder.file("p.pb.gz")])
            expectOneError(program, mentions: ["perf.data"])
            #expect(folder.contents == ["perf.data"])
        }

        @Test func whatCannotBeRead() throws {
            let folder = try TemporaryFolder()
            for path in [folder.file("missing"), folder.path] {
                expectOneError(
                    try Tickscope.run(["import", path, "-o", folder.file("p.pb.gz")]), mentions: [path])
            }
            expectOneError(
                try Tickscope.run(["import", "-", "-o", folder.file("p.pb.gz")]), mentions: ["standard input"])
        }

        @Test func everyTruncationIsReadOrRefused() throws {
            let recording = try Self.record(seconds: 0.2)
            let whole = try Data(contentsOf: URL(fileURLWithPath: recording.file))
            var sizes = Array(stride(from: 0, to: 400, by: 13))
            sizes += (1..<30).map { whole.count * $0 / 30 + $0 % 8 }
            sizes += (1..<20).map { whole.count - $0 * 16 }
            for size in sizes where size >= 0 {
                try Self.expectBounded(whole.prefix(size), in: recording.folder, "\(size) of \(whole.count) bytes")
            }
        }

        @Test(arguments: [["--call-graph", "dwarf,4096"], ["-g", "-z"]]) func damagedBytesAreReadOrRefused(
            options: [String]
        ) throws {
            let recording = try Self.record(.split, options, seconds: 0.15)
            let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: recording.file)))
            var random = SplitMix(state: 42)
            for round in 0..<150 {
                var damaged = whole
                // Half of them where the file describes itself: its ends.
                for _ in 0..<(1 << (round % 6)) {
                    let range = round % 2 == 0 ? whole.count : min(whole.count, 4096)
                    let place = Int(random.next() % UInt64(range))
                    let index = round % 4 == 1 ? place : whole.count - 1 - place
                    damaged[index] ^= UInt8(1 << (random.next() % 8))
                }
                try Self.expectBounded(Data(damaged), in: recording.folder, "round \(round)")
            }
        }

        /// Exit 0 or 1 within ten seconds, and one line of error in the second case.
        private static func expectBounded(_ data: Data, in folder: TemporaryFolder, _ what: String) throws {
            let file = folder.file("damaged.data"), output = folder.file("damaged.pb.gz")
            try data.write(to: URL(fileURLWithPath: file))
            let program = try Tickscope.run(["import", file, "-o", output], timeout: 10)
            if try program.wait() != .exited(0) {
                expectOneError(program)
                #expect(access(output, F_OK) != 0, "\(what)")
            }
            unlink(output)
        }
    }
}

/// A generator with a seed, so that what failed fails again.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
