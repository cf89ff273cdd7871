/// How long the text may be that a mangled Swift name stands for.
///
/// A substitution (`A`) repeats what stands in front of it, so some dozen double a name a dozen times. This bounds the
/// length without an understanding of operators: a character outside of identifiers adds some text, a substitution at
/// most everything so far, as often as it says (Swift's `docs/ABI/Mangling.rst`, "Substitutions" and "Identifiers").
/// Where it is not clear whether characters are an identifier, they are counted as if they were not.
package enum SwiftNameSize {
    /// The longest text of a character: `WL` is "lazy protocol witness table cache variable for type ".
    private static let largestOperator = 32
    /// The runtime's own limit of repetitions.
    private static let mostRepetitions = 2048

    private static let largest = 1 << 40

    /// An upper bound in bytes, cut at 2⁴⁰.
    package static func bound(_ name: some Collection<UInt8>) -> Int {
        let bytes = Array(name)
        var size = 0
        // `$s`, `$S`, `$e` say nothing.
        var index = bytes.first == UInt8(ascii: "_") ? 3 : 2
        // Parameters of specializations hold bare numbers; they follow the name itself.
        var hasThunk = false
        while index < bytes.count, size < largest {
            size += largestOperator
            switch bytes[index] {
            case UInt8(ascii: "A"):
                index += 1
                size *= 1 + repetitions(bytes, &index)
            case UInt8(ascii: "S"):
                // Repeats a short name of the standard library.
                index += 1
                if let count = number(bytes, &index) { size += largestOperator * min(count, mostRepetitions) }
            case UInt8(ascii: "T"):
                hasThunk = true
                index += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                var end = index
                if !hasThunk, let length = identifier(bytes, &end) {
                    size += length
                    index = end
                } else {
                    index += 1
                }
            default: index += 1
            }
        }
        return min(size, largest)
    }

    /// How many nodes a substitution stands for; moves behind it. `A` [count] lower-case … [count] upper-case or `_`.
    private static func repetitions(_ bytes: [UInt8], _ index: inout Int) -> Int {
        var total = 0
        while index < bytes.count, total < 1 << 20 {
            let count = number(bytes, &index)
            guard index < bytes.count else { break }
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                total += min(count ?? 1, mostRepetitions)
                index += 1
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                index += 1
                return total + min(count ?? 1, mostRepetitions)
            case UInt8(ascii: "_"):
                index += 1
                return total + 1
            default: return total
            }
        }
        return total
    }

    /// The decimal number at a place; moves behind it.
    private static func number(_ bytes: [UInt8], _ index: inout Int) -> Int? {
        let start = index
        var value = 0
        while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit <= 9 {
            value = min(value * 10 + Int(digit), 1 << 20)
            index += 1
        }
        return index > start ? value : nil
    }

    /// Moves behind an identifier: a length and as many characters; behind `00` in Punycode; behind `0` letters that
    /// stand for words of earlier ones, in between.
    /// - Returns: its longest text; nil when it may be something else.
    private static func identifier(_ bytes: [UInt8], _ index: inout Int) -> Int? {
        var text = 0
        var hasWords = false
        var isPunycode = false
        if bytes[index] == UInt8(ascii: "0") {
            index += 1
            isPunycode = index < bytes.count && bytes[index] == UInt8(ascii: "0")
            hasWords = !isPunycode
            if isPunycode { index += 1 }
        }
        repeat {
            while hasWords, index < bytes.count, case let letter = bytes[index] | 0x20,
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= letter
            {
                if bytes[index] != letter { hasWords = false }
                text += bytes.count
                index += 1
            }
            guard index < bytes.count else { return nil }
            if bytes[index] == UInt8(ascii: "0") {
                index += 1
                return text
            }
            guard let length = number(bytes, &index), length <= bytes.count - index else { return nil }
            if index < bytes.count, bytes[index] == UInt8(ascii: "_") {
                // An index ends so; in Punycode it is a separator.
                guard isPunycode else { return nil }
                index += 1
                guard length <= bytes.count - index else { return nil }
            }
            index += length
            // A character takes up to four bytes of UTF-8.
            text += 4 * length
        } while hasWords
        return text
    }
}
