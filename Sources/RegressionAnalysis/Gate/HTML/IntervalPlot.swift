internal import ProfileFormats

/// An interval with its middle on a line, as inline SVG: a row of a table is its axis.
///
/// ```
///   ┌──────────┐
///   │    │  ├──┼──●─────┤      band: what is tolerated; stroke: no change
///   └──────────┘
/// ```
struct IntervalPlot {
    private static let width = 220.0
    private static let height = 22.0
    /// Room at both ends for arrows.
    private static let margin = 9.0

    /// The value at the right end; the left end is its opposite.
    let limit: Double
    /// Half of the band's width; nil for none.
    var band: Double?

    /// - Parameters:
    ///   - style: a class of the page's style sheet.
    ///   - hint: what the picture shows, for those who cannot see it.
    func svg(_ value: Double, _ lower: Double, _ upper: Double, style: String, hint: String) -> String {
        let middle = Self.height / 2
        var text =
            "<svg class=\"plot \(style)\" viewBox=\"0 0 \(Self.number(Self.width)) \(Self.number(Self.height))\" "
        text += "role=\"img\" aria-label=\"\(XMLText.escaped(hint))\"><title>\(XMLText.escaped(hint))</title>"
        if let band {
            let (left, right) = (pixel(-band), pixel(band))
            text +=
                "<rect class=\"band\" x=\"\(Self.number(left))\" y=\"2\" width=\"\(Self.number(max(1, right - left)))\" "
            text += "height=\"\(Self.number(Self.height - 4))\"/>"
        }
        text += line("zero", pixel(0), 1, pixel(0), Self.height - 1)
        text += line("range", pixel(lower), middle, pixel(upper), middle)
        for end in [lower, upper] where abs(end) <= limit {
            text += line("range", pixel(end), middle - 4, pixel(end), middle + 4)
        }
        // What goes on beyond the picture ends in an arrow.
        if upper > limit { text += arrow(Self.width - 1, -7) }
        if lower < -limit { text += arrow(1, 7) }
        if abs(value) <= limit {
            text += "<circle cx=\"\(Self.number(pixel(value)))\" cy=\"\(Self.number(middle))\" r=\"4\"/>"
        }
        return text + "</svg>"
    }

    private func pixel(_ value: Double) -> Double {
        guard value.isFinite else { return value > 0 ? Self.width - Self.margin : Self.margin }
        let share = min(1, max(-1, value / limit))
        return Self.width / 2 + share * (Self.width / 2 - Self.margin)
    }

    private func line(_ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        "<line class=\"\(style)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
            + "y2=\"\(Self.number(y2))\"/>"
    }

    private func arrow(_ tip: Double, _ length: Double) -> String {
        let (middle, back) = (Self.height / 2, tip + length)
        return "<path d=\"M\(Self.number(tip)) \(Self.number(middle))L\(Self.number(back)) \(Self.number(middle - 5))"
            + "V\(Self.number(middle + 5))Z\"/>"
    }

    private static func number(_ value: Double) -> String {
        let text = NumberText.fixed(value, decimals: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
