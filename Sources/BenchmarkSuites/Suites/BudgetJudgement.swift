package import Benchmarking

/// Whether a benchmark kept a budget.
package enum BudgetVerdict: String, Codable, Hashable, Sendable {
    /// All of the range that the value lies in keeps the bound.
    case kept
    /// None of it does.
    case missed
    /// Some of it does, or there is no value.
    case notResolved = "not-resolved"
}

/// A budget, what was measured, and the verdict.
package struct BudgetJudgement: Codable, Hashable, Sendable {
    package var benchmark: BenchmarkID
    package var budget: Budget
    package var verdict: BudgetVerdict
    /// What was measured and the range that it lies in, in the metric's unit; nil when it was not.
    package var value: Double?
    package var lower: Double?
    package var upper: Double?
    /// How much the value is beyond the bound, in the metric's unit; negative when it keeps it.
    package var excess: Double?
    /// The same as a share of the bound; nil when the bound is 0.
    package var excessShare: Double?
    /// Why nothing could be judged.
    package var reason: String?
    /// For people, one line, without the name of the benchmark; only digits that mean something.
    package var text: String
}

/// Judges budgets.
///
/// The value of a metric lies in a range: the exact interval of order statistics of the processes' median at 95 %
/// confidence; for a percentile the interval of its ranks among all operations, which takes operations as independent.
/// The range is wider by what the clock cannot tell apart. All of it beyond the bound is a miss, none of it is kept, and
/// anything else is not resolved. Exact counts are compared as they are.
package enum BudgetJudge {
    /// Each budget, in order.
    package static func judge(_ budgets: [Budget], _ result: BenchmarkResult) -> [BudgetJudgement] {
        budgets.map { judge($0, result) }
    }

    package static func judge(_ budget: Budget, _ result: BenchmarkResult) -> BudgetJudgement {
        guard let key = BudgetKey(budget.metric) else {
            return unresolved(result.id, budget, "this version knows no such metric; use a newer one")
        }
        guard let bound = budget.atMost ?? budget.atLeast, bound.isFinite,
            budget.atMost == nil || budget.atLeast == nil
        else { return unresolved(result.id, budget, "it must have one bound, at most or at least") }
        let isAtLeast = budget.atLeast != nil
        let sign = isAtLeast ? -1.0 : 1.0
        var wording = BudgetWording(key: key, bound: bound, isAtLeast: isAtLeast, units: result.throughputUnits)
        if key.quantile != nil, !key.isUndisturbed, result.latency?.response != nil {
            wording.name = "response \(key)"
        }

        func judgement(_ verdict: BudgetVerdict, _ value: Double, _ lower: Double, _ upper: Double) -> BudgetJudgement {
            let excess = (value - bound) * sign
            return BudgetJudgement(
                benchmark: result.id, budget: budget, verdict: verdict, value: value, lower: lower, upper: upper,
                excess: excess, excessShare: bound == 0 ? nil : excess / bound.magnitude,
                text: wording.text(verdict, value: value, lower: lower, upper: upper))
        }
        switch BudgetMeasurement(key, in: result) {
        case .unavailable(let reason): return unresolved(result.id, budget, reason, wording)
        case .exact(let value):
            return judgement((value - bound) * sign > 0 ? .missed : .kept, value, value, value)
        case .measured(let value, let lower, let upper):
            let isLowerBeyond = (lower - bound) * sign > 0
            let isUpperBeyond = (upper - bound) * sign > 0
            let verdict: BudgetVerdict =
                isLowerBeyond && isUpperBeyond ? .missed : isLowerBeyond || isUpperBeyond ? .notResolved : .kept
            return judgement(verdict, value, lower, upper)
        }
    }

    static func unresolved(
        _ benchmark: BenchmarkID, _ budget: Budget, _ reason: String, _ wording: BudgetWording? = nil
    ) -> BudgetJudgement {
        BudgetJudgement(
            benchmark: benchmark, budget: budget, verdict: .notResolved, reason: reason,
            text: "\(QuotedText.bounded(budget.metric)): "
                + (wording.map { "its budget of \($0.boundText)" } ?? "the budget") + " cannot be judged: \(reason)")
    }

    /// Whether a budget bounds the exact number of instructions, which are only counted when asked for.
    package static func needsInstructions(_ benchmarks: [DeclaredBenchmark]) -> Bool {
        benchmarks.contains { $0.options.budgets.contains { $0.metric == BenchmarkMetric.instructions.id } }
    }
}
