import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A benchmark of five functions, one of which does half as much again.
    @Suite struct Attributions {
        private let folder: TemporaryFolder
        private let programs: (before: String, after: String)

        init() throws {
            folder = try TemporaryFolder()
            let own = BuiltProgram.path("known-answers")
            let after = folder.file("after")
            try "#!/bin/sh\nexport KNOWN_ANSWERS_THIRD=500\nexec '\(own)'\n".write(
                toFile: after, atomically: true, encoding: .utf8)
            chmod(after, 0o755)
            programs = (own, after)
        }

        private func measure(_ program: String, _ name: String, _ options: [String]) throws -> String {
            let file = folder.file(name)
            let run = try Tickscope.run(
                ["bench", "run", program, "--filter", "five", "--seconds", "1", "--quiet", "-o", file] + options)
            #expect(try run.wait() == .exited(0), "\(run.errors.text)")
            return file
        }

        private func named(_ json: String) throws -> [String: String] {
            let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
            let attributions = (value as? [String: Any])?["attributions"] as? [[String: Any]]
            let functions = try #require(attributions?.first?["functions"] as? [[String: Any]])
            return Dictionary(
                functions.filter { ($0["finding"] as? String) != "not-resolved" }.map {
                    ($0["name"] as? String ?? "", $0["finding"] as? String ?? "")
                }, uniquingKeysWith: { first, _ in first })
        }

        @Test func profiledResultsNameTheFunction() throws {
            let before = try measure(programs.before, "a.json", ["--profile"])
            let after = try measure(programs.after, "b.json", ["--profile"])
            let store = ["--store", folder.file("s")]
            #expect(try Tickscope.run(["baseline", "save", "main", before] + store).wait() == .exited(0))
            // The profile travels with the baseline.
            let judged = try Tickscope.run(["regress", after, "--baseline", "main", "--format", "json"] + store)
            #expect(try judged.wait() == .exited(1))
            let functions = try named(judged.output.text)
            #expect(functions.count == 1 && functions.keys.first?.contains("third") == true, "\(functions)")
            let text = try Tickscope.run(["regress", after, "--baseline", "main"] + store)
            #expect(text.output.text.contains("by function") && text.output.text.contains("not explained"))
            let page = folder.file("r.html")
            let html = try Tickscope.run(["regress", after, "--against", before, "--format", "html", "-o", page])
            #expect(try html.wait() == .exited(1))
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("<svg class=\"plot"))
        }

        @Test func bothProgramsAreMeasuredAgain() throws {
            let before = try measure(programs.before, "a.json", [])
            let after = try measure(programs.after, "b.json", [])
            let again = [
                "regress", after, "--against", before, "--attribute", "--before-program", programs.before,
                "--after-program", programs.after, "--seconds", "1", "--format", "json",
            ]
            let judged = try Tickscope.run(again)
            #expect(try judged.wait() == .exited(1))
            let functions = try named(judged.output.text)
            #expect(functions.keys.contains { $0.contains("third") }, "\(functions)")
            expectOneError(try Tickscope.run(["regress", after, "--against", before, "--attribute"]), code: 2)
        }

        @Test func aProgramThatIsMeasuredIsKnownByItsBuild() throws {
            let result = try measure(programs.before, "a.json", [])
            let notes = try Program.run(["readelf", "--notes", programs.before]).output.lines
            let id = try #require(notes.first { $0.contains("Build ID: ") }?.split(separator: " ").last)
            let store = ["--store", folder.file("s")]
            #expect(try Tickscope.run(["baseline", "save", "main", result] + store).wait() == .exited(0))
            let shown = try Tickscope.run(["baseline", "show", "main"] + store)
            #expect(shown.output.text.contains("build-id \(id.prefix(16))"))
        }

        @Test func calibrationIsKeptAndWarnsOfFinerTolerances() throws {
            let store = ["--store", folder.file("s")]
            let brief = ["calibrate", "--filter", "allocations", "--seconds", "0.1", "--processes", "4"]
            let calibrated = try Tickscope.run(brief + ["--format", "json"] + store)
            #expect(try calibrated.wait() == .exited(0), "\(calibrated.errors.text)")
            let value = try JSONSerialization.jsonObject(with: Data(calibrated.output.text.utf8))
            let entries = try #require((value as? [String: Any])?["entries"] as? [[String: Any]])
            let cycles = try #require(entries.first { $0["metric"] as? String == "cycles" })
            #expect(try #require(cycles["spread"] as? Double) >= 0 && cycles["smallestVisible"] is Double)
            let result = try measure(programs.before, "a.json", ["--processes", "4"])
            let judged = try Tickscope.run(
                ["regress", result, "--against", result, "--tolerance", "cycles=0.0001%"] + store)
            _ = try judged.wait()
            #expect(judged.output.text.contains("by calibration 4 processes show"))
            expectOneError(try Tickscope.run(["calibrate", "--change", "1"]), code: 2)
        }
    }
}
