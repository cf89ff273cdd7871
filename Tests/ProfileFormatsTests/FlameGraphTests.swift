import Foundation
import FoundationXML
import ProfileFormats
import ProfileModel
import Testing

@Suite struct FlameGraphTests {
    private func picture(_ profile: Profile, _ format: FlameGraphFormat = FlameGraphFormat()) throws -> String {
        String(decoding: try format.encode(profile), as: UTF8.self)
    }

    private func collapsed(_ text: String) throws -> Profile { try CollapsedFormat().decode(Array(text.utf8)) }

    /// One line a frame: what its group and its title say.
    private func frames(_ picture: String) throws -> [String] {
        let reader = PictureReader()
        let parser = XMLParser(data: Data(picture.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(parser.parserError as Any) in line \(parser.lineNumber)")
        return reader.frames
    }

    @Test func framesOfARecording() throws {
        #expect(
            try frames(try picture(SampleProfiles.engine)) == [
                "0 0 1000000000|all||1.00 s, 1,000 samples (100.0%)|root",
                "1 0 30000000|[truncated: stack bytes]||30.0 ms, 30 samples (3.0%)|m",
                "2 0 30000000|memcpy|libc.so.6|30.0 ms, 30 samples (3.0%)|l",
                "1 30000000 970000000|main|engine|970 ms, 970 samples (97.0%)|p",
                "2 30000000 970000000|Engine::run()|engine|970 ms, 970 samples (97.0%)|p",
                "3 30000000 870000000|Book::apply|engine|870 ms, 870 samples (87.0%)|p",
                "4 30000000 500000000|Ladder::find|engine, inlined|500 ms, 500 samples (50.0%)|i",
                "5 30000000 500000000|likely<bool>|engine, inlined|500 ms, 500 samples (50.0%)|i",
                "4 530000000 120000000|memcpy|libc.so.6|120 ms, 120 samples (12.0%)|l",
                "3 900000000 100000000|sendto|libc.so.6|100 ms, 100 samples (10.0%)|l",
                "4 900000000 100000000|udp_sendmsg|[kernel.kallsyms]|100 ms, 100 samples (10.0%)|k",
            ])
    }

    @Test func reversedHangsCallersBelowLeaves() throws {
        let lines = try frames(try picture(try collapsed("a;b;c 3\na;c 1\n"), FlameGraphFormat(isReversed: true)))
        #expect(
            lines.map { $0.split(separator: "|")[0...1].joined(separator: " ") } == [
                "0 0 4 all", "1 0 4 c", "2 0 1 a", "2 1 3 b", "3 1 3 a",
            ])
    }

    @Test func headStatesTheQuality() throws {
        let text = try picture(SampleProfiles.engine, FlameGraphFormat(title: "A & <B>"))
        #expect(text.contains(">A &amp; &lt;B&gt;</text>"))
        #expect(
            text.contains(
                ">cpu-clock, one sample each 1.00 ms (1,000 Hz) · 1,000 samples in 10.0 s · 5 lost (0.5%) "
                    + "· 30 truncated (3.0%) · 1 unnamed (0.1%)</text>"))
        #expect(try picture(try collapsed("a 1")).contains(">1 samples · losses not stated</text>"))
    }

    @Test func hostileNamesStayText() throws {
        let name = "</title><script>alert('x')</script>&\"]]>\u{1B}[31m\u{0}\u{FFFF}"
        let lines = try frames(try picture(try collapsed("\(name);]]> 5\n"), FlameGraphFormat(title: name)))
        try #require(lines.count == 3)
        #expect(lines[1].contains("|</title><script>alert('x')</script>&\"]]>\u{FFFD}[31m\u{FFFD}\u{FFFD}|"))
    }

    @Test func needsNothingFromOutside() throws {
        let text = try picture(SampleProfiles.engine)
        let addresses = text.matches(of: /https?:[^"'\s)]*/).map { String($0.output) }
        #expect(Set(addresses) == ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"])
        #expect(!text.contains("xlink") && !text.contains("@import") && !text.contains("url("))
    }

    @Test func equalProfilesAreEqualPictures() throws {
        let shuffled = try collapsed("b;c 2\na 1\n")
        #expect(try picture(shuffled) == (try picture(try collapsed("a 1\nb;c 2\n"))))
    }

    @Test func narrowFramesAreLeftOutAndThatIsSaid() throws {
        let text = try picture(try collapsed("a 10000000\nb 1\n"))
        #expect(try frames(text).count == 2)
        #expect(text.contains("frames narrower than 0.05 px are left out"))
        #expect(!(try picture(try collapsed("a 10\nb 1\n"))).contains("left out"))
    }

    @Test func deepStacksGrowThePicture() throws {
        let deep = (0..<3000).map { "f\($0)" }.joined(separator: ";")
        let text = try picture(try collapsed("\(deep) 1\n"))
        #expect(try frames(text).count == 3001)
        #expect(text.contains("height=\"54148\""))
    }

    @Test func nothingToDrawIsAnError() throws {
        let empty = try CollapsedFormat().decode([])
        let error = #expect(throws: FormatError.self) { try picture(empty) }
        #expect(error?.description.contains("no samples to draw") == true)
    }

    /// WCAG 2.1 asks for 4.5:1. Reads the colors out of the picture.
    @Test func namesCanBeReadOnEveryColor() throws {
        let text = try picture(SampleProfiles.engine)
        let fills = text.matches(of: /\.[pilgkm][0-4]\{fill:(#[0-9a-f]{6})\}/).map { String($0.output.1) }
        #expect(fills.count == 60)
        for fill in fills { #expect(Self.contrast(fill, "#16181d") >= 4.5, "\(fill)") }
        #expect(Self.contrast("#c2185b", "#ffffff") >= 4.5)
        #expect(Self.contrast("#d81b60", "#ffffff") >= 4.5)
    }

    private static func contrast(_ a: String, _ b: String) -> Double {
        func luminance(_ color: String) -> Double {
            let value = UInt32(color.dropFirst(), radix: 16)!
            let weights: [(UInt32, Double)] = [(16, 0.2126), (8, 0.7152), (0, 0.0722)]
            return weights.reduce(0) { sum, channel in
                let c = Double((value >> channel.0) & 0xFF) / 255
                return sum + channel.1 * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4))
            }
        }
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }
}

private final class PictureReader: NSObject, XMLParserDelegate {
    private(set) var frames: [String] = []
    private var box: String?
    private var title: String?
    private var isInTitle = false

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if let data = attributes["data-b"] { box = data }
        if name == "title" {
            isInTitle = true
            title = ""
        }
        if name == "rect", let box, let title {
            let kind = attributes["class"] ?? ""
            let lines = title.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "|")
            frames.append("\(box)|\(lines)|\(kind == "root" ? kind : String(kind.prefix(1)))")
            self.box = nil
        }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == "title" { isInTitle = false }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if isInTitle { title?.append(text) }
    }
}
