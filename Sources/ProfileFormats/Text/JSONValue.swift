/// A JSON value with its members in the order in which they were given, so that equal reports are equal files.
package indirect enum JSONValue {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    /// Members of the two outer levels on lines of their own, everything deeper on one line.
    package func rendered() -> String {
        var output = ""
        append(to: &output, level: 0)
        return output
    }

    private func append(to output: inout String, level: Int) {
        switch self {
        case .null: output += "null"
        case .boolean(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .number(let value): output += Self.text(of: value)
        case .text(let text): Self.append(text, to: &output)
        case .array(let values):
            Self.append(values, between: ("[", "]"), to: &output, level: level) { value, output in
                value.append(to: &output, level: level + 1)
            }
        case .object(let members):
            Self.append(members, between: ("{", "}"), to: &output, level: level) { member, output in
                Self.append(member.0, to: &output)
                output += ": "
                member.1.append(to: &output, level: level + 1)
            }
        }
    }

    private static func append<Element>(
        _ elements: [Element], between brackets: (String, String), to output: inout String, level: Int,
        _ body: (Element, inout String) -> Void
    ) {
        let breaks = level < 2 && !elements.isEmpty
        output += brackets.0
        for (index, element) in elements.enumerated() {
            if index > 0 { output += breaks ? "," : ", " }
            if breaks { output += "\n" + String(repeating: "  ", count: level + 1) }
            body(element, &output)
        }
        if breaks { output += "\n" + String(repeating: "  ", count: level) }
        output += brackets.1
    }

    /// Six digits: more than sampling measures. JSON has no infinities.
    private static func text(of value: Double) -> String {
        guard value.isFinite else { return "null" }
        var text = NumberText.fixed(value, decimals: 6)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// RFC 8259: quotation mark, backslash and control characters are escaped.
    private static func append(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "\u{0}"..<" ":
                let hex = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
