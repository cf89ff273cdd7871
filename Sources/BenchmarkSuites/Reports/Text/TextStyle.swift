/// Emphasis in a terminal, or none.
package struct TextStyle {
    /// SGR parameters of ECMA-48; colors are the terminal's own, so that they suit its background.
    package enum Emphasis: String {
        case bold = "1"
        case faint = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    private let usesColor: Bool

    package init(usesColor: Bool) { self.usesColor = usesColor }

    package func callAsFunction(_ text: String, _ emphasis: Emphasis) -> String {
        usesColor ? "\u{1B}[\(emphasis.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Names come from programs and files: no control character of theirs reaches the terminal.
    package static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(scalars)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
