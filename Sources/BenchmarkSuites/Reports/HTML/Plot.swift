internal import ProfileFormats

/// A picture with two axes, as inline SVG.
package struct Plot {
    static let width = 760.0
    static let height = 280.0
    private static let left = 84.0
    private static let right = 16.0
    private static let top = 14.0
    private static let bottom = 46.0

    let x: PlotScale
    let y: PlotScale
    /// What the picture shows, for those who cannot see it.
    let title: String
    let xTitle: String
    let yTitle: String
    let xLabel: (Double) -> String
    let yLabel: (Double) -> String
    /// Horizontal lines in front of the grid are drawn by marks.
    private(set) var marks = ""

    package init(
        title: String, x: PlotScale, y: PlotScale, xTitle: String, yTitle: String,
        xLabel: @escaping (Double) -> String, yLabel: @escaping (Double) -> String
    ) {
        self.title = title
        self.x = x
        self.y = y
        self.xTitle = xTitle
        self.yTitle = yTitle
        self.xLabel = xLabel
        self.yLabel = yLabel
    }

    package func pixelX(_ value: Double) -> Double {
        Self.left + x.position(value) * (Self.width - Self.left - Self.right)
    }

    package func pixelY(_ value: Double) -> Double {
        Self.height - Self.bottom - y.position(value) * (Self.height - Self.top - Self.bottom)
    }

    static func number(_ value: Double) -> String {
        var text = NumberText.fixed(value, decimals: 1)
        if text.hasSuffix(".0") { text.removeLast(2) }
        return text
    }

    // MARK: Marks

    /// A dot at pixels.
    package mutating func dot(_ px: Double, _ py: Double, radius: Double = 2, style: String, hint: String? = nil) {
        let head = "<circle class=\"\(style)\" cx=\"\(Self.number(px))\" cy=\"\(Self.number(py))\" r=\"\(radius)\""
        marks += hint.map { "\(head)><title>\(XMLText.escaped($0))</title></circle>\n" } ?? "\(head)/>\n"
    }

    /// A horizontal bar at a value, between two pixels.
    package mutating func bar(_ value: Double, from px: Double, to end: Double, style: String, hint: String) {
        let py = Self.number(pixelY(value))
        marks +=
            "<line class=\"\(style)\" x1=\"\(Self.number(px))\" x2=\"\(Self.number(end))\" y1=\"\(py)\" y2=\"\(py)\">"
        marks += "<title>\(XMLText.escaped(hint))</title></line>\n"
    }

    /// A band over the whole width.
    package mutating func band(_ lower: Double, _ upper: Double, style: String, hint: String) {
        let top = pixelY(upper), height = max(1, pixelY(lower) - top)
        marks += "<rect class=\"\(style)\" x=\"\(Self.number(Self.left))\" y=\"\(Self.number(top))\" "
        marks += "width=\"\(Self.number(Self.width - Self.left - Self.right))\" height=\"\(Self.number(height))\">"
        marks += "<title>\(XMLText.escaped(hint))</title></rect>\n"
    }

    /// A rectangle from one pixel to another, between two values.
    package mutating func zone(
        from px: Double, to end: Double, lower: Double, upper: Double, style: String, hint: String
    ) {
        let top = pixelY(upper), height = max(1, pixelY(lower) - top)
        marks += "<rect class=\"\(style)\" x=\"\(Self.number(px))\" y=\"\(Self.number(top))\" "
        marks += "width=\"\(Self.number(max(1, end - px)))\" height=\"\(Self.number(height))\">"
        marks += "<title>\(XMLText.escaped(hint))</title></rect>\n"
    }

    package mutating func line(_ points: [(Double, Double)], style: String) {
        guard points.count > 1 else { return }
        let text = points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
        marks += "<polyline class=\"\(style)\" points=\"\(text)\"/>\n"
    }

    /// A vertical stroke between two values, as an error bar.
    package mutating func stroke(_ px: Double, from lower: Double, to upper: Double, style: String) {
        let x = Self.number(px)
        marks += "<line class=\"\(style)\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.number(pixelY(lower)))\" "
        marks += "y2=\"\(Self.number(pixelY(upper)))\"/>\n"
    }

    /// A small triangle at the upper edge: there is more above.
    package mutating func more(_ px: Double, hint: String) {
        let x = Self.number(px), left = Self.number(px - 4), right = Self.number(px + 4)
        marks +=
            "<path class=\"more\" d=\"M\(x) 4L\(left) 11H\(right)Z\"><title>\(XMLText.escaped(hint))</title></path>\n"
    }

    // MARK: Whole

    package func svg() -> String {
        let right = Self.width - Self.right, floor = Self.height - Self.bottom
        var text = "<svg viewBox=\"0 0 \(Self.number(Self.width)) \(Self.number(Self.height))\" role=\"img\" "
        text += "aria-label=\"\(XMLText.escaped(title))\">\n<g class=\"axis\">\n"
        for tick in y.ticks {
            let py = pixelY(tick)
            text += "<line class=\"grid\" x1=\"\(Self.number(Self.left))\" x2=\"\(Self.number(right))\" "
            text += "y1=\"\(Self.number(py))\" y2=\"\(Self.number(py))\"/>"
            text += "<text x=\"\(Self.number(Self.left - 7))\" y=\"\(Self.number(py + 4))\" text-anchor=\"end\">"
            text += "\(XMLText.escaped(yLabel(tick)))</text>\n"
        }
        var free = -Double.infinity
        for tick in x.ticks {
            let px = pixelX(tick), label = xLabel(tick)
            let half = Double(label.count) * 3.9
            text += "<line class=\"tick\" x1=\"\(Self.number(px))\" x2=\"\(Self.number(px))\" "
            text += "y1=\"\(Self.number(floor))\" y2=\"\(Self.number(floor + 4))\"/>"
            // A label that would touch the one before it is left out; its tick stays.
            guard px - half > free else { continue }
            free = px + half + 6
            text += "<text x=\"\(Self.number(px))\" y=\"\(Self.number(floor + 17))\" text-anchor=\"middle\">"
            text += "\(XMLText.escaped(label))</text>\n"
        }
        text += "<line class=\"base\" x1=\"\(Self.number(Self.left))\" x2=\"\(Self.number(right))\" "
        text += "y1=\"\(Self.number(floor))\" y2=\"\(Self.number(floor))\"/>\n"
        let middle = (Self.left + right) / 2, center = (Self.top + floor) / 2
        text += "<text class=\"name\" x=\"\(Self.number(middle))\" y=\"\(Self.number(Self.height - 9))\" "
        text += "text-anchor=\"middle\">\(XMLText.escaped(xTitle))</text>\n"
        text += "<text class=\"name\" transform=\"translate(14 \(Self.number(center))) rotate(-90)\" "
        text += "text-anchor=\"middle\">\(XMLText.escaped(yTitle))</text>\n"
        return text + "</g>\n" + marks + "</svg>\n"
    }
}
