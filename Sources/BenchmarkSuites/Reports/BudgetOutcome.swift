package import Benchmarking

/// What became of one budget of one benchmark, for reports.
package struct BudgetOutcome: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable {
        case kept
        case missed
        case notResolved = "not resolved"
    }

    package var id: BenchmarkID
    /// Identifier of a `BenchmarkMetric`.
    package var metric: String
    package var verdict: Verdict
    /// For people, one line: the value, its interval and the bound.
    package var text: String

    package init(id: BenchmarkID, metric: String, verdict: Verdict, text: String) {
        self.id = id
        self.metric = metric
        self.verdict = verdict
        self.text = text
    }
}
