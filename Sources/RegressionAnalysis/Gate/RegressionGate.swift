package import Benchmarking
internal import BenchmarkSuites
internal import Glibc
internal import Statistics

/// Judges a run of benchmarks against an earlier one.
///
/// The unit of replication is the process, never the operation. A difference is a regression when a test against the
/// *tolerance*, not against 0, rejects, corrected over all comparisons that decide (Holm): at most five in a hundred
/// suites without a change beyond its tolerances show any. *Same* needs the whole 95 % interval within the tolerance.
package struct RegressionGate: Sendable {
    /// How often a suite may show a regression where there is none.
    package static let familyError = 0.05

    package var rules: ToleranceRules
    /// Whether runs of different machines are compared, by what does not depend on the machine.
    package var isCrossMachine: Bool

    package init(rules: ToleranceRules = ToleranceRules(), isCrossMachine: Bool = false) {
        self.rules = rules
        self.isCrossMachine = isCrossMachine
    }

    /// - Parameter name: what reports call the baseline.
    /// - Throws: ``RegressionError``: different machines, no benchmark in common, or a tolerance for none.
    package func judge(_ candidate: BenchmarkRun, against baseline: BenchmarkRun, named name: String)
        throws(RegressionError) -> GateReport
    {
        var report = GateReport(baselineName: name, candidate: candidate, baseline: baseline)
        let match = MachineMatch(baseline.machine, candidate.machine)
        report.warnings = match.warnings
        let isOther = !match.differences.isEmpty
        if isOther, !isCrossMachine {
            throw RegressionError(
                .incomparable,
                "the baseline is of another machine (\(match.differences.joined(separator: "; "))): measure one here, or "
                    + "give --cross-machine to judge by what does not depend on the machine")
        }
        if isOther {
            report.warnings.append(
                "another machine (\(match.differences.joined(separator: "; "))): only counts that do not depend on it "
                    + "decide")
        }
        if Self.harness(baseline.tool) != Self.harness(candidate.tool) {
            report.warnings.append(
                "measured by \(PlainText.of(candidate.tool)), the baseline by \(PlainText.of(baseline.tool))")
        }
        let before = Self.byID(baseline, "baseline", &report)
        let now = Self.byID(candidate, "result", &report)
        let unused = rules.unused(in: before.order + now.order)
        if let pattern = unused.first {
            throw RegressionError(.tolerance, "--tolerance: no benchmark matches '\(PlainText.of(pattern))'")
        }
        guard before.order.contains(where: { now.results[$0] != nil }) else {
            throw RegressionError(
                .incomparable, "the result and the baseline '\(PlainText.of(name))' have no benchmark in common")
        }
        report.added = now.order.filter { before.results[$0] == nil }
        var comparisons: [GateComparison] = []
        for id in before.order {
            guard let old = before.results[id] else { continue }
            guard let new = now.results[id] else {
                report.unjudged.append(.init(id: id, text: "is in the baseline, not in the result"))
                continue
            }
            if let failure = new.failure {
                if old.failure == nil, failure.code != "not-supported" {
                    report.failures.append(.init(id: id, text: PlainText.of(failure.text, limit: 200)))
                } else {
                    report.unjudged.append(.init(id: id, text: PlainText.of(failure.text, limit: 200)))
                }
                continue
            }
            if old.mode != new.mode {
                let text =
                    "measured by \(PlainText.of(new.mode.rawValue)), before by \(PlainText.of(old.mode.rawValue))"
                report.unjudged.append(.init(id: id, text: text))
                continue
            }
            if old.throughputUnits != new.throughputUnits {
                report.warnings.append(
                    "\(PlainText.of(id.description)): an operation handles another amount than before")
            }
            comparisons += pairs(old, new, isOther: isOther)
        }
        report.findings = Self.judge(comparisons)
        return report
    }

    // MARK: What is compared

    private static func harness(_ tool: String) -> Substring { tool.prefix { $0 != " " } }

    private static func byID(_ run: BenchmarkRun, _ word: String, _ report: inout GateReport) -> (
        order: [BenchmarkID], results: [BenchmarkID: BenchmarkResult]
    ) {
        var order: [BenchmarkID] = []
        var results: [BenchmarkID: BenchmarkResult] = [:]
        for result in run.results {
            if results[result.id] == nil {
                order.append(result.id)
                results[result.id] = result
            } else {
                report.warnings.append("the \(word) has \(PlainText.of(result.id.description)) twice: the first counts")
            }
        }
        return (order, results)
    }

    private func pairs(_ old: BenchmarkResult, _ new: BenchmarkResult, isOther: Bool) -> [GateComparison] {
        let cost = GateMetric.costs.first { metric in
            [old, new].allSatisfy { $0.series(metric)?.values.isEmpty == false }
        }
        func start(_ metric: GateMetric) -> GateComparison {
            let declared = rules.declared(old.id, tags: new.tags, metric)
            let isNamed = rules.names(old.id, tags: new.tags, metric)
            var gates = isNamed || metric.gatesUsually
            if !isNamed, GateMetric.costs.contains(where: { $0.id == metric.id }) { gates = metric.id == cost?.id }
            if isOther, !metric.isMachineIndependent { gates = false }
            let finding = GateFinding(
                id: old.id, metric: metric, gates: gates, tolerance: declared?.share ?? metric.usualShare,
                isToleranceDeclared: declared != nil)
            return GateComparison(finding: finding, sides: .nothing(""), declaredAmount: declared?.amount ?? 0)
        }
        var comparisons: [GateComparison] = []
        for metric in BenchmarkMetric.all where metric.polarity != .neutral {
            guard let before = old.series(metric), !before.values.isEmpty else { continue }
            let now = new.series(metric)
            var comparison = start(GateMetric(metric))
            comparison.resolution = max(before.resolution ?? 0, now?.resolution ?? 0)
            if let now, !now.values.isEmpty {
                comparison.sides = .replicates(before.values, now.values)
            } else {
                let reason = now?.unavailable.map { PlainText.of($0, limit: 120) }
                comparison.sides = .nothing("not measured now" + (reason.map { ": " + $0 } ?? ""))
            }
            comparisons.append(comparison)
        }
        if let before = old.latency, let now = new.latency {
            let known = Set(comparisons.map(\.finding.metric.id))
            for var tail in TailComparisons(a: before, b: now).comparisons(start)
            where !known.contains(tail.finding.metric.id) {
                // Counts claim more than they know: they decide when they are asked to.
                if case .counts = tail.sides, !rules.names(old.id, tags: new.tags, tail.finding.metric) {
                    tail.finding.gates = false
                }
                comparisons.append(tail)
            }
        }
        return comparisons
    }

    // MARK: Verdicts

    private static func judge(_ comparisons: [GateComparison]) -> [GateFinding] {
        var comparisons = comparisons
        let family = comparisons.count { $0.isStatistical }
        let level = familyError / Double(max(1, family))
        var tests: [(index: Int, test: GateTest)] = []
        for index in comparisons.indices {
            let own = comparisons[index].isStatistical ? level : familyError
            if let test = comparisons[index].evaluate(level: own) { tests.append((index, test)) }
        }
        let gating = tests.filter { comparisons[$0.index].finding.gates }
        let others = tests.filter { !comparisons[$0.index].finding.gates }
        let worse = HolmCorrection(pValues: gating.map(\.test.worsePValue), familyError: familyError)
        let better = HolmCorrection(pValues: gating.map(\.test.betterPValue), familyError: familyError)
        for (place, entry) in gating.enumerated() {
            conclude(
                &comparisons[entry.index].finding, entry.test, worse: worse.entries[place].adjustedPValue,
                better: better.entries[place].adjustedPValue)
        }
        for entry in others {
            conclude(
                &comparisons[entry.index].finding, entry.test, worse: entry.test.worsePValue,
                better: entry.test.betterPValue)
        }
        return comparisons.map(\.finding)
    }

    private static func conclude(_ finding: inout GateFinding, _ test: GateTest, worse: Double, better: Double) {
        let sign = finding.metric.polarity == .higherIsBetter ? -1.0 : 1.0
        // A hair's breadth, so that values at the bound itself are within it.
        let hair = 1e-9 * max(1, test.bound)
        let isSame = test.interval.lower >= -test.bound - hair && test.interval.upper <= test.bound + hair
        finding.verdict =
            worse <= familyError ? .regressed : better <= familyError ? .improved : isSame ? .same : .notResolved
        finding.excludesRegression = finding.verdict != .regressed && test.interval.upper <= test.bound + hair
        finding.adjustedPValue = min(worse, better)
        // Back from "more is worse", on logarithms, to "more is more".
        func natural(_ value: Double) -> Double { finding.isRelative ? expm1(sign * value) : sign * value }
        let (one, other) = (natural(test.interval.lower), natural(test.interval.upper))
        finding.change = natural(test.shift)
        finding.interval = ConfidenceInterval(
            lower: min(one, other), upper: max(one, other), confidence: test.interval.confidence)
        finding.noiseFloor = finding.isRelative ? expm1(test.noise) : test.noise
        finding.smallestVisible =
            finding.isRelative ? expm1(test.bound + test.margin) : test.bound + test.margin
        guard finding.verdict == .notResolved else {
            finding.isToleranceBelowNoise = false
            return
        }
        finding.moreReplicates = test.moreReplicates
        if finding.isToleranceBelowNoise { finding.note = "the tolerance is finer than the noise" }
    }
}
