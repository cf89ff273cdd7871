/// A regular expression whose cost is bounded: time is at most instructions × characters, whatever the pattern.
///
/// All ways to match are followed side by side, a set of states a character, so that nothing is ever tried again; the
/// same idea gives up what needs trying again: there are no back references and no looking around.
///
/// Understood: `.` `[a-z]` `[^…]` `\d` `\w` `\s` (and `\D` `\W` `\S`), `\` before punctuation, `(…)` `(?:…)` `|` `*` `+`
/// `?` `{n}` `{n,}` `{n,m}`, `^` and `$`. It matches anywhere unless anchored.
/// Source: K. Thompson, "Regular expression search algorithm", CACM 11 (1968).
package struct RegularPattern: Sendable {
    /// Longer patterns are refused.
    package static let maximumLength = 1_000
    /// Patterns that need more instructions are refused: repeats multiply them.
    package static let maximumInstructions = 10_000

    package let text: String
    private let program: [RegularProgram.Instruction]

    /// - Throws: ``SuiteError`` of code `nothingSelected` that says what in the pattern is not understood, and where.
    package init(_ text: String) throws(SuiteError) {
        self.text = text
        do {
            var parser = try RegularParser(text)
            program = try RegularProgram(try parser.parse()).instructions
        } catch let fault {
            throw SuiteError(
                .nothingSelected,
                "the pattern \(QuotedText.quoted(text)) cannot be used: \(fault.problem)"
                    + (fault.position.map { ", at character \($0 + 1)" } ?? ""))
        }
    }

    /// Whether the pattern matches somewhere in a text.
    package func matches(_ text: String) -> Bool {
        var states = StateSet(count: program.count)
        var next = StateSet(count: program.count)
        let scalars = Array(text.unicodeScalars)
        for position in 0...scalars.count {
            states.add(0, of: program, isStart: position == 0, isEnd: position == scalars.count)
            if states.hasMatch { return true }
            guard position < scalars.count else { return false }
            let scalar = scalars[position]
            for state in states.members {
                if case .character(let set) = program[state], set.contains(scalar) {
                    next.add(state + 1, of: program, isStart: false, isEnd: position + 1 == scalars.count)
                }
            }
            if next.hasMatch { return true }
            swap(&states, &next)
            next.removeAll()
        }
        return false
    }
}

/// The instructions that may be next, each at most once.
private struct StateSet {
    private(set) var members: [Int] = []
    private(set) var hasMatch = false
    private var isMember: [Bool]

    init(count: Int) { isMember = Array(repeating: false, count: count) }

    mutating func removeAll() {
        for member in members { isMember[member] = false }
        members.removeAll(keepingCapacity: true)
        hasMatch = false
    }

    /// Adds an instruction and all that it leads to without a character.
    mutating func add(_ first: Int, of program: [RegularProgram.Instruction], isStart: Bool, isEnd: Bool) {
        var open = [first]
        while let state = open.popLast() {
            guard !isMember[state] else { continue }
            isMember[state] = true
            members.append(state)
            switch program[state] {
            case .character: break
            case .match: hasMatch = true
            case .start: if isStart { open.append(state + 1) }
            case .end: if isEnd { open.append(state + 1) }
            case .jump(let target): open.append(target)
            case .split(let one, let other): open += [one, other]
            }
        }
    }
}
