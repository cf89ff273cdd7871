/// A command line, split into words as a POSIX shell does, without expanding anything.
///
/// Source: POSIX.1-2017, *Shell Command Language*, sections 2.2 (quoting) and 2.3 (words).
package enum CommandWords {
    /// - Throws: ``SuiteError`` for a quote that is not closed, and for no word at all.
    package static func split(_ command: String) throws -> [String] {
        var words: [String] = []
        var word: String?
        var characters = command.makeIterator()
        func unfinished(_ what: String) -> SuiteError {
            SuiteError(.configuration, "the command '\(command)' \(what)")
        }
        while let character = characters.next() {
            switch character {
            case " ", "\t", "\n":
                if let finished = word { words.append(finished) }
                word = nil
            case "'":
                word = word ?? ""
                while true {
                    guard let next = characters.next() else { throw unfinished("has a ' that is not closed") }
                    if next == "'" { break }
                    word?.append(next)
                }
            case "\"":
                word = word ?? ""
                while true {
                    guard let next = characters.next() else { throw unfinished("has a \" that is not closed") }
                    if next == "\"" { break }
                    guard next == "\\" else {
                        word?.append(next)
                        continue
                    }
                    guard let escaped = characters.next() else { throw unfinished("has a \" that is not closed") }
                    // Between double quotes a backslash is one, unless it escapes what is special there.
                    if escaped == "\n" { continue }
                    if !["$", "`", "\"", "\\"].contains(escaped) { word?.append("\\") }
                    word?.append(escaped)
                }
            case "\\":
                guard let escaped = characters.next() else { throw unfinished("ends with a backslash") }
                if escaped != "\n" { word = (word ?? "") + String(escaped) }
            default: word = (word ?? "") + String(character)
            }
        }
        if let finished = word { words.append(finished) }
        guard let first = words.first, !first.isEmpty else { throw unfinished("names no program") }
        return words
    }
}
