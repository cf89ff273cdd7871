import Foundation
import TestSupport
import Testing

/// Every reader of a recording says something about `function`.
func expectOutputs(
    of recording: Recording, toName function: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let picture = recording.folder.file("flame.svg")
    let flame = try Tickscope.run(["flame", recording.file, "-o", picture])
    #expect(try flame.wait() == .exited(0), "\(flame.errors.text)", sourceLocation: sourceLocation)
    let svg = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(svg.contains("<svg") && svg.contains("</svg>"), sourceLocation: sourceLocation)
    #expect(svg.contains(function), "\(function) is not in the picture", sourceLocation: sourceLocation)

    for format in ["text", "json", "csv"] {
        let report = try Tickscope.run(["report", recording.file, "--format", format, "--limit", "1000"])
        #expect(try report.wait() == .exited(0), "\(report.errors.text)", sourceLocation: sourceLocation)
        #expect(report.output.text.contains(function), "\(format) has no \(function)", sourceLocation: sourceLocation)
        if format == "json" {
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(report.output.text.utf8))) != nil,
                sourceLocation: sourceLocation)
        }
    }
}

extension EndToEnd {
    /// From the recording to what people and other tools read.
    @Suite struct Outputs {
        @Test func everyOutputNamesTheHotFunctions() throws {
            let target = try Fixture.split.start("30")
            defer { target.kill() }
            let recording = try Tickscope.record(target.pid, seconds: 2)
            try expectOutputs(of: recording, toName: "split_heavy")
            try expectOutputs(of: recording, toName: "split_light")
        }

        @Test(.enabled(if: Capability.hasTool("go"), "go is not installed"))
        func goToolReadsTheProfile() throws {
            let target = try Fixture.split.start("30")
            defer { target.kill() }
            let recording = try Tickscope.record(target.pid, seconds: 3)
            let top = try Program.run(["go", "tool", "pprof", "-top", recording.file])
            #expect(try top.wait() == .exited(0), "\(top.errors.text)")
            let line = try #require(top.output.lines.first { $0.hasSuffix(" split_heavy") }, "\(top.output.text)")
            let percent = try #require(line.split(separator: " ").first { $0.hasSuffix("%") }?.dropLast())
            #expect(abs(try #require(Double(percent)) - 75) <= 3, "\(line)")
        }

        @Test(.enabled(if: Capability.hasTool("flamegraph.pl") || nytprof != nil, "flamegraph.pl is not installed"))
        func flamegraphScriptReadsTheStacks() throws {
            let target = try Fixture.split.start("30")
            defer { target.kill() }
            let recording = try Tickscope.record(target.pid, seconds: 2)
            let folded = recording.folder.file("stacks.folded")
            let export = try Tickscope.run(["export", recording.file, "--format", "collapsed", "-o", folded])
            #expect(try export.wait() == .exited(0), "\(export.errors.text)")
            let script = try Program.run([Self.nytprof ?? "flamegraph.pl", folded])
            #expect(try script.wait() == .exited(0), "\(script.errors.text)")
            #expect(script.output.text.contains("split_heavy"))
        }

        /// Where Debian's libdevel-nytprof-perl puts the script.
        private static let nytprof: String? = {
            let path = "/usr/share/perl5/Devel/NYTProf/flamegraph.pl"
            return access(path, X_OK) == 0 ? path : nil
        }()
    }
}
