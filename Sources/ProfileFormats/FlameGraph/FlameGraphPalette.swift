internal import ProfileModel

/// Colors of a flame graph: a hue for what kind of code it is, a shade for the function's name.
enum FlameGraphPalette {
    /// What a reader can tell apart; the order is that of the legend.
    enum Class: String, CaseIterable {
        case program = "p"
        case inlined = "i"
        case library = "l"
        case generated = "g"
        case kernel = "k"
        case marker = "m"

        var label: String {
            switch self {
            case .program: "program"
            case .inlined: "inlined"
            case .library: "library"
            case .generated: "generated code"
            case .kernel: "kernel"
            case .marker: "incomplete stack"
            }
        }

        /// Hue in degrees and saturation. Orange, green, blue, yellow and violet stay apart for the common kinds of
        /// color blindness because their lightness differs, too; markers have no hue.
        fileprivate var tint: (hue: Double, saturation: Double, lightness: Double) {
            switch self {
            case .program: (24, 0.88, 0.66)
            case .inlined: (152, 0.42, 0.64)
            case .library: (207, 0.66, 0.70)
            case .generated: (49, 0.86, 0.62)
            case .kernel: (282, 0.48, 0.76)
            case .marker: (220, 0.06, 0.74)
            }
        }
    }

    static let shades = 5
    /// Text on every fill; see the test of its contrast.
    static let ink = "#16181d"

    static func classification(of symbol: Symbol) -> Class {
        switch symbol.category {
        case .kernel: .kernel
        case .marker: .marker
        case .program: symbol.isInlined ? .inlined : .program
        case .library: symbol.isInlined ? .inlined : .library
        case .generated: .generated
        }
    }

    /// The same for a name in every graph: FNV-1a, folded.
    static func shade(of name: String) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int((hash ^ (hash >> 16)) % UInt32(shades))
    }

    /// `#rrggbb`. On a dark page the fills are darker, so that the page does not glare.
    static func color(_ kind: Class, shade: Int, isDark: Bool) -> String {
        let tint = kind.tint
        let lightness = tint.lightness + Double(shade) * 0.028 - (isDark ? 0.11 : 0)
        let saturation = tint.saturation * (isDark ? 0.82 : 1)
        return hex(hue: tint.hue, saturation: saturation, lightness: lightness)
    }

    static var styleRules: (light: String, dark: String) {
        func rules(isDark: Bool) -> String {
            Class.allCases.flatMap { kind in
                (0..<shades).map { ".\(kind.rawValue)\($0){fill:\(color(kind, shade: $0, isDark: isDark))}" }
            }.joined(separator: "\n")
        }
        return (rules(isDark: false), rules(isDark: true))
    }

    /// From the CSS definition of hsl().
    static func hex(hue: Double, saturation: Double, lightness: Double) -> String {
        func channel(_ n: Double) -> String {
            let k = (n + hue / 30).truncatingRemainder(dividingBy: 12)
            let a = saturation * min(lightness, 1 - lightness)
            let value = lightness - a * max(-1, min(k - 3, 9 - k, 1))
            let text = String(Int((value * 255).rounded()), radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        return "#" + channel(0) + channel(8) + channel(4)
    }
}
