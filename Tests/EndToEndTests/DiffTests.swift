import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Real recordings of two builds of a program, one of which spends more in a function.
    @Suite struct Diffs {
        private func recordings(_ fixture: Fixture, count: Int) throws -> [Recording] {
            let target = try fixture.start("60")
            defer { target.kill() }
            return try (0..<count).map { _ in try Tickscope.record(target.pid, seconds: 1) }
        }

        private func diff(_ before: [Recording], _ after: [Recording], _ options: [String] = []) throws -> Program {
            try Tickscope.run(
                ["diff", "--before"] + before.map(\.file) + ["--after"] + after.map(\.file) + options)
        }

        private func rows(_ program: Program) throws -> [String: [String: Any]] {
            #expect(try program.wait() == .exited(0), "\(program.errors.text)")
            let value = try JSONSerialization.jsonObject(with: Data(program.output.text.utf8))
            let object = try #require(value as? [String: Any])
            let functions = try #require(object["functions"] as? [[String: Any]])
            return Dictionary(
                functions.map { ($0["function"] as? String ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        }

        private func change(_ row: [String: Any]?) throws -> Double {
            let own = try #require(row?["self"] as? [String: Any])
            return try #require(own["difference"] as? Double)
        }

        @Test func theFunctionThatGrewIsNamedWithItsShare() throws {
            let before = try recordings(.split, count: 3)
            let after = try recordings(.splitGrown, count: 3)
            let functions = try rows(try diff(before, after, ["--format", "json"]))
            #expect(functions["split_heavy"]?["finding"] as? String == "grown")
            // 3 of 4 units were 5 of 6: 8.3 points more.
            let change = try change(functions["split_heavy"])
            #expect(abs(change - (5.0 / 6 - 0.75)) < 0.03, "\(change)")

            let picture = before[0].folder.file("diff.svg")
            let text = try diff(before, after, ["-o", picture])
            #expect(try text.wait() == .exited(0) && text.output.text.contains("split_heavy"))
            let svg = try String(contentsOfFile: picture, encoding: .utf8)
            #expect(svg.contains("split_heavy") && svg.contains("</svg>"))

            // The same build, recorded again: no more than sampling makes of it.
            let again = try rows(try diff(before, try recordings(.split, count: 3), ["--format", "json"]))
            let noise = try self.change(again["split_heavy"])
            #expect(abs(noise) < 0.03, "\(noise)")
        }

        @Test func whatCannotBeComparedIsOneLine() throws {
            let folder = try TemporaryFolder()
            let (one, other) = (folder.file("a"), folder.file("b"))
            try "main;a 100\n".write(toFile: one, atomically: true, encoding: .utf8)
            try "start;b 100\n".write(toFile: other, atomically: true, encoding: .utf8)
            expectOneError(try Tickscope.run(["diff", one, other]), mentions: ["no function in common"])
            expectOneError(try Tickscope.run(["diff", one, folder.file("none")]), mentions: ["none"])
            expectOneError(try Tickscope.run(["diff", one]), code: 2)
            expectOneError(try Tickscope.run(["diff", one, other, "--normalize", "work=0,1"]), code: 2)
        }
    }
}
