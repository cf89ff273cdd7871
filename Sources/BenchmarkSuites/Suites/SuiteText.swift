internal import Yams

/// The text of a suite file before it means anything: bounded in length, and in what it can make the reader of YAML do.
///
/// Refused before YAML is read: anchors, since few bytes of anchors and aliases stand for any number of values; and keys
/// that are not words (after `?`, or a list or a block before `:`), since each level of nested keys is hashed again.
/// Nesting is limited by the reader.
struct SuiteText {
    let text: String
    let path: String

    init(_ text: String, path: String) {
        self.text = text
        self.path = path
    }

    /// The file's only document; nil when there is none.
    func root() throws(SuiteError) -> SuiteNode? {
        try refuseCostlyWords()
        do {
            guard let node = try Yams.compose(yaml: text) else { return nil }
            if case .scalar(let scalar) = node, scalar.style == .plain, scalar.string.isEmpty { return nil }
            return SuiteNode(node: node, path: path, name: "the file")
        } catch let error as YamlError {
            throw fault(error)
        } catch {
            throw SuiteLocation(path: path, line: 1, column: 1).error(
                "not valid YAML: \(QuotedText.bounded("\(error)"))")
        }
    }

    /// Looks at bytes, not at YAML, so that it is simple enough to be sure: it also refuses such words in quotes and
    /// comments, which no one needs here.
    private func refuseCostlyWords() throws(SuiteError) {
        var line = 1
        var lineBegin = 0
        var column: Int?
        var last: UInt8 = 10
        var lastSolid: UInt8 = 10
        var problem = ""
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 10
            if byte == UInt8(ascii: "&"), Self.isWord(next), !Self.isWord(last) {
                problem = "'&' before a word is an anchor, and a suite file has none; write the value out"
            } else if byte == UInt8(ascii: "?"), [9, 10, 13, 32].contains(next), "\n\r-[{,:?".utf8.contains(lastSolid) {
                problem = "'?' alone begins a key that is no word; write 'key: value'"
            } else if byte == UInt8(ascii: ":"), "]}".utf8.contains(lastSolid) {
                problem = "a key must be a word; it is a list or a block of keys"
            }
            if !problem.isEmpty {
                column = index - lineBegin
                break
            }
            if byte == 10 {
                line += 1
                lineBegin = index + 1
            }
            last = byte
            if byte != 32, byte != 9 { lastSolid = byte }
        }
        guard let column else { return }
        let before = String(decoding: bytes[lineBegin..<lineBegin + column], as: UTF8.self).unicodeScalars.count
        throw SuiteLocation(path: path, line: line, column: before + 1).error(problem)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func fault(_ error: YamlError) -> SuiteError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if problem == "found undefined alias" {
                return location(mark).error("'*' begins an alias; put quotes around a pattern that begins with it")
            }
            if problem.contains("aximum nesting level") { return location(mark).error("the file is nested too deeply") }
            let text = (context.map { [$0.text] } ?? []) + [problem]
            return location(mark).error(
                "not valid YAML: " + QuotedText.bounded(text.joined(separator: ", "), limit: 200))
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
            let column = (lines.last?.unicodeScalars.count ?? 0) + 1
            return SuiteLocation(path: path, line: max(1, lines.count), column: column)
                .error("not valid YAML: " + QuotedText.bounded(problem, limit: 200))
        case .duplicatedKeysInMapping(let duplicates, let context):
            return location(context.mark).error(
                "the key \(QuotedText.quoted(duplicates.first ?? "")) is given more than once; remove one")
        default:
            return SuiteLocation(path: path, line: 1, column: 1)
                .error("not valid YAML: " + QuotedText.bounded("\(error)", limit: 200))
        }
    }

    private func location(_ mark: Mark) -> SuiteLocation {
        SuiteLocation(path: path, line: max(1, mark.line), column: max(1, mark.column))
    }
}
