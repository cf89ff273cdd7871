internal import Benchmarking
internal import ProfileFormats
internal import Statistics

/// What a benchmark said about itself, for people.
struct RecordSummary {
    /// Such as `working set 1.20 MiB, digest b62edea6c7f17659`; empty when there is nothing.
    let line: String
    let waterfall: Waterfall?

    init?(_ result: BenchmarkResult) {
        guard let record = result.record else { return nil }
        let quantities = record.quantities.map { quantity -> String in
            let kind: UnitText.Kind =
                switch quantity.unit {
                case "bytes": .bytes
                case "ns": .nanoseconds
                default: .count
                }
            let middle = Median.of(quantity.values) ?? .nan
            let word = kind == .count && !quantity.unit.isEmpty ? " " + quantity.unit : ""
            guard let least = quantity.values.min(), let most = quantity.values.max(), least < most else {
                return "\(quantity.name) \(UnitText.text(middle, kind, uncertainty: 0))\(word)"
            }
            func text(_ value: Double) -> String {
                let isCount = kind == .count && value == value.rounded() && value.magnitude < 1e6
                return UnitText.text(value, kind, uncertainty: isCount ? 0 : nil)
            }
            return "\(quantity.name) \(text(middle))\(word) (\(text(least)) to \(text(most)))"
        }
        line = (quantities + record.outcomes.map { "\($0.name) \($0.text)" }).joined(separator: ", ")
        waterfall = record.stages.flatMap(Waterfall.init)
    }
}

/// An average operation as bars, one stage below the other, each beginning where the one before ends.
///
/// The cost of a mark is taken off the averages; percentiles are as they were measured. What takes a thousand times as
/// long as the median of its stage, and at least twenty microseconds, is an interruption: averages leave it out, and its
/// share is told.
struct Waterfall {
    struct Bar {
        let name: String
        /// Operations that came through the stage, of all: 0 to 1.
        let share: Double
        /// Of those, nanoseconds.
        let mean: Double
        /// Of an average operation: where the bar begins, and how long it is.
        let start: Double
        let length: Double
        let histogram: LatencyHistogram
    }

    let bars: [Bar]
    let total: Double
    let operations: UInt64
    /// Stages that averages leave out.
    let interruptions: UInt64
    let markNanoseconds: Double
    let stepNanoseconds: Double
    private let nanosecondsPerTick: Double

    /// Nil for a record whose numbers cannot be drawn: a file may say anything.
    init?(_ record: StageRecord) {
        let perTick = 1e9 / record.ticksPerSecond
        guard record.operations > 0, perTick > 0, perTick.isFinite, record.markTicks >= 0, record.markTicks.isFinite,
            (record.tickStep * perTick).isFinite
        else { return nil }
        var start = 0.0
        var interruptions: UInt64 = 0
        bars = record.stages.map { stage in
            let count = Double(stage.histogram.count)
            let limit = max(1_000 * Double(stage.histogram.value(quantile: 0.5) ?? 0), 20e3 / perTick)
            var (kept, sum) = (0.0, 0.0)
            for (value, count) in zip(stage.histogram.values, stage.histogram.counts) {
                if Double(value) <= limit {
                    kept += Double(count)
                    sum += Double(value) * Double(count)
                } else {
                    interruptions &+= count
                }
            }
            let ticks = kept > 0 ? max(0, sum / kept - record.markTicks) * count : 0
            let length = ticks * perTick / Double(record.operations)
            defer { start += length }
            return Bar(
                name: stage.name, share: count / Double(record.operations),
                mean: count > 0 ? ticks * perTick / count : 0, start: start, length: length,
                histogram: stage.histogram)
        }
        guard start.isFinite else { return nil }
        total = start
        self.interruptions = interruptions
        operations = record.operations
        markNanoseconds = record.markTicks * perTick
        stepNanoseconds = record.tickStep * perTick
        nanosecondsPerTick = perTick
    }

    /// The value that a share of a stage's operations does not exceed; nil when there are too few to tell.
    func percentile(_ bar: Bar, _ quantile: Double) -> Double? {
        let needed = OrderStatisticInterval.minimumSampleCount(
            quantile: quantile, confidence: MetricSummary.confidence)
        guard let needed, bar.histogram.count >= UInt64(needed) else { return nil }
        return bar.histogram.value(quantile: quantile).map { Double($0) * nanosecondsPerTick }
    }

    func maximum(_ bar: Bar) -> Double? { bar.histogram.maximum.map { Double($0) * nanosecondsPerTick } }

    /// The numbers, and what of the bar to draw last.
    func table(barWidth: Int) -> ReportTable {
        var table = ReportTable(columns: [
            .init(title: "stage", isText: true), .init(title: "of operations"), .init(title: "mean"),
            .init(title: "p50", expendability: 2), .init(title: "p99", expendability: 1),
            .init(title: "p99.9", expendability: 1), .init(title: "max", expendability: 3),
            .init(title: "an average operation", isText: true, expendability: 4),
        ])
        func text(_ value: Double?) -> String {
            value.map { UnitText.text($0, .nanoseconds, uncertainty: max(stepNanoseconds, $0 / 128)) } ?? "–"
        }
        table.rows = bars.map { bar in
            [
                bar.name, Decimals.percent(bar.share),
                // An average of many readings is known far better than the clock's step; what a mark costs beside real
                // work is not.
                UnitText.text(
                    bar.mean, .nanoseconds,
                    uncertainty: max(0.5, stepNanoseconds / Double(max(1, bar.histogram.count)).squareRoot())),
                text(percentile(bar, 0.5)), text(percentile(bar, 0.99)), text(percentile(bar, 0.999)),
                text(maximum(bar)), drawn(bar, width: barWidth),
            ]
        }
        return table
    }

    private static let blocks = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    private func drawn(_ bar: Bar, width: Int) -> String {
        guard total > 0, width > 0 else { return "" }
        let scale = Double(width) / total
        let begin = Int(bar.start * scale)
        let eighths = max(1, Int((bar.length * scale * 8).rounded()))
        return String(repeating: " ", count: begin) + String(repeating: "█", count: eighths / 8)
            + Self.blocks[eighths % 8]
    }

    /// What the numbers are, in a sentence.
    var line: String {
        let operations = NumberText.grouped(Int64(clamping: operations))
        let mark = UnitText.text(markNanoseconds, .nanoseconds, uncertainty: 0.1)
        let total = UnitText.text(total, .nanoseconds, uncertainty: 0.1)
        let left =
            interruptions == 0 ? "" : " and without \(NumberText.grouped(Int64(clamping: interruptions))) interruptions"
        return "\(operations) operations of \(total) on average; a mark takes \(mark): averages are without it\(left), "
            + "percentiles with all"
    }
}
