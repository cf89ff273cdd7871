package import Benchmarking
internal import BenchmarkSuites

/// What the gate says of a run: every comparison, and what could not be compared.
package struct GateReport: Sendable {
    /// A benchmark that there is no verdict about, and why.
    package struct Remark: Hashable, Sendable {
        package var id: BenchmarkID
        package var text: String
    }

    package let baselineName: String
    package let candidateTool: String
    package let baselineTool: String
    package let hostname: String
    package let candidateStartedAtNanoseconds: Int64
    package let baselineStartedAtNanoseconds: Int64
    package var findings: [GateFinding] = []
    /// Benchmarks of the baseline without a usable counterpart.
    package var unjudged: [Remark] = []
    /// Benchmarks that fail now and did not before.
    package var failures: [Remark] = []
    /// Benchmarks that the baseline does not have.
    package var added: [BenchmarkID] = []
    package var warnings: [String] = []
    /// Where changes come from, of benchmarks that both sides have profiles of.
    package var attributions: [Attribution] = []

    init(baselineName: String, candidate: BenchmarkRun, baseline: BenchmarkRun) {
        self.baselineName = baselineName
        candidateTool = candidate.tool
        baselineTool = baseline.tool
        hostname = candidate.machine.hostname
        candidateStartedAtNanoseconds = candidate.startedAtNanoseconds
        baselineStartedAtNanoseconds = baseline.startedAtNanoseconds
    }

    /// Findings that decide.
    package var deciding: [GateFinding] { findings.filter(\.gates) }

    package func count(_ verdict: GateVerdict) -> Int { deciding.count { $0.verdict == verdict } }

    /// Findings whose declared tolerance is finer than what the measurement shows of itself.
    package var toleranceErrors: [GateFinding] { deciding.filter(\.isToleranceBelowNoise) }

    package var hasRegressed: Bool { !failures.isEmpty || deciding.contains { $0.verdict == .regressed } }

    /// Whether a regression is not ruled out somewhere.
    package var isUnresolved: Bool {
        !unjudged.isEmpty || deciding.isEmpty
            || deciding.contains { $0.verdict != .regressed && !$0.excludesRegression }
    }

    /// 0 passed, 1 regressed or failed, 2 a tolerance finer than the noise, 3 not resolved (when strict).
    package func exitCode(isStrict: Bool) -> Int32 {
        if hasRegressed { return 1 }
        if !toleranceErrors.isEmpty { return 2 }
        return isStrict && isUnresolved ? 3 : 0
    }

    /// One line.
    package var summary: String {
        var parts = GateVerdict.allCases.map { ($0, count($0)) }.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.title)" }
        if !failures.isEmpty { parts.append("\(failures.count) failed") }
        if !unjudged.isEmpty { parts.append("\(unjudged.count) not compared") }
        let verdict = hasRegressed ? "REGRESSED" : toleranceErrors.isEmpty ? "passed" : "TOLERANCE BELOW NOISE"
        return "\(verdict) against \(PlainText.of(baselineName)): \(parts.joined(separator: ", "))"
    }
}
