import Foundation

/// What /proc says about a running process.
package enum ProcessFacts {
    /// Processor time so far, of all its threads, in seconds.
    package static func processorSeconds(_ pid: Int32) throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // The name, in parentheses, may contain anything; the fields after it start with the state, field 3.
        let fields = stat[stat.index(after: stat.lastIndex(of: ")")!)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw TestFailure("cannot read /proc/\(pid)/stat")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    package static func threads(_ pid: Int32) -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []).compactMap { Int32($0) }
            .sorted()
    }

    /// The highest resident size that the process ever had, in bytes; nil when it has ended.
    package static func peakResidentBytes(_ pid: Int32) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kibibytes * 1024
    }

    /// How many perf events the process holds open.
    package static func perfEvents(_ pid: Int32) -> Int {
        let folder = "/proc/\(pid)/fd"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).count { descriptor in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)"))?
                .contains("perf_event") == true
        }
    }

    /// Waits until a recorder is attached: it holds events, and has opened no more for a third of a second.
    package static func waitForAttach(_ recorder: Program, timeout: Double = 20) throws {
        let deadline = Date(timeIntervalSinceNow: timeout)
        var last = 0
        while recorder.isRunning, Date() < deadline {
            let count = perfEvents(recorder.pid)
            if count > 0, count == last { return }
            last = count
            usleep(330_000)
        }
        throw TestFailure("not attached: \(recorder.errors.text)")
    }
}
