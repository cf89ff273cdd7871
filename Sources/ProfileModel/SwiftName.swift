/// Demangled Swift names as people write them: `BookSet.addOrder(reference:shares:)`.
package enum SwiftName {
    /// The name with argument labels but without argument, generic and result types, private discriminators, extending
    /// modules and the types of closures. A text that does not look as expected comes back unchanged.
    ///
    /// `M.S.f<A where A: P>(_: Int, x: A) -> Bool` → `M.S.f(_:x:)`;
    /// `closure #1 (Int) -> () in M.S.(g in _0A1B)() -> ()` → `closure #1 in M.S.g()`.
    package static func short(_ name: String) -> String {
        var scanner = Scanner(name)
        return scanner.run() ?? name
    }

    private struct Scanner {
        private let text: [UInt8]
        private var index = 0
        private var output: [UInt8] = []

        init(_ name: String) { text = Array(name.utf8) }

        mutating func run() -> String? {
            while index < text.count {
                let byte = text[index]
                if byte == UInt8(ascii: "<"), isAfterName {
                    guard let end = matchingEnd(of: index) else { return nil }
                    index = end + 1
                } else if byte == UInt8(ascii: "(") {
                    guard skipParenthesis() else { return nil }
                } else if follows(" : ") {
                    break  // the type of a property
                } else {
                    output.append(byte)
                    index += 1
                }
            }
            return String(decoding: output, as: UTF8.self)
        }

        /// Whether what was written last is a name, so that `<` opens its generic parameters.
        private var isAfterName: Bool {
            guard let last = output.last else { return false }
            // `$defer #1 <A>() -> ()`
            if last == UInt8(ascii: " ") { return output.dropLast().last.map { (0x30...0x39).contains($0) } ?? false }
            return last != UInt8(ascii: ".")
        }

        private func follows(_ word: String) -> Bool { text[index...].starts(with: word.utf8) }

        private mutating func skipParenthesis() -> Bool {
            guard let end = matchingEnd(of: index) else { return false }
            let content = text[(index + 1)..<end]
            if content.starts(with: "extension in ".utf8), end + 1 < text.count, text[end + 1] == UInt8(ascii: ":") {
                index = end + 2  // the module that extends a type, in front of it
                return true
            }
            if let name = privateName(content) {
                output.append(contentsOf: name)
                index = end + 1
                return true
            }
            if output.last == UInt8(ascii: " ") {
                output.removeLast()  // the type of a closure
            } else {
                output.append(UInt8(ascii: "("))
                for argument in topLevel(content, separator: UInt8(ascii: ",")) {
                    output.append(contentsOf: label(of: argument))
                    output.append(UInt8(ascii: ":"))
                }
                output.append(UInt8(ascii: ")"))
            }
            index = end + 1
            if follows(" -> ") || follows(" throws") || follows(" async") { skipResult() }
            return true
        }

        /// `(name in _DISCRIMINATOR)`.
        private func privateName(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
            let marker = Array(" in _".utf8)
            guard let start = content.indices.first(where: { content[$0...].starts(with: marker) }) else { return nil }
            let isPlain = content[(start + marker.count)...].allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x46).contains($0)
            }
            return isPlain ? content[..<start] : nil
        }

        private func label(of argument: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            let parts = topLevel(argument, separator: UInt8(ascii: ":"))
            guard parts.count > 1 else { return ArraySlice("_".utf8) }
            return parts[0].drop { $0 == UInt8(ascii: " ") }
        }

        /// Moves to the ` in ` that says where a closure is, or to the end.
        private mutating func skipResult() {
            while index < text.count, !follows(" in ") {
                let isOpening = text[index] == UInt8(ascii: "(") || text[index] == UInt8(ascii: "<")
                index = (isOpening ? matchingEnd(of: index) ?? index : index) + 1
            }
        }

        private func topLevel(_ part: ArraySlice<UInt8>, separator: UInt8) -> [ArraySlice<UInt8>] {
            var parts: [ArraySlice<UInt8>] = []
            var start = part.startIndex
            var index = start
            while index < part.endIndex {
                if part[index] == UInt8(ascii: "(") || part[index] == UInt8(ascii: "<"),
                    let end = matchingEnd(of: index), end < part.endIndex
                {
                    index = end
                } else if part[index] == separator {
                    parts.append(part[start..<index])
                    start = index + 1
                }
                index += 1
            }
            if start < part.endIndex { parts.append(part[start...]) }
            return parts
        }

        /// The bracket that closes the one at a position; `->` closes nothing.
        private func matchingEnd(of start: Int) -> Int? {
            var depth = 0
            for index in start..<text.count {
                switch text[index] {
                case UInt8(ascii: "("), UInt8(ascii: "<"): depth += 1
                case UInt8(ascii: ">") where text[index - 1] == UInt8(ascii: "-"): break
                case UInt8(ascii: ")"), UInt8(ascii: ">"):
                    depth -= 1
                    if depth == 0 { return index }
                default: break
                }
            }
            return nil
        }
    }
}

extension Profile {
    /// The same profile with Swift functions named without types; functions that then share a name are shown as one.
    package func withShortSwiftNames() -> Profile {
        var copy = self
        for index in copy.functions.indices {
            let symbol = copy.functions[index].systemName
            guard symbol.hasPrefix("$s") || symbol.hasPrefix("$S") || symbol.hasPrefix("_$s") else { continue }
            copy.functions[index].name = SwiftName.short(copy.functions[index].name)
        }
        return copy
    }
}
