internal import Yams

/// Where something stands in a suite file.
package struct SuiteLocation: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// From 1; columns in Unicode scalars.
    package var line: Int
    package var column: Int

    package var description: String { "\(QuotedText.bounded(path, limit: 500)):\(line):\(column)" }

    func error(_ text: String) -> SuiteError { SuiteError(.configuration, "\(self): \(text)") }
}

/// A value of a suite file, with its place, read as what it must be.
struct SuiteNode {
    let node: Node
    let path: String
    /// What it is the value of, for messages.
    let name: String

    var location: SuiteLocation {
        SuiteLocation(path: path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    func error(_ text: String) -> SuiteError { location.error(text) }

    private func mismatch(_ expected: String) -> SuiteError {
        error("\(QuotedText.quoted(name)) \(isEmpty ? "has no value" : "is \(kind)"); write \(expected)")
    }

    private var isEmpty: Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private var kind: String {
        switch node {
        case .scalar: "a single value"
        case .mapping: "a block of keys"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    // MARK: - Structure

    /// The values by key. Keys that are not among those known are errors.
    func mapping(keys known: [String], example: String) throws(SuiteError) -> [String: SuiteNode] {
        try pairs(example: example) { key in
            known.contains(key)
                ? nil
                : NearNames.guess(key, among: known).map { "did you mean '\($0)'?" }
                    ?? "the keys here are: " + known.joined(separator: ", ")
        }.reduce(into: [:]) { $0[$1.name] = $1 }
    }

    /// The values in the order of the file.
    /// - Parameter remedy: what to do about a key that is not known; nil for one that is.
    func pairs(example: String, remedy: (String) -> String?) throws(SuiteError) -> [SuiteNode] {
        guard case .mapping(let mapping) = node else { throw mismatch("keys with values, such as '\(example)'") }
        var values: [SuiteNode] = []
        for (key, value) in mapping {
            let place = SuiteNode(node: key, path: path, name: name)
            guard case .scalar(let scalar) = key else { throw place.error("a key must be a word; it is \(place.kind)") }
            if let remedy = remedy(scalar.string) {
                throw place.error("unknown key \(QuotedText.quoted(scalar.string)); \(remedy)")
            }
            values.append(SuiteNode(node: value, path: path, name: scalar.string))
        }
        return values
    }

    /// The values of a list, at least one.
    func list(example: String) throws(SuiteError) -> [SuiteNode] {
        guard case .sequence(let sequence) = node else { throw mismatch("a list, such as '\(example)'") }
        guard !sequence.isEmpty else {
            throw error("the list of '\(name)' is empty; write at least one, or leave it out")
        }
        return sequence.map { SuiteNode(node: $0, path: path, name: name) }
    }

    // MARK: - Values

    /// A text that is not empty, as it stands.
    func text(example: String) throws(SuiteError) -> String {
        guard case .scalar(let scalar) = node, !isEmpty else { throw mismatch("a text, such as '\(example)'") }
        guard !scalar.string.isEmpty else { throw error("'\(name)' is empty; write for instance '\(example)'") }
        guard !scalar.string.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw error("'\(name)' has a line break or a control character; write it on one line")
        }
        return scalar.string
    }

    /// A whole number within bounds; `_` may group digits.
    func integer(_ range: ClosedRange<Int>, example: Int) throws(SuiteError) -> Int {
        let text = try text(example: "\(example)")
        let digits = text.filter { $0 != "_" }
        let isNumber = !digits.isEmpty && digits.drop { $0 == "-" }.allSatisfy { $0.isASCII && $0.isNumber }
        guard isNumber, text.first != "_", let value = Int(digits) else {
            throw error(
                "'\(name)' is \(QuotedText.quoted(text)), which is no whole number\(isNumber ? " that fits" : "");"
                    + " write for instance \(example)")
        }
        guard range.contains(value) else {
            throw error("'\(name)' is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A number with its unit, in the kind's base unit.
    func quantity(_ kind: QuantityText.Kind) throws(SuiteError) -> Double {
        let text = try text(example: kind.example)
        switch QuantityText.value(text, kind) {
        case .success(let value): return value
        case .failure(let fault): throw error("'\(name)': \(fault.text)")
        }
    }

    /// Seconds, more than none and at most a day.
    func seconds() throws(SuiteError) -> Double {
        let value = try quantity(.duration)
        guard value > 0, value <= 86_400 else { throw error("'\(name)' must be more than 0 s and at most 86400 s") }
        return value
    }
}
