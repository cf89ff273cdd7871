import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Functions that only debug information knows, from the recording to what people read.
    @Suite(.enabled(if: Capability.cxxCompiler, "no C++ compiler to build the fixture with"))
    struct Inlined {
        private func record(_ options: [String]) throws -> Recording {
            let folder = try TemporaryFolder()
            let file = folder.file("inlined.pb.gz")
            let recorder = try Tickscope.run(
                ["record", "-F", "3999", "-d", "2", "--no-kernel", "--quiet", "-o", file] + options
                    + ["--", "sh", "-c", "exec timeout 3 \(Fixture.inlined.build()) 4000000"])
            _ = try recorder.wait()
            return Recording(folder: folder, file: file)
        }

        @Test func inlinedFunctionsStandBetweenTheirCallers() throws {
            let recording = try record([])
            let stacks = try recording.stacks(["--no-annotate"]).containing("book::Ladder::sortLevels")
            #expect(stacks.total > 1000)
            let inside = stacks.share { stack in
                guard let outer = stack.frames.firstIndex(of: "book::Ladder::sortLevels") else { return false }
                // std::sort is inlined into sortLevels, and std::__sort into it.
                return stack.frames.count > outer + 2 && stack.frames[outer + 1].hasPrefix("std::sort<")
                    && stack.frames[outer + 2].hasPrefix("std::__sort<")
            }
            #expect(inside >= 0.99, "\(stacks.summary)")
            let report = try Tickscope.run(["report", recording.file, "--format", "json"])
            let object = try JSONSerialization.jsonObject(with: Data(report.output.text.utf8)) as? [String: Any]
            let functions = try #require(object?["functions"] as? [[String: Any]])
            let sort = try #require(functions.first { $0["function"] as? String == "book::Ladder::sortLevels" })
            #expect((sort["file"] as? String)?.hasSuffix("/inlined.cpp") == true)
            let source = try String(contentsOfFile: Fixture.sources + "/inlined.cpp", encoding: .utf8)
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(sort["start_line"] as? Int == lines.firstIndex { $0.contains("void sortLevels") }.map { $0 + 1 })
        }

        @Test func theyAreLeftOutOnRequest() throws {
            let stacks = try record(["--no-inline"]).stacks(["--no-annotate"]).containing("sortLevels")
            #expect(stacks.total > 1000)
            #expect(stacks.share { $0.contains("std::sort<") } == 0)
        }

        @Test(.enabled(if: Capability.hasTool("go"), "go is not installed"))
        func goToolShowsTheirLines() throws {
            let recording = try record([])
            let listing = try Program.run(
                ["sh", "-c", "go tool pprof -traces -lines '\(recording.file)' 2>/dev/null | head -2000"])
            let line = try #require(listing.output.text.split(separator: "\n").first { $0.contains(" std::sort<") })
            #expect(line.contains("stl_algo.h:") && line.hasSuffix("(inline)"), "\(line)")
        }
    }

    /// Names from the dump that node keeps for profilers, which it shows by mapping it.
    @Suite(.enabled(if: Capability.hasTool("node"), "node is not installed"))
    struct JitDumps {
        @Test func generatedCodeIsNamed() throws {
            let folder = try TemporaryFolder()
            let script = """
                function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2) }
                const end = Date.now() + 3000
                while (Date.now() < end) fibonacci(20)
                """
            try script.write(toFile: folder.file("f.js"), atomically: true, encoding: .utf8)
            // To its end: node writes the dump in large pieces.
            let file = folder.file("node.pb.gz")
            let recorder = try Tickscope.run(
                [
                    "record", "-F", "1999", "--no-kernel", "--quiet", "-o", file, "--", "sh", "-c",
                    "cd '\(folder.path)' && exec node --perf-prof f.js",
                ])
            #expect(try recorder.wait() == .exited(0), "\(recorder.errors.text)")
            let stacks = try Recording(folder: folder, file: file).stacks().containing("Builtins_JSEntry")
            #expect(stacks.share { $0.contains("fibonacci") } >= 0.9, "\(stacks.summary)")
        }
    }
}
