internal import Benchmarking
internal import ProfileFormats

/// Slow operations over the time of their process, colored by cause.
enum OutlierPlot {
    private static let mostDots = 3000

    static func svg(_ result: BenchmarkResult) -> String? {
        guard let latency = result.latency else { return nil }
        let known = Set(latency.timeline)
        let records = (latency.timeline + latency.worst.filter { !known.contains($0) }).prefix(mostDots)
            .filter { $0.startNanoseconds.isFinite }
        guard !records.isEmpty else { return nil }
        let last = records.map(\.startNanoseconds).max() ?? 0
        let times = records.map { latency.nanoseconds(Double($0.ticks)) }
        let lowest = max(times.min() ?? 1, 0.1), highest = times.max() ?? 1
        let unit = UnitText.Scale(last, .nanoseconds)
        var plot = Plot(
            title: "Slow operations over time, by cause",
            x: .linear(0, max(last, 1) / unit.divisor, tickCount: 8),
            y: .logarithmic(lowest * 0.8, max(highest, lowest * 2) * 1.25),
            xTitle: "since the first operation of its process,\(unit.suffix)", yTitle: "duration",
            xLabel: { UnitText.text($0, .count, uncertainty: 0) },
            yLabel: { UnitText.text($0, .nanoseconds, uncertainty: 0) })
        for (record, time) in zip(records, times) {
            let duration = UnitText.text(time, .nanoseconds, uncertainty: nil)
            let input = record.input.map { ", input \($0)" } ?? ""
            plot.dot(
                plot.pixelX(record.startNanoseconds / unit.divisor), plot.pixelY(time), radius: 3,
                style: "outlier \(CausePalette.style(record.cause))",
                hint: "\(duration), \(record.cause.title); process \(record.process + 1), "
                    + "operation \(NumberText.grouped(Int64(clamping: record.operation)))\(input)")
        }
        return plot.svg()
    }

    /// The causes that the picture shows, as a legend.
    static func legend(_ result: BenchmarkResult) -> [OutlierCause] {
        guard let latency = result.latency else { return [] }
        let shown = Set((latency.timeline + latency.worst).map(\.cause))
        let listed = latency.causes.map(\.cause).filter(shown.contains)
        return listed + shown.subtracting(listed).sorted { $0.rawValue < $1.rawValue }
    }
}

/// A color for each cause, after Okabe and Ito, so that they stay apart for the color blind; darker or lighter by page.
enum CausePalette {
    private static let known: [(OutlierCause, light: String, dark: String)] = [
        (.interrupt, "#0072b2", "#56b4e9"), (.pageFault, "#cc79a7", "#e59ac3"), (.signal, "#8a6d00", "#f0e442"),
        (.blocked, "#6b6b6b", "#b5b5b5"), (.preempted, "#d55e00", "#ff8a3d"), (.migrated, "#7b4fb5", "#b79aea"),
        (.outside, "#009e73", "#2fd1a2"), (.ownCode, "#c00020", "#ff6b7d"),
    ]

    static func style(_ cause: OutlierCause) -> String {
        known.contains { $0.0 == cause } ? "cause-\(cause.rawValue)" : "cause-other"
    }

    static var light: String { known.map { ".cause-\($0.0.rawValue){--c:\($0.light)}" }.joined() }
    static var dark: String { known.map { ".cause-\($0.0.rawValue){--c:\($0.dark)}" }.joined() }
}
