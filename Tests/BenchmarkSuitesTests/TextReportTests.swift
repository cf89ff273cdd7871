import BenchmarkSuites
import Benchmarking
import Testing

@Suite struct TextReportTests {
    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    @Test func narrowTerminalsLeaveColumnsOutAndSaySo() {
        let wide = lines(BenchmarkTextFormat().render(SampleRun.run))
        #expect(wide.contains { $0.contains("peak memory") && $0.contains("instructions") })
        let narrow = lines(BenchmarkTextFormat(terminalWidth: 80).render(SampleRun.run))
        let head = narrow.first { $0.hasPrefix("benchmark") } ?? ""
        #expect(head.count <= 80)
        #expect(head.contains("time/op") && !head.contains("peak memory"))
        #expect(narrow.contains { $0.hasPrefix("left out for want of width: ") && $0.contains("peak memory") })
        #expect(narrow.filter { $0.hasPrefix("book.add/") }.allSatisfy { $0.count <= 80 })
    }

    @Test func colorsOnlyWhenAskedFor() {
        #expect(!BenchmarkTextFormat().render(SampleRun.run).contains("\u{1B}"))
        let colored = BenchmarkTextFormat(usesColor: true).render(SampleRun.run)
        #expect(colored.contains("\u{1B}[31mfailed   risk.check"))
        // The name's own escape character never comes through.
        #expect(!colored.contains("日本\u{1B}"))
    }

    @Test func noDigitBeyondTheInterval() {
        var result = BenchmarkResult(id: BenchmarkID(name: "a"), mode: .throughput)
        // The exact 95 % interval of a median of six is from the least to the greatest value.
        result.series = [MetricSeries(metric: .time, values: [100, 104, 103, 101, 110, 120], resolution: 0.1)]
        let run = BenchmarkRun(
            tool: "t", startedAtNanoseconds: 0, durationNanoseconds: 0, machine: SampleRun.machine, results: [result])
        let row = lines(BenchmarkTextFormat().render(run)).first { $0.hasPrefix("a ") }
        #expect(row?.split(separator: " ") == ["a", "100", "ns", "10", "ns", "100", "ns"])
    }

    @Test func percentilesNeedOperations() {
        let text = BenchmarkTextFormat().render(SampleRun.run)
        #expect(text.contains("needs 36,887 operations"))
        #expect(text.contains("p99.9 and beyond: 85 % interrupt, 10 % page fault, 5 % preempted"))
    }
}
