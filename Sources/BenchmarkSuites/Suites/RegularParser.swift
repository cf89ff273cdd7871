/// Why a text is no ``RegularPattern``.
struct RegularFault: Error {
    var problem: String
    /// Characters before it.
    var position: Int?
}

/// Characters that one place of a pattern accepts.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<Unicode.Scalar>]
    var isInverted = false

    func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar) } != isInverted }

    static let digits = ScalarSet(ranges: ["0"..."9"])
    static let words = ScalarSet(ranges: ["a"..."z", "A"..."Z", "0"..."9", "_"..."_"])
    static let spaces = ScalarSet(ranges: [" "..." ", "\t"..."\r"])
    static let any = ScalarSet(ranges: [], isInverted: true)
}

/// A pattern as a tree.
indirect enum RegularTree {
    case character(ScalarSet)
    case start
    case end
    case sequence([RegularTree])
    case alternatives([RegularTree])
    case repeated(RegularTree, least: Int, most: Int?)

    /// Whether it stands for no instruction at all.
    var isEmpty: Bool {
        switch self {
        case .character, .start, .end: false
        case .sequence(let parts): parts.allSatisfy(\.isEmpty)
        case .alternatives: false
        case .repeated(let part, _, let most): most == 0 || part.isEmpty
        }
    }
}

/// Reads a pattern by recursive descent.
struct RegularParser {
    /// Deeper parentheses are refused.
    private static let maximumDepth = 50
    /// The largest number in braces.
    private static let maximumRepeat = 1_000

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ text: String) throws(RegularFault) {
        self.text = Array(text.unicodeScalars)
        guard self.text.count <= RegularPattern.maximumLength else {
            throw RegularFault(problem: "it is longer than \(RegularPattern.maximumLength) characters", position: nil)
        }
    }

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private func fault(_ problem: String, at place: Int? = nil) -> RegularFault {
        RegularFault(problem: problem, position: place ?? position)
    }

    mutating func parse() throws(RegularFault) -> RegularTree {
        let tree = try alternatives()
        guard position == text.count else { throw fault("')' closes nothing; write '\\)' for the character") }
        return tree
    }

    private mutating func alternatives() throws(RegularFault) -> RegularTree {
        var all = [try sequence()]
        while take("|") { all.append(try sequence()) }
        return all.count == 1 ? all[0] : .alternatives(all)
    }

    private mutating func sequence() throws(RegularFault) -> RegularTree {
        var parts: [RegularTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let atom = try atom()
            parts.append(try repeats(of: atom))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repeats(of atom: RegularTree) throws(RegularFault) -> RegularTree {
        let tree: RegularTree
        switch next {
        case "*": tree = .repeated(atom, least: 0, most: nil)
        case "+": tree = .repeated(atom, least: 1, most: nil)
        case "?": tree = .repeated(atom, least: 0, most: 1)
        case "{":
            let begin = position
            position += 1
            guard let least = try number() else { throw fault("'{' wants a number; write '\\{' for the character") }
            var most: Int? = least
            if take(",") { most = try number() }
            guard take("}") else { throw fault("'{' is not closed", at: begin) }
            guard most.map({ $0 >= least }) ?? true else { throw fault("the numbers in braces fall", at: begin) }
            position -= 1
            tree = .repeated(atom, least: least, most: most)
        default: return atom
        }
        position += 1
        // Whether as few or as many as can be does not change whether there is a match.
        _ = take("?")
        if let scalar = next, "*+?{".unicodeScalars.contains(scalar) {
            throw fault("'\(scalar)' repeats a repeat; put parentheses around the first")
        }
        return tree
    }

    private mutating func number() throws(RegularFault) -> Int? {
        let begin = position
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = (value ?? 0) * 10 + Int(scalar.value - 48)
            guard value! <= Self.maximumRepeat else {
                throw fault("repeats of more than \(Self.maximumRepeat) are not followed", at: begin)
            }
            position += 1
        }
        return value
    }

    private mutating func atom() throws(RegularFault) -> RegularTree {
        let begin = position
        let scalar = text[position]
        position += 1
        switch scalar {
        case ".": return .character(.any)
        case "^": return .start
        case "$": return .end
        case "[": return .character(try characterClass(from: begin))
        case "\\": return .character(try escape(from: begin))
        case "(":
            if take("?"), !take(":") {
                throw fault("'(?' is only understood as '(?:'; there is no looking around", at: begin)
            }
            depth += 1
            guard depth <= Self.maximumDepth else { throw fault("parentheses are too deep", at: begin) }
            let tree = try alternatives()
            depth -= 1
            guard take(")") else { throw fault("'(' is not closed", at: begin) }
            return tree
        case "*", "+", "?", "{": throw fault("'\(scalar)' repeats nothing; write '\\\(scalar)' for it", at: begin)
        default: return .character(ScalarSet(ranges: [scalar...scalar]))
        }
    }

    private mutating func escape(from begin: Int) throws(RegularFault) -> ScalarSet {
        guard let scalar = next else { throw fault("'\\' at the end; write '\\\\' for the character", at: begin) }
        position += 1
        var set: ScalarSet
        switch scalar {
        case "d", "D": set = .digits
        case "w", "W": set = .words
        case "s", "S": set = .spaces
        case "t": return ScalarSet(ranges: ["\t"..."\t"])
        case _ where ScalarSet.words.contains(scalar):
            throw fault("'\\\(scalar)' is not understood", at: begin)
        default: return ScalarSet(ranges: [scalar...scalar])
        }
        set.isInverted = scalar.properties.isUppercase
        return set
    }

    private mutating func characterClass(from begin: Int) throws(RegularFault) -> ScalarSet {
        var set = ScalarSet(ranges: [], isInverted: take("^"))
        var isFirst = true
        while true {
            guard let scalar = next else { throw fault("'[' is not closed", at: begin) }
            let place = position
            position += 1
            if scalar == "]", !isFirst { return set }
            isFirst = false
            var low = ScalarSet(ranges: [scalar...scalar])
            if scalar == "\\" { low = try escape(from: place) }
            if low.isInverted { throw fault("'\\\(text[place + 1])' is not understood inside '[…]'", at: place) }
            guard low.ranges.count == 1, low.ranges[0].lowerBound == low.ranges[0].upperBound, next == "-",
                position + 1 < text.count, text[position + 1] != "]"
            else {
                set.ranges += low.ranges
                continue
            }
            position += 1
            var high = text[position]
            position += 1
            if high == "\\" {
                let escaped = try escape(from: position - 1)
                guard escaped.ranges.count == 1, !escaped.isInverted else {
                    throw fault("a range has no end", at: place)
                }
                high = escaped.ranges[0].upperBound
            }
            guard low.ranges[0].lowerBound <= high else { throw fault("a range falls", at: place) }
            set.ranges.append(low.ranges[0].lowerBound...high)
        }
    }
}
