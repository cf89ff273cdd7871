import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite struct ChangePoints {
        /// Twenty values around 100, then twenty around 120.
        private let values = (0..<40).map { (i: Int) -> String in "\(i % 3 + (i < 20 ? 99 : 119))" }

        private func write(_ text: String, _ name: String, in folder: TemporaryFolder) throws -> String {
            try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
            return folder.file(name)
        }

        @Test func tablesAndJSONGiveTheSameChange() throws {
            let folder = try TemporaryFolder()
            let table = try write("day,ns\n" + values.map { "d,\($0)\n" }.joined(), "h.csv", in: folder)
            let json = try write("[\(values.joined(separator: ", "))]", "h.json", in: folder)
            let commits = values.indices.map { "\"c\($0)\"" }.joined(separator: ", ")
            let object = try write(
                "{\"commits\": [\(commits)], \"values\": [\(values.joined(separator: ", "))]}", "o.json", in: folder)
            let fromTable = try Tickscope.run(["changepoints", table, "--column", "ns", "--format", "json"])
            let fromJSON = try Tickscope.run(["changepoints", json, "--format", "json"])
            #expect(try fromTable.wait() == .exited(0) && fromJSON.wait() == .exited(0))
            #expect(fromTable.output.text == fromJSON.output.text)
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(fromJSON.output.text.utf8)) as? [String: Any])
            #expect(Set(report.keys) == ["points", "changePoints"] && report["points"] as? Int == 40)
            let changes = try #require(report["changePoints"] as? [[String: Any]])
            #expect(changes.count == 1 && changes[0]["index"] as? Int == 20)
            #expect(Set(changes[0].keys) == ["index", "interval", "before", "after", "p"])
            #expect(changes[0]["before"] as? Double == 100 && changes[0]["after"] as? Double == 120)
            let text = try Tickscope.run(["changepoints", object])
            #expect(try text.wait() == .exited(0) && text.output.text.contains("c20"))
            #expect(text.output.text.contains("▁") && text.output.text.contains("█"))
        }

        @Test func badFilesAndWrongUsage() throws {
            let folder = try TemporaryFolder()
            let empty = try write("", "empty", in: folder)
            expectOneError(try Tickscope.run(["changepoints", empty]), mentions: ["empty"])
            expectOneError(try Tickscope.run(["changepoints", "/bin/sh"]), mentions: ["not text"])
            expectOneError(try Tickscope.run(["changepoints", folder.file("missing")]), mentions: ["missing"])
            expectOneError(try Tickscope.run(["changepoints"]), code: 2)
            expectOneError(try Tickscope.run(["changepoints", empty, "--format", "xml"]), code: 2)
            expectOneError(try Tickscope.run(["selftest", "--trials", "1"]), code: 2, mentions: ["--trials"])
        }

        @Test func theSelfTestPasses() throws {
            let test = try Tickscope.run(["selftest", "--trials", "100", "--format", "json"])
            #expect(try test.wait() == .exited(0))
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(test.output.text.utf8)) as? [String: Any])
            #expect(report["passed"] as? Bool == true && (report["families"] as? [Any])?.count == 6)
        }
    }
}
