internal import Benchmarking
internal import ProfileFormats
internal import Statistics

/// Every epoch as a dot, a column a process: whether processes agree, and what shape their noise has.
enum EpochPlot {
    /// Dots of one process; more are thinned evenly.
    private static let mostDots = 200
    private static let mostColumns = 60

    /// Nil when there is but one number.
    static func svg(_ result: BenchmarkResult) -> String? {
        guard let summary = result.leading, let series = result.series(summary.metric) else { return nil }
        let columns = columns(series)
        let all = columns.flatMap { $0 }.sorted()
        guard all.count > 1, let median = Median.ofSorted(all) else { return nil }
        // Wild epochs would flatten all others: what lies far beyond most of them is told by a mark at the edge. An epoch
        // is a difference of two readings, so wild ones lie on both sides.
        let low = Quantile.ofSorted(all, at: 0.1) ?? median, high = Quantile.ofSorted(all, at: 0.9) ?? median
        let reach = max(high - low, median * 0.01)
        var (least, upper) = (max(all[0], low - 1.5 * reach), min(all[all.count - 1], high + 1.5 * reach))
        let values = series.values.filter(\.isFinite)
        least = min(least, values.min() ?? least, summary.interval?.lower ?? least)
        upper = max(upper, values.max() ?? upper, summary.interval?.upper ?? upper)
        let margin = max((upper - least) * 0.06, abs(least) * 0.002)
        let scale = PlotScale.linear(least - margin, upper + margin)
        let unit = UnitText.Scale(upper, summary.kind)
        let noun = summary.metric == .cycles ? "cycles" : summary.metric == .time ? "time" : summary.metric.title
        var plot = Plot(
            title: "\(noun) of each epoch, by process",
            x: PlotScale(
                lower: 0.5, upper: Double(columns.count) + 0.5, isLogarithmic: false,
                ticks: (1...columns.count).map(Double.init)), y: scale,
            xTitle: series.epochs == nil ? "replicate" : "process",
            yTitle: "\(noun) an operation\(unit.suffix.isEmpty ? "" : ",\(unit.suffix)")",
            xLabel: { NumberText.fixed($0, decimals: 0) },
            yLabel: { label($0 / unit.divisor, step: stepOf(scale) / unit.divisor) })
        if let interval = summary.interval {
            plot.band(
                interval.lower, interval.upper, style: "band",
                hint:
                    "95 % interval of the median: \(text(interval.lower, summary)) to \(text(interval.upper, summary))")
        }
        plot.bar(
            summary.estimate, from: plot.pixelX(0.5), to: plot.pixelX(Double(columns.count) + 0.5), style: "median",
            hint: "median: \(summary.text)")
        draw(
            columns, medians: series.epochs == nil ? [] : series.values, within: scale, summary,
            &plot)
        return plot.svg()
    }

    private static func draw(
        _ columns: [[Double]], medians: [Double], within scale: PlotScale, _ summary: MetricSummary,
        _ plot: inout Plot
    ) {
        let pitch = plot.pixelX(2) - plot.pixelX(1)
        let spread = min(pitch * 0.7, 60)
        func isVisible(_ value: Double) -> Bool { value >= scale.lower && value <= scale.upper }
        for (index, column) in columns.enumerated() {
            let center = plot.pixelX(Double(index + 1))
            for (place, value) in column.enumerated() where isVisible(value) {
                // The golden ratio spreads neighbors evenly and the same each time.
                let turn = (Double(place) * 0.618033988749895).truncatingRemainder(dividingBy: 1) - 0.5
                plot.dot(
                    center + (column.count > 1 ? turn * spread : 0), plot.pixelY(value),
                    radius: column.count > 50 ? 1.6 : column.count > 1 ? 2.4 : 3, style: "epoch",
                    hint: column.count > 1 ? nil : text(value, summary))
            }
            let beyond = column.filter { !isVisible($0) }
            if let highest = beyond.max(), let lowest = beyond.min() {
                plot.more(
                    center,
                    hint: "\(beyond.count) beyond, from \(text(lowest, summary)) to \(text(highest, summary))")
            }
            if index < medians.count, medians[index].isFinite {
                plot.bar(
                    medians[index], from: center - spread / 2, to: center + spread / 2, style: "process",
                    hint: "process \(index + 1): \(text(medians[index], summary))")
            }
        }
    }

    /// Epochs by process, or the values themselves; thinned.
    private static func columns(_ series: MetricSeries) -> [[Double]] {
        let columns = series.epochs.flatMap { $0.isEmpty ? nil : $0 } ?? series.values.map { [$0] }
        return thinned(columns, to: series.epochs == nil ? mostDots : mostColumns).map {
            thinned($0.filter(\.isFinite), to: mostDots)
        }
    }

    private static func thinned<Element>(_ elements: [Element], to count: Int) -> [Element] {
        guard elements.count > count else { return elements }
        return (0..<count).map { elements[$0 * elements.count / count] }
    }

    private static func text(_ value: Double, _ summary: MetricSummary) -> String {
        UnitText.text(value, summary.kind, uncertainty: summary.uncertainty)
    }

    private static func stepOf(_ scale: PlotScale) -> Double {
        scale.ticks.count > 1 ? scale.ticks[1] - scale.ticks[0] : scale.upper - scale.lower
    }

    /// As many decimals as tell neighboring ticks apart.
    private static func label(_ value: Double, step: Double) -> String {
        var decimals = 0
        var scaled = step
        while scaled < 0.9999, decimals < 6 {
            scaled *= 10
            decimals += 1
        }
        return NumberText.fixed(value, decimals: decimals)
    }
}
