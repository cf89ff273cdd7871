/// Text of others, fit for one line of a terminal: nothing that moves its cursor, and not too long.
package enum PlainText {
    package static func of(_ text: some StringProtocol, limit: Int = 40) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            let isPlain = scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
            // Marks that turn the direction of text, or break lines.
            let isFormat = (0x2028...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            result.unicodeScalars.append(isPlain && !isFormat ? scalar : "?")
        }
        return text.unicodeScalars.count > limit ? result + "…" : result
    }
}
