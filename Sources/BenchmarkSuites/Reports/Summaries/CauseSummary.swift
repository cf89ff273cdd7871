internal import Benchmarking
internal import ProfileFormats

/// Why slow operations were slow, in text.
struct CauseSummary {
    struct Row {
        let title: String
        let cause: OutlierCause
        let operations: String
        let outliers: String
        /// Of all outliers.
        let share: String
        /// What they took beyond the median, all together.
        let excess: String
        let longest: String
    }

    let rows: [Row]
    /// Such as `p99.9 and beyond: 92 % interrupt, 6 % preempted`.
    let line: String

    /// Nil without a cause.
    init?(_ result: BenchmarkResult) {
        guard let latency = result.latency, !latency.causes.isEmpty else { return nil }
        let total = latency.causes.reduce(0) { $0 + $1.outliers }
        func time(_ ticks: Double) -> String {
            let nanoseconds = latency.nanoseconds(ticks)
            let uncertainty = max(latency.nanoseconds(latency.tickStep), nanoseconds.magnitude / 1000)
            return UnitText.text(nanoseconds, .nanoseconds, uncertainty: uncertainty)
        }
        rows = latency.causes.map { cause in
            Row(
                title: cause.cause.title, cause: cause.cause, operations: Self.count(cause.operations),
                outliers: Self.count(cause.outliers),
                share: total > 0 ? Self.percent(cause.outliers / total, of: total) : "–",
                excess: UnitText.text(latency.nanoseconds(cause.excessTicks), .nanoseconds, uncertainty: nil),
                longest: time(Double(cause.longestTicks)))
        }
        line = Self.tail(latency) ?? Self.beyondThreshold(latency, total: total, threshold: time)
    }

    /// From the list of the slowest, when it reaches down to p99.9.
    private static func tail(_ latency: LatencyDistribution) -> String? {
        let count = latency.machine.count
        let beyond = Int(clamping: count - UInt64((Double(count) * 0.999).rounded(.up)))
        guard beyond > 0, beyond <= latency.worst.count else { return nil }
        var counts: [OutlierCause: Double] = [:]
        for record in latency.worst.prefix(beyond) { counts[record.cause, default: 0] += 1 }
        let order = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        return "p99.9 and beyond: " + shares(order.map { ($0.key, $0.value) }, of: Double(beyond))
    }

    private static func beyondThreshold(
        _ latency: LatencyDistribution, total: Double, threshold: (Double) -> String
    ) -> String {
        let limit = threshold(Double(latency.outlierThresholdTicks))
        let count = latency.machine.count
        guard total > 0, count > 0 else { return "no operation took longer than \(limit)" }
        let part = NumberText.significant(total / Double(count) * 100)
        let causes = latency.causes.filter { $0.outliers > 0 }.sorted { $0.outliers > $1.outliers }
        return "slower than \(limit) (\(part) % of all): "
            + shares(causes.map { ($0.cause, $0.outliers) }, of: total)
    }

    private static func shares(_ counts: [(OutlierCause, Double)], of total: Double) -> String {
        counts.map { "\(percent($0.1 / total, of: total)) \($0.0.title)" }.joined(separator: ", ")
    }

    /// No decimals that so few operations do not support; what happened is not 0.
    private static func percent(_ share: Double, of total: Double) -> String {
        let decimals = total < 1000 ? 0 : 1
        let text = NumberText.fixed(share * 100, decimals: decimals)
        let isBelow = share > 0 && !text.contains { ("1"..."9").contains($0) }
        return (isBelow ? (decimals == 0 ? "<1" : "<0.1") : text) + " %"
    }

    private static func count(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "–" }
        let isWhole = value == value.rounded()
        return (isWhole ? "" : "~") + NumberText.grouped(Int64(value.rounded()))
    }
}
