package import Benchmarking
internal import ProfileFormats
internal import Statistics

/// JUnit's XML, as continuous integration reads it: each benchmark is a test case.
///
/// A benchmark that could not be measured, or misses a budget, is a failure; one that the machine does not support is
/// skipped. A budget that was not resolved is no failure: it is in the case's output.
package struct JUnitFormat: BenchmarkFormat {
    package let name = "junit"
    package let fileExtensions = ["xml"]
    package let summary = "test cases for continuous integration"

    package var budgets: [BudgetOutcome]

    package init(budgets: [BudgetOutcome] = []) { self.budgets = budgets }

    package func encode(_ run: BenchmarkRun) -> [UInt8] {
        let cases = run.results.map(testCase)
        let failures = cases.count { $0.isFailure }
        let skipped = cases.count { $0.isSkipped }
        let seconds = NumberText.fixed(Double(run.durationNanoseconds) / 1e9, decimals: 3)
        var attributes = "name=\"benchmarks\" tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"0\" "
        attributes += "skipped=\"\(skipped)\" time=\"\(seconds)\""
        if run.startedAtNanoseconds > 0 {
            attributes += " timestamp=\"\(CalendarText.utc(seconds: run.startedAtNanoseconds / 1_000_000_000))\""
        }
        if !run.machine.hostname.isEmpty { attributes += " hostname=\"\(XMLText.escaped(run.machine.hostname))\"" }
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites>
              <testsuite \(attributes)>
            \(cases.map(\.text).joined())  </testsuite>
            </testsuites>

            """
        return Array(text.utf8)
    }

    private func testCase(_ result: BenchmarkResult) -> (text: String, isFailure: Bool, isSkipped: Bool) {
        let id = result.id.description
        let seconds = (result.summary(.time)?.estimate ?? 0) * Double(result.operations) / 1e9
        var text = "    <testcase classname=\"\(XMLText.escaped(result.id.name))\" name=\"\(XMLText.escaped(id))\" "
        text += "time=\"\(NumberText.fixed(seconds, decimals: 3))\">\n"
        let own = budgets.filter { $0.id == result.id }
        let missed = own.filter { $0.verdict == .missed }
        let isSkipped = result.failure?.code == "not-supported"
        let isFailure = !isSkipped && (result.failure != nil || !missed.isEmpty)
        if isSkipped, let failure = result.failure {
            text += "      <skipped message=\"\(XMLText.escaped(failure.text))\"/>\n"
        } else if let failure = result.failure {
            text += "      <failure type=\"\(XMLText.escaped(failure.code))\" "
            text += "message=\"\(XMLText.escaped(failure.text))\"/>\n"
        } else if !missed.isEmpty {
            // One element a case: what reads JUnit's files shows the first only.
            let message = missed.map(\.text).joined(separator: "; ")
            text += "      <failure type=\"budget\" message=\"\(XMLText.escaped(message))\"/>\n"
        }
        let output = self.output(result, own)
        if !output.isEmpty {
            text += "      <system-out>\(output.map(XMLText.escaped).joined(separator: "\n"))</system-out>\n"
        }
        return (text + "    </testcase>\n", isFailure, isSkipped)
    }

    private func output(_ result: BenchmarkResult, _ budgets: [BudgetOutcome]) -> [String] {
        var lines: [String] = []
        for series in result.series {
            guard let summary = MetricSummary(series) else { continue }
            let spread = summary.halfWidthText.map { " ± \($0)" } ?? ""
            lines.append("\(summary.metric.id): \(summary.text)\(spread)")
        }
        for curve in LatencySummary.curves(result) {
            let percentiles = LatencySummary.quantiles.compactMap { metric, title, quantile in
                curve.percentile(quantile, metric).map { "\(title) \($0.text)" }
            }
            lines.append(
                "latency, \(curve.title): " + (percentiles + ["max \(curve.maximumText)"]).joined(separator: ", "))
        }
        lines += result.warnings.map { "warning: \($0.text)" }
        lines += budgets.map { "budget \($0.verdict.rawValue): \($0.text)" }
        return lines
    }
}
