import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Debug files that only a server has: elfutils' own, on this machine's loopback.
    @Suite(
        .serialized, .timeLimit(.minutes(3)),
        .enabled(if: PerfRecording.isPossible, "perf is missing, or may not record here"),
        .enabled(if: Capability.hasTool("debuginfod"), "debuginfod is not installed"))
    struct DebuginfodServer {
        private let folder: TemporaryFolder
        private let binary: String
        private let recording: String

        /// A recording of a program that has lost its symbols, which lie in the folder `served` alone.
        init() throws {
            folder = try TemporaryFolder()
            binary = folder.file("program")
            recording = folder.file("perf.data")
            try FileManager.default.createDirectory(atPath: folder.file("served"), withIntermediateDirectories: true)
            for step in [
                ["gcc", "-O2", "-g", "-Wl,--build-id", Fixture.sources + "/split.c", "-o", binary],
                ["objcopy", "--only-keep-debug", binary, folder.file("served/program.debug")],
                ["strip", binary],
                [
                    "perf", "--buildid-dir", folder.file("cache"), "record", "-q", "-e", "cpu-clock", "-F", "997",
                    "--call-graph", "dwarf,4096", "-o", recording, "--", binary, "1",
                ],
            ] {
                let program = try Program.run(step)
                guard try program.wait() == .exited(0) else { throw TestFailure("\(step): \(program.errors.text)") }
            }
        }

        @Test func namesComeFromTheServerWhenAskedFor() throws {
            let url = try withServer { url in
                let named = try stacks(["--debuginfod"], url: url)
                let share = named.split("split_heavy", "split_light")
                #expect(named.total > 100)
                #expect(abs(share - 0.75) <= named.tolerance(of: 0.75), "\(named.summary)")
                // Configured, but not asked for: nothing goes over the network.
                let unasked = try stacks([], url: url, cache: "unused")
                #expect(unasked.share { $0.contains("split_") } == 0, "\(unasked.summary)")
                #expect(!FileManager.default.fileExists(atPath: folder.file("unused")))
                return url
            }
            // Gone now, but the client library keeps what it got; a folder that it does not know has nothing.
            #expect(try stacks(["--debuginfod"], url: url).share { $0.contains("split_") } > 0.9)
            #expect(try stacks(["--debuginfod"], url: url, cache: "fresh").share { $0.contains("split_") } == 0)
        }

        @Test func aServerThatNeverAnswersCostsTheStatedTime() throws {
            // Connections to a socket that nobody accepts from are made, and then nothing happens.
            let silent = try Program([
                "python3", "-u", "-c",
                "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(8); "
                    + "print('port', s.getsockname()[1]); time.sleep(60)",
            ])
            defer { silent.kill() }
            let url = "http://127.0.0.1:" + (try silent.waitForLine("port "))
            let start = Date()
            let result = try imported(["--debuginfod", "--debuginfod-timeout", "1"], url: url, cache: "silent")
            #expect(Date().timeIntervalSince(start) < 30, "nothing but the timeout ends this wait")
            #expect(result.errors.text.contains("no debuginfod server answered in 1.0 s"), "\(result.errors.text)")
        }

        private func withServer<Result>(_ body: (String) throws -> Result) throws -> Result {
            // A port that was free a moment ago.
            let probe = try Program.run([
                "python3", "-c",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
            ])
            let port = probe.output.text.trimmingCharacters(in: .whitespacesAndNewlines)
            let server = try Program([
                "env", "-u", "DEBUGINFOD_URLS", "HOME=" + folder.file("server"), "debuginfod", "-p", port, "-d",
                ":memory:", "-F", folder.file("served"),
            ])
            defer { server.kill() }
            let url = "http://127.0.0.1:" + port
            let id = try buildID()
            let deadline = Date(timeIntervalSinceNow: 30)
            while true {
                let asked = try Program.run([
                    "python3", "-c",
                    "import urllib.request, sys; urllib.request.urlopen(sys.argv[1], timeout=5).read()",
                    "\(url)/buildid/\(id)/debuginfo",
                ])
                if try asked.wait() == .exited(0) { break }
                guard server.isRunning, Date() < deadline else {
                    throw TestFailure("debuginfod: \(server.errors.text)")
                }
                usleep(100_000)
            }
            return try body(url)
        }

        private func buildID() throws -> String {
            let notes = try Program.run(["readelf", "-n", binary])
            guard let line = notes.output.lines.first(where: { $0.contains("Build ID:") }) else {
                throw TestFailure("no build-id: \(notes.output.text)")
            }
            return line.split(separator: " ").last.map(String.init) ?? ""
        }

        private func stacks(_ options: [String], url: String, cache: String = "client") throws -> CollapsedStacks {
            _ = try imported(options, url: url, cache: cache)
            return try Recording(folder: folder, file: folder.file("p.pb.gz")).stacks()
        }

        private func imported(_ options: [String], url: String, cache: String) throws -> Program {
            let program = try Program.run(
                [
                    "env", "HOME=" + folder.file("home"), "DEBUGINFOD_URLS=" + url,
                    "DEBUGINFOD_CACHE_PATH=" + folder.file(cache), Tickscope.path, "import", recording, "-o",
                    folder.file("p.pb.gz"),
                ] + options)
            guard try program.wait() == .exited(0) else { throw TestFailure(program.errors.text) }
            return program
        }
    }
}
