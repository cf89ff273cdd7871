internal import Benchmarking
internal import ProfileFormats

/// The stages of an average operation, each where the one before ends.
enum WaterfallPlot {
    private static let rowHeight = 30.0
    private static let left = 110.0
    private static let right = 90.0

    static func svg(_ waterfall: Waterfall) -> String {
        let height = Self.rowHeight * Double(waterfall.bars.count) + 8
        var text = "<svg viewBox=\"0 0 \(Plot.number(Plot.width)) \(Plot.number(height))\" role=\"img\" "
        text += "aria-label=\"Stages of an average operation\">\n"
        let scale = (Plot.width - left - right) / max(waterfall.total, 1e-9)
        for (index, bar) in waterfall.bars.enumerated() {
            let top = Double(index) * rowHeight + 6
            let x = left + bar.start * scale, width = max(1, bar.length * scale)
            let baseline = Plot.number(top + 15)
            let length = UnitText.text(bar.length, .nanoseconds, uncertainty: 0.05)
            text += "<text x=\"\(Plot.number(left - 8))\" y=\"\(baseline)\" text-anchor=\"end\">"
            text += "\(XMLText.escaped(bar.name))</text>\n"
            text += "<rect class=\"stage\" x=\"\(Plot.number(x))\" y=\"\(Plot.number(top))\" "
            text += "width=\"\(Plot.number(width))\" height=\"20\"><title>"
            text += "\(XMLText.escaped("\(bar.name): \(length) of an average operation"))</title></rect>\n"
            text += "<text x=\"\(Plot.number(x + width + 6))\" y=\"\(baseline)\">\(XMLText.escaped(length))</text>\n"
        }
        return text + "</svg>\n"
    }
}
