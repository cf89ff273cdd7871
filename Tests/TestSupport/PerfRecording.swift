import Foundation

/// A recording made by perf, and what perf itself makes of it: an independent reader of the same bytes.
package struct PerfRecording: Sendable {
    package struct Sample: Sendable {
        package var pid: Int32
        package var tid: Int32
        /// Nanoseconds of the recording's clock.
        package var time: UInt64
        /// Leaf first, kernel frames included.
        package var frames: [(address: UInt64, name: String)]
    }

    package var folder: TemporaryFolder
    package var file: String

    /// perf is there and may record.
    package static let isPossible: Bool = {
        guard Capability.perfEvents, Capability.hasTool("perf"), let folder = try? TemporaryFolder() else {
            return false
        }
        let trial = try? Program.run([
            "perf", "record", "-q", "-N", "-e", "cpu-clock", "-o", folder.file("p"), "--", "true",
        ])
        return (try? trial?.wait()) == .exited(0)
    }()

    /// perf can compress what it writes.
    package static let compresses: Bool = {
        guard isPossible, let build = try? Program.run(["perf", "version", "--build-options"]) else { return false }
        return build.output.lines.contains { $0.contains("zstd") && $0.contains(" on ") }
    }()

    /// Records with perf for some seconds.
    /// - Parameter options: of `perf record`, with what to record.
    package init(_ options: [String], seconds: Double = 1.5) throws {
        folder = try TemporaryFolder()
        file = folder.file("perf.data")
        // perf keeps copies of what it records, as a rule in the user's home.
        let arguments =
            ["perf", "--buildid-dir", folder.file("cache"), "record", "-q", "-F", "997", "-o", file] + options
            + ["--", "sleep", "\(seconds)"]
        let perf = try Program.run(arguments)
        guard try perf.wait() == .exited(0) else { throw TestFailure("\(arguments): \(perf.errors.text)") }
    }

    /// A recording that lies in a folder already.
    package init(folder: TemporaryFolder, file: String) {
        self.folder = folder
        self.file = file
    }

    /// The samples as `perf script` prints them.
    package func samples(_ options: [String] = []) throws -> [Sample] {
        let script = try Program.run(
            ["perf", "script", "--no-inline", "--ns", "-F", "comm,pid,tid,time,ip,sym", "-i", file] + options,
            timeout: 110)
        guard try script.wait() == .exited(0) else { throw TestFailure("perf script: \(script.errors.text)") }
        var samples: [Sample] = []
        for line in script.output.lines {
            let words = line.split(whereSeparator: \.isWhitespace)
            if line.first?.isWhitespace == true, let address = words.first.flatMap({ UInt64($0, radix: 16) }),
                !samples.isEmpty, !line.hasSuffix(":")
            {
                // perf writes -1 where it could not go on.
                let name = words.dropFirst().joined(separator: " ")
                if address != .max { samples[samples.count - 1].frames.append((address, name)) }
                continue
            }
            // comm pid/tid seconds.nanoseconds: — and without a call graph, address and name on the same line.
            guard let colon = words.firstIndex(where: { $0.last == ":" && $0.contains(".") }), colon > 0 else {
                continue
            }
            let task = words[colon - 1].split(separator: "/")
            let time = words[colon].dropLast().split(separator: ".")
            guard task.count == 2, time.count == 2, let pid = Int32(task[0]), let tid = Int32(task[1]),
                let seconds = UInt64(time[0]), let nanoseconds = UInt64(time[1])
            else { continue }
            var sample = Sample(pid: pid, tid: tid, time: seconds * 1_000_000_000 + nanoseconds, frames: [])
            if colon + 1 < words.count, let address = UInt64(words[colon + 1], radix: 16) {
                sample.frames.append((address, words[(colon + 2)...].joined(separator: " ")))
            }
            samples.append(sample)
        }
        return samples
    }
}
