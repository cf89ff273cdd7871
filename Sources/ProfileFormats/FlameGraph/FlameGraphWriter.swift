/// Writes a picture of frames as SVG.
struct FlameGraphWriter {
    private static let width = 1200.0
    private static let margin = 12.0
    /// Height of the head, legend and details included.
    private static let top = 118.0
    private static let levelHeight = 18.0
    private static let bottom = 12.0
    /// Advance of a 12 px monospaced character; the script measures it.
    private static let characterWidth = 7.25

    private let picture: FlameGraphPicture
    private let height: Double
    private var output = ""

    init(_ picture: FlameGraphPicture) {
        self.picture = picture
        height = Self.top + Double(picture.depth + 1) * Self.levelHeight + Self.bottom
    }

    func write() -> [UInt8] {
        var writer = self
        writer.writeAll()
        return Array(writer.output.utf8)
    }

    private mutating func writeAll() {
        let h = Self.number(height)
        output += """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="1200" height="\(h)" viewBox="0 0 1200 \(h)" \
            data-margin="\(Self.number(Self.margin))" data-top="\(Self.number(Self.top))" \
            data-level="\(Self.number(Self.levelHeight))" data-depth="\(picture.depth)" \
            data-decimals="\(picture.decimals)" data-down="\(picture.isReversed ? 1 : 0)" role="group" \
            aria-label="\(XMLText.escaped(picture.title))">
            <style>
            \(FlameGraphStyle.text)\(picture.style)
            </style>
            <rect class="page" width="100%" height="100%"/>
            <g class="frames" role="tree" aria-label="Frames, by arrow keys">

            """
        for frame in picture.frames { write(frame) }
        output += "</g>\n"
        writeHead()
        output += "<script><![CDATA[\n\(FlameGraphScript.text)\n]]></script>\n</svg>\n"
    }

    private mutating func write(_ frame: FlameGraphPicture.Frame) {
        let scale = (Self.width - 2 * Self.margin) / Double(picture.total)
        let x = Self.margin + Double(frame.offset) * scale
        let width = Double(frame.weight) * scale
        let level = picture.isReversed ? frame.depth : picture.depth - frame.depth
        let y = Self.top + Double(level) * Self.levelHeight
        let name = frame.name
        output += "<g data-b=\"\(frame.depth) \(frame.offset) \(frame.weight)\"><title>"
        output += "\(XMLText.escaped(name))\n\(XMLText.escaped(frame.place))\n\(XMLText.escaped(frame.value))"
        output += "</title><rect class=\"\(frame.fill)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
        output += "width=\"\(Self.number(max(width > 2 ? width - 0.7 : width, 0.05)))\" height=\"17\"/>"
        let room = Int((width - 8) / Self.characterWidth)
        // Less than four letters of a longer name tell nothing.
        if name.count <= room || room >= 5 {
            let label = name.count <= room ? name : name.prefix(room - 1) + "…"
            output += "<text x=\"\(Self.number(x + 4))\" y=\"\(Self.number(y + 13))\">\(XMLText.escaped(label))</text>"
        }
        output += "</g>\n"
    }

    private mutating func writeHead() {
        let margin = Self.number(Self.margin)
        output += """
            <g class="head">
            <rect class="page" width="1200" height="\(Self.number(Self.top - 3))"/>
            <text class="title" x="\(margin)" y="29">\(XMLText.escaped(picture.title))</text>
            <text class="note" x="\(margin)" y="52">\(XMLText.escaped(picture.note))</text>
            <g class="legend" role="list" aria-label="Colors">

            """
        var x = Self.margin
        for (fill, label) in picture.legend {
            output += "<g role=\"listitem\"><rect class=\"\(fill)\" x=\"\(Self.number(x))\" y=\"62\" width=\"12\" "
            output += "height=\"12\"/><text x=\"\(Self.number(x + 17))\" y=\"72\">\(label)</text></g>\n"
            x += 17 + Double(label.count) * 6.8 + 16
        }
        output += """
            </g>
            <rect class="strip" x="\(margin)" y="83.5" width="\(Self.number(Self.width - 2 * Self.margin))" height="26" rx="5"/>
            <text class="details" x="\(Self.number(Self.margin + 10))" y="101" role="status" aria-live="polite">\
            Click a frame to zoom. Keys: arrows move, Enter zooms, / searches, Esc resets.</text>
            <text class="found" x="\(Self.number(Self.width - Self.margin - 10))" y="101" text-anchor="end" \
            role="status" aria-live="polite"></text>
            <foreignObject class="tools-place off" x="\(Self.number(Self.width - Self.margin - 330))" y="8" width="330" height="34">
            <div xmlns="http://www.w3.org/1999/xhtml" class="tools"><input type="search" \
            aria-label="Search frames by regular expression" placeholder="Search (regex)" spellcheck="false" \
            autocomplete="off"/><button type="button" class="reset" disabled="disabled">Reset zoom</button></div>
            </foreignObject>
            </g>

            """
    }

    /// Two decimals, without a trailing zero: a hundredth of a pixel is more than anybody sees.
    private static func number(_ value: Double) -> String {
        var text = NumberText.fixed(value, decimals: 2)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
