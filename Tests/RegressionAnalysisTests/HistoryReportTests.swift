import RegressionAnalysis
import Statistics
import Testing

@Suite struct HistoryReportTests {
    /// 60 values around 100, then 40 around 110, each off by up to 1.
    private let values = (0..<100).map { (i: Int) -> Double in
        let level: Double = i >= 60 ? 110 : 100
        return level - 1 + Double(i * 7 % 11) / 5
    }

    @Test func jsonHasExactlyTheDocumentedMembers() {
        let report = HistoryReport(HistoryFile(values: values, commits: nil))
        let change = report.history.changes[0]
        #expect(
            report.json() == """
                {
                  "points": 100,
                  "changePoints": [
                    {"index": 60, "interval": [60, 60], "before": 100.0, "after": 110.0, "p": \(change.pValue)}
                  ]
                }

                """)
        #expect(change.pValue > 0 && change.pValue < 1e-20)
        #expect(
            HistoryReport(HistoryFile(values: [1, .nan], commits: nil)).json()
                == "{\n  \"points\": 2,\n  \"changePoints\": []\n}\n")
    }

    @Test func textShowsTheCurveAndTheCommits() {
        let commits = (0..<100).map { $0 == 60 ? "bad\u{1B}[31m" : "c\($0)" }
        let report = HistoryReport(HistoryFile(values: values, commits: commits))
        let lines = report.text(width: 52).split(separator: "\n").map(String.init)
        #expect(
            lines[0]
                == "100 values, 1 change point (a series without one shows one in at most 1 % of cases)")
        #expect(lines[1].count == 52 && lines[1].hasPrefix("  ▁▁") && lines[1].hasSuffix("█"))
        #expect(lines[2] == "  " + String(repeating: " ", count: 30) + "^" + String(repeating: " ", count: 19))
        #expect(lines[3] == "  index  between  before  after  change       p  commits")
        #expect(lines[4] == "     60       60     100    110   +10 %  < 1e-6  bad?[31m")
    }

    @Test func seriesOfNothingAndOfOneValue() {
        for values in [[Double.nan], [3], [3, 3, 3], [.nan, .infinity, 5]] {
            let text = HistoryReport(HistoryFile(values: values, commits: nil)).text()
            #expect(text.contains("no change point") && text.contains("too few to tell a step"))
        }
        let flat = HistoryReport(HistoryFile(values: [Double](repeating: 0, count: 20), commits: nil)).text()
        #expect(flat.contains(String(repeating: "▁", count: 20)))
        let huge = (0..<20).map { $0 % 2 == 0 ? Double.greatestFiniteMagnitude : -Double.greatestFiniteMagnitude }
        #expect(HistoryReport(HistoryFile(values: huge, commits: nil)).text().contains("█▁█▁"))
    }
}
