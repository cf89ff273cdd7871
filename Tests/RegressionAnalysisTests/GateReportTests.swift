import Benchmarking
import Foundation
import RegressionAnalysis
import Testing

@Suite struct GateReportTests {
    private func report(_ name: String = "b|<x>") throws -> GateReport {
        let before: [(BenchmarkMetric, [Double])] = [(.time, Sample.steady(100)), (.allocations, [3, 3])]
        let now: [(BenchmarkMetric, [Double])] = [(.time, Sample.steady(120)), (.allocations, [3, 3])]
        return try RegressionGate().judge(
            Sample.run([Sample.result(name, now)]), against: Sample.run([Sample.result(name, before)]), named: "main")
    }

    @Test func textShowsVerdictChangeAndInterval() throws {
        let text = try report("b").text()
        let lines = text.split(separator: "\n")
        #expect(lines[1].contains("regressed") && lines[1].contains("+20 %") && lines[1].contains("5 %"))
        #expect(lines[2] == "not shown 1 exact count that is the same as before")
        let all = try report("b").text(showsAll: true).split(separator: "\n")
        #expect(all[2].contains("allocations") && all[2].contains("same") && all[2].contains("exact"))
        #expect(lines.last == "REGRESSED against main: 1 regressed, 1 same")
        let hostile = try report("b\u{1B}[31m").text()
        #expect(!hostile.contains("\u{1B}"))
    }

    @Test func markdownEscapesNamesAndFoldsWhatIsTheSame() throws {
        let text = try report().markdown()
        #expect(text.hasPrefix("### ❌ REGRESSED against main") && text.contains("b\\|\\<x\\>"))
        #expect(text.contains("<details><summary>1 the same within tolerance</summary>"))
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        // Nine columns in each row: ten bars that are not escaped.
        #expect(
            rows.count == 6
                && rows.allSatisfy { $0.replacingOccurrences(of: "\\|", with: "").count { $0 == "|" } == 10 })
    }

    @Test func junitIsXMLWithAFailure() throws {
        let text = try report().junit()
        #expect(text.contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\""))
        #expect(text.contains("classname=\"b|&lt;x&gt;\" name=\"time\""))
        #expect(text.contains("<failure type=\"regressed\" message=\"time regressed:"))
    }

    @Test func thePageIsWholeAndEscapesNames() throws {
        let text = try report().html()
        #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
        #expect(text.contains("b|&lt;x&gt;") && !text.contains("<x>"))
        #expect(text.contains("▲ regressed") && text.contains("prefers-color-scheme:dark"))
        // A picture for each finding, and nothing from outside.
        #expect(text.components(separatedBy: "<svg class=\"plot").count - 1 >= 2)
        #expect(!text.contains("http://") && !text.contains("https://") && !text.contains("<script"))
        #expect(!text.contains("NaN") && !text.contains("\"inf"))
    }

    @Test func jsonHasAVersionAndIsTheSameEachTime() throws {
        let text = try report().json()
        #expect(try report().json() == text)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["schemaVersion"] as? Int == 1 && object["verdict"] as? String == "regressed")
        let findings = try #require(object["findings"] as? [[String: Any]])
        #expect(findings.map { $0["metric"] as? String } == ["time", "allocations"])
        #expect(findings[0]["verdict"] as? String == "regressed" && findings[0]["changeIsShare"] as? Bool == true)
        let change = try #require(findings[0]["change"] as? Double)
        #expect(abs(change - 0.2) < 1e-3)
    }
}
