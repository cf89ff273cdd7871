package import Benchmarking

/// The name of a budget: a metric, or, with `code-` before a percentile, that percentile of the operations that nothing
/// interrupted.
package struct BudgetKey: Hashable, Sendable, CustomStringConvertible {
    package let metric: BenchmarkMetric
    /// Whether operations that the machine interrupted are left out.
    package let isUndisturbed: Bool

    private static let undisturbedPrefix = "code-"

    /// Nil when there is no such metric.
    package init?(_ text: String) {
        let isUndisturbed = text.hasPrefix(Self.undisturbedPrefix)
        let id = isUndisturbed ? String(text.dropFirst(Self.undisturbedPrefix.count)) : text
        guard let metric = BenchmarkMetric(id: id) else { return nil }
        self.metric = metric
        self.isUndisturbed = isUndisturbed
        if isUndisturbed, quantile == nil { return nil }
    }

    /// As in suite files and in ``Budget/metric``.
    package var description: String { (isUndisturbed ? Self.undisturbedPrefix : "") + metric.id }

    /// Which share of single operations the metric bounds, 1 for the longest; nil for what is no latency.
    package var quantile: Double? {
        switch metric {
        case .latencyP50: 0.5
        case .latencyP90: 0.9
        case .latencyP99: 0.99
        case .latencyP999: 0.999
        case .latencyP9999: 0.9999
        case .latencyMax: 1
        default: nil
        }
    }

    /// Whether the bound is the least that is wanted rather than the most.
    package var isAtLeast: Bool { metric.polarity == .higherIsBetter }

    /// Every key, in the order in which reports show the metrics.
    static let all: [String] =
        BenchmarkMetric.all.map(\.id)
        + BenchmarkMetric.all.map { undisturbedPrefix + $0.id }.filter { BudgetKey($0) != nil }

    /// How its values are written.
    var quantityKind: QuantityText.Kind {
        switch metric.unit {
        case "ns": .time
        case "bytes": .size
        case "operations/s": .rate
        case "cores": .share
        case "count": .count
        case let word: .count(of: word)
        }
    }

    package func budget(_ bound: Double) -> Budget {
        var budget = Budget(metric: metric, atMost: isAtLeast ? nil : bound, atLeast: isAtLeast ? bound : nil)
        budget.metric = description
        return budget
    }
}
