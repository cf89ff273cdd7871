internal import Benchmarking
internal import Glibc
internal import ProfileFormats
internal import Statistics

/// Cost by size, and the fitted curve; both axes logarithmic.
enum ScalingPlot {
    static func svg(_ group: ScalingGroup) -> String? {
        let sizes = group.points.map(\.size), costs = group.points.map(\.cost.estimate)
        guard let least = sizes.min(), let greatest = sizes.max(), greatest > least, let low = costs.min(),
            let high = costs.max(), low > 0
        else { return nil }
        let kind = UnitText.kind(of: group.metric)
        let lower = group.points.compactMap { $0.cost.interval?.lower }.filter { $0 > 0 }.min() ?? low
        let upper = group.points.compactMap { $0.cost.interval?.upper }.max() ?? high
        var sizeScale = PlotScale.logarithmic(least / 1.15, greatest * 1.15)
        // The sizes that were measured are the ticks that matter, unless they are many.
        if Set(sizes).count <= 12 {
            sizeScale = PlotScale(
                lower: sizeScale.lower, upper: sizeScale.upper, isLogarithmic: true, ticks: Set(sizes).sorted())
        }
        var plot = Plot(
            title: "Cost of \(group.name) by size", x: sizeScale,
            y: .logarithmic(min(lower, low) / 1.25, max(upper, high) * 1.25), xTitle: "size n",
            yTitle: group.metric == .cycles ? "cycles an operation" : "time an operation",
            xLabel: { UnitText.text($0, .count, uncertainty: 0) },
            yLabel: { UnitText.text($0, kind, uncertainty: 0) })
        let steps = 80
        plot.line(
            (0...steps).map { step in
                let share = Double(step) / Double(steps)
                let size = least * pow(greatest / least, share)
                return (plot.pixelX(size), plot.pixelY(group.fit.best.cost(at: size)))
            }, style: "fit")
        if let hinge = group.hinge {
            plot.line(
                (0...steps).map { step in
                    let size = least * pow(greatest / least, Double(step) / Double(steps))
                    return (plot.pixelX(size), plot.pixelY(hinge.cost(at: size)))
                }, style: "fit hinge")
        }
        for point in group.points {
            let px = plot.pixelX(point.size)
            if let interval = point.cost.interval {
                plot.stroke(px, from: interval.lower, to: interval.upper, style: "error")
            }
            plot.dot(
                px, plot.pixelY(point.cost.estimate), radius: 4, style: "point",
                hint: "n = \(UnitText.text(point.size, .count, uncertainty: 0)): \(point.cost.text)")
        }
        return plot.svg()
    }
}
