/// A name, or a pattern of names: `*` is any characters, `?` is one, everything else is itself.
package struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    private let pattern: [Unicode.Scalar]

    package init(_ text: String) {
        description = text
        pattern = Array(text.unicodeScalars)
    }

    /// Whether the whole name matches. O(pattern · name): only the last `*` is ever tried again.
    package func matches(_ name: String) -> Bool {
        let name = Array(name.unicodeScalars)
        var at = 0
        var position = 0
        var retry: (pattern: Int, position: Int)?
        while position < name.count {
            if at < pattern.count, pattern[at] == "*" {
                retry = (at + 1, position)
                at += 1
            } else if at < pattern.count, pattern[at] == "?" || pattern[at] == name[position] {
                at += 1
                position += 1
            } else if let last = retry {
                retry = (last.pattern, last.position + 1)
                at = last.pattern
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }
}
