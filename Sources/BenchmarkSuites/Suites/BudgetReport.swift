package import Benchmarking

/// Every budget of a run, judged.
package struct BudgetReport: Codable, Hashable, Sendable {
    /// In the order of the benchmarks, and of the budgets of each.
    package var judgements: [BudgetJudgement]

    package init(_ judgements: [BudgetJudgement]) { self.judgements = judgements }

    /// - Parameter benchmarks: as they were measured, with the budgets that they declare or a suite gives them.
    package init(_ run: BenchmarkRun, benchmarks: [DeclaredBenchmark]) {
        let results = Dictionary(run.results.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        judgements = benchmarks.flatMap { benchmark in
            benchmark.options.budgets.map { budget in
                guard let result = results[benchmark.id] else {
                    return BudgetJudge.unresolved(benchmark.id, budget, "the benchmark was not measured")
                }
                return BudgetJudge.judge(budget, result)
            }
        }
    }

    package func count(_ verdict: BudgetVerdict) -> Int { judgements.count { $0.verdict == verdict } }

    /// 1 when a budget was missed; else 3 when one was not resolved and that is asked for; else 0.
    package func exitCode(strict: Bool) -> Int32 {
        if count(.missed) > 0 { return 1 }
        return strict && count(.notResolved) > 0 ? 3 : 0
    }

    /// `2 of 5 budgets kept, 1 missed, 2 not resolved`, leaving out what there is none of; nil without budgets.
    package var summary: String? {
        guard !judgements.isEmpty else { return nil }
        var parts = ["\(count(.kept)) of \(judgements.count) budget\(judgements.count == 1 ? "" : "s") kept"]
        if count(.missed) > 0 { parts.append("\(count(.missed)) missed") }
        if count(.notResolved) > 0 { parts.append("\(count(.notResolved)) not resolved") }
        return parts.joined(separator: ", ")
    }
}
