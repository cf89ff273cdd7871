internal import BenchmarkSuites
package import Benchmarking

extension GateReport {
    /// Benchmarks of which a metric that decides has changed, for the worse or the better.
    package var changed: [BenchmarkID] {
        var seen: Set<BenchmarkID> = []
        return deciding.filter { $0.verdict == .regressed || $0.verdict == .improved }.map(\.id)
            .filter { seen.insert($0).inserted }
    }

    /// Attaches where changes come from, for benchmarks that changed and have profiles on both sides.
    /// - Parameter showsAll: for benchmarks that did not change, too.
    package mutating func attribute(_ candidate: BenchmarkRun, against baseline: BenchmarkRun, showsAll: Bool = false) {
        let wanted = Set(changed)
        for old in baseline.results where showsAll || wanted.contains(old.id) {
            guard let new = candidate.results.first(where: { $0.id == old.id }), old.failure == nil, new.failure == nil
            else { continue }
            do {
                if let attribution = try Attribution(old, new) { attributions.append(attribution) }
            } catch {
                warnings.append("\(PlainText.of(old.id.description)): no function is named: \(error)")
            }
        }
    }
}
