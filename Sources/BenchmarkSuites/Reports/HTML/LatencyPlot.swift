internal import Benchmarking
internal import ProfileFormats

/// The percentile curves of latencies: nines across, time upward, both logarithmic.
enum LatencyPlot {
    static func svg(_ result: BenchmarkResult) -> String? {
        let curves = LatencySummary.curves(result)
        guard let latency = result.latency, let most = curves.map(\.histogram.count).max(),
            let lowest = curves.compactMap(\.histogram.minimum).min(),
            let highest = curves.compactMap(\.histogram.maximum).max()
        else { return nil }
        let low = max(latency.nanoseconds(Double(lowest)), 0.1)
        let high = max(latency.nanoseconds(Double(highest)), low * 2)
        // Across: 1/(1 − share). The slowest of n operations lies at n.
        var nines = PlotScale.logarithmic(1, Double(max(most, 10)))
        nines = PlotScale(lower: 1, upper: nines.upper, isLogarithmic: true, ticks: powers(nines.upper))
        var plot = Plot(
            title: "Latency by percentile", x: nines, y: .logarithmic(low * 0.9, high * 1.1),
            xTitle: "percentile", yTitle: "latency",
            xLabel: percentile, yLabel: { UnitText.text($0, .nanoseconds, uncertainty: 0) })
        for curve in curves.reversed() {
            var points: [(Double, Double)] = []
            let total = Double(curve.histogram.count)
            var seen = 0.0
            for (value, count) in zip(curve.histogram.values, curve.histogram.counts) {
                let y = plot.pixelY(max(latency.nanoseconds(Double(value)), 0.1))
                append((plot.pixelX(1 / (1 - seen / total)), y), to: &points)
                seen += Double(count)
                append((plot.pixelX(seen < total ? 1 / (1 - seen / total) : total), y), to: &points)
            }
            plot.line(points, style: "curve \(curve.title)")
        }
        return plot.svg()
    }

    /// Points that fall on the same tenth of a pixel as the last are left out.
    private static func append(_ point: (Double, Double), to points: inout [(Double, Double)]) {
        if let last = points.last, abs(last.0 - point.0) < 0.1, abs(last.1 - point.1) < 0.1 { return }
        points.append(point)
    }

    private static func powers(_ upper: Double) -> [Double] {
        var ticks = [1.0, 2.0]
        var value = 10.0
        while value <= upper * 1.001, ticks.count < 20 {
            ticks.append(value)
            value *= 10
        }
        return ticks
    }

    private static func percentile(_ nines: Double) -> String {
        switch nines {
        case ..<1.5: return "min"
        case ..<5: return "p50"
        default:
            var digits = 0
            var value = nines
            while value > 1.5 {
                value /= 10
                digits += 1
            }
            let nines = String(repeating: "9", count: max(0, digits - 2))
            return digits == 1 ? "p90" : "p99" + (nines.isEmpty ? "" : "." + nines)
        }
    }
}
