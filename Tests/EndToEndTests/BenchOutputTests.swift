import Foundation
import FoundationXML
import TestSupport
import Testing

extension BenchEndToEnd {
    @Suite struct Output {
        /// A throughput, a latency and a failed benchmark, in every format.
        @Test func everyFormatIsWellFormed() throws {
            let folder = try TemporaryFolder()
            let file = folder.file("r.json")
            let selection = ["--filter", "^(fine|throws|cause-own-code|allocates-three)$"]
            let measured = try run([fixtures, "-o", file] + selection + briefly)
            expectOneError(measured, mentions: ["throws"])
            let formats = [
                "text", "json", "csv", "markdown", "html", "junit", "jmh", "google-benchmark", "github-action",
            ]
            for format in formats {
                let program = try run([file, "--format", format])
                #expect(try program.wait() == .exited(0), "\(format): \(program.errors.text)")
                let text = program.output.text
                #expect(program.errors.text.isEmpty && text.contains("cause-own-code"), "\(format): \(text)")
                switch format {
                case "json", "jmh", "google-benchmark", "github-action":
                    #expect(throws: Never.self, "\(format)") {
                        try JSONSerialization.jsonObject(with: Data(text.utf8))
                    }
                case "csv":
                    let rows = try Self.rows(text)
                    #expect(rows.count > 20 && Set(rows.map(\.count)) == [rows[0].count], "\(rows.map(\.count))")
                case "junit":
                    let parser = XMLParser(data: Data(text.utf8))
                    let counter = ElementCounter()
                    parser.delegate = counter
                    #expect(parser.parse(), "\(String(describing: parser.parserError))")
                    #expect(counter.counts["testcase"] == 4 && counter.counts["failure"] == 1)
                case "html": #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
                default: #expect(text.contains("fine"))
                }
            }
        }

        /// The second run goes by what the first found out.
        @Test func theMachinesLimitsStandBesideTheResults() throws {
            for _ in 0..<2 {
                let program = try run([fixtures, "--filter", "^fine$"] + briefly)
                #expect(try program.wait() == .exited(0), "\(program.errors.text)")
                let limits = try #require(program.output.lines.first { $0.hasPrefix("limits ") })
                #expect(limits.contains("the clock steps") && limits.contains("grade "), "\(limits)")
                #expect(limits.contains(Capability.hardwareCycles ? "hardware counters" : "no PMU"), "\(limits)")
            }
        }

        @Test func aFullDiskIsSaidInOneLine() throws {
            let commands = [
                ["bench", "list", fixtures], ["bench", "run", fixtures, "--filter", "^fine$"] + briefly,
                ["doctor", "--seconds", "0.5"], ["bench", "compare", "--command", "true", "true", "--runs", "7"],
            ]
            for command in commands {
                expectOneError(try run(command, into: "/dev/full"), mentions: ["no space left"])
            }
            let options = ["--filter", "^fine$", "-o", "/dev/full"] + briefly
            expectOneError(try run([fixtures] + options), mentions: ["'/dev/full': no space left"])
        }

        /// Found out before anything is measured.
        @Test func anUnwritableFolderIsSaidInOneLine() throws {
            for path in ["/sys/results.json", "/nonexistent/results.json", "/"] {
                let program = try run([fixtures, "--filter", "^hangs$", "--timeout", "300", "-o", path])
                expectOneError(program, mentions: ["cannot write '\(path)'"])
                let compare = try Tickscope.run(["bench", "compare", fixtures, fixtures, "-o", path])
                expectOneError(compare, mentions: ["cannot write '\(path)'"])
            }
        }

        @Test func aReaderThatLeavesIsNoError() throws {
            let script = "\"$@\" | head -n 1; exit ${PIPESTATUS[0]}"
            let program = try Program.run(["bash", "-c", script, "sh", Tickscope.path, "bench", "list", fixtures])
            #expect(try program.wait() == .exited(0) && program.errors.text.isEmpty, "\(program.errors.text)")
        }

        @Test func theDoctorIsReadByPrograms() throws {
            let program = try Tickscope.run(["doctor", "--seconds", "0.5", "--format", "json"])
            let report = try object(program.output.text)
            let grade = try #require(report["grade"] as? String)
            #expect(try program.wait() == .exited(grade == "D" ? 1 : 0), "\(program.errors.text)")
            #expect("ABCD".contains(grade) && (report["findings"] as? [Any])?.isEmpty == false)
            expectOneError(try Tickscope.run(["doctor", "--seconds", "0.1"]), code: 2, mentions: ["0.5 to 60"])
        }

        /// Fields of RFC 4180: quoted ones may hold commas, and quotes twice.
        private static func rows(_ text: String) throws -> [[String]] {
            var rows: [[String]] = [], row: [String] = [], field = "", isQuoted = false
            var characters = Array(text.unicodeScalars)[...]
            while let character = characters.popFirst() {
                switch character {
                case "\"" where isQuoted && characters.first == "\"":
                    field.append("\"")
                    characters.removeFirst()
                case "\"": isQuoted.toggle()
                case "," where !isQuoted:
                    row.append(field)
                    field = ""
                case "\r" where !isQuoted: continue
                case "\n" where !isQuoted:
                    rows.append(row + [field])
                    (row, field) = ([], "")
                default: field.unicodeScalars.append(character)
                }
            }
            guard !isQuoted, row.isEmpty, field.isEmpty else { throw TestFailure("the last row is not ended") }
            return rows
        }
    }
}

private final class ElementCounter: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) { counts[name, default: 0] += 1 }
}
