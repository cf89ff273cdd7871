/// A position in the bytes of one JSON text, for scanners that know what they look for.
///
/// It reads what it is asked for and skips what nobody asked about, strings and nesting included, without building a
/// value. Every read is checked against the end; a text that is not as asked for makes ``isBroken`` true for good, and
/// the caller looks at it once, at the end. Source of the grammar: RFC 8259.
package struct JSONCursor {
    private let base: UnsafeRawPointer
    private let count: Int
    package private(set) var position = 0
    package private(set) var isBroken = false

    /// Nested values that are skipped at most: deeper ones are taken for an attack.
    private static var deepestNesting: Int { 64 }

    /// - Parameter text: must outlive the cursor.
    @inline(__always)
    package init(_ text: UnsafeRawBufferPointer) {
        // An empty buffer may have no address; nothing is read from it.
        base = text.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        count = text.count
    }

    package var isAtEnd: Bool { position == count }

    /// The byte at hand, or 0 at the end.
    @inline(__always)
    package var byte: UInt8 { position < count ? base.byte(at: position) : 0 }

    @inline(__always)
    package mutating func fail() { isBroken = true }

    @inline(__always)
    package mutating func skipSpace() {
        while position < count {
            let byte = base.byte(at: position)
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
        }
    }

    /// Whether this character comes next; it is read if so.
    @inline(__always)
    package mutating func take(_ character: UInt8) -> Bool {
        if byte == character, position < count {
            position &+= 1
            return true
        }
        skipSpace()
        guard position < count, base.byte(at: position) == character else { return false }
        position &+= 1
        return true
    }

    /// This character must come next.
    @inline(__always)
    package mutating func expect(_ character: UInt8) {
        if !take(character) { fail() }
    }

    /// A name or short string as a number: its bytes from the first in the lowest byte, 0 beyond eight or with an
    /// escape in it.
    @inline(__always)
    package mutating func shortString() -> UInt64 {
        expect(UInt8(ascii: "\""))
        var value: UInt64 = 0
        var length: UInt64 = 0
        while position < count, !isBroken {
            let byte = base.byte(at: position)
            position &+= 1
            if byte == UInt8(ascii: "\"") { return length <= 8 ? value : 0 }
            if byte == UInt8(ascii: "\\") {
                position &+= 1
                length = 9
            }
            if length < 8 { value |= UInt64(byte) << (8 &* length) }
            length &+= 1
        }
        fail()
        return 0
    }

    /// An unsigned integer.
    @inline(__always)
    package mutating func integer() -> UInt64 {
        skipSpace()
        var value: UInt64 = 0
        let start = position
        while position < count {
            let digit = base.byte(at: position) &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position &+= 1
        }
        if position == start || position &- start > 19 { fail() }
        return value
    }

    /// A decimal in a string, such as "61737.63000000", in 1/100,000,000; further places are cut off.
    @inline(__always)
    package mutating func decimalString() -> Int64 {
        expect(UInt8(ascii: "\""))
        var value: UInt64 = 0
        let start = position
        while position < count {
            let digit = base.byte(at: position) &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position &+= 1
        }
        // Eleven digits and eight places stay below 2⁶³.
        if position == start || position &- start > 10 { fail() }
        var fraction: UInt64 = 0
        if position < count, base.byte(at: position) == UInt8(ascii: ".") {
            position &+= 1
            fraction = fractionDigits()
        }
        expect(UInt8(ascii: "\""))
        return Int64(bitPattern: value &* 100_000_000 &+ fraction)
    }

    /// Eight digits at once where there are eight, which is how exchanges write them.
    @inline(__always)
    private mutating func fractionDigits() -> UInt64 {
        if count &- position >= 8 {
            let digits = base.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let values = digits ^ 0x3030_3030_3030_3030
            // A byte above 9 has its high nibble set, by itself or after adding 6.
            if (values | (values &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0 == 0 {
                position &+= 8
                skipDigits()
                return Self.number(values)
            }
        }
        var value: UInt64 = 0
        var places = 0
        while position < count, places < 8 {
            let digit = base.byte(at: position) &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position &+= 1
            places &+= 1
        }
        if places == 0 { fail() }
        skipDigits()
        while places < 8 {
            value = value &* 10
            places &+= 1
        }
        return value
    }

    /// The number that eight digit values make, the first in the lowest byte: pairs, then fours, then all.
    ///
    /// Source: D. Lemire, *Quickly parsing eight digits*, 2018.
    @inline(__always)
    private static func number(_ values: UInt64) -> UInt64 {
        let pairs = values &* 10 &+ values >> 8
        let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (low &+ high) >> 32
    }

    @inline(__always)
    private mutating func skipDigits() {
        while position < count, base.byte(at: position) &- 0x30 < 10 { position &+= 1 }
    }

    /// Reads one value of any kind and forgets it.
    package mutating func skipValue() {
        var depth = 0
        repeat {
            skipSpace()
            guard position < count, depth <= Self.deepestNesting, !isBroken else { return fail() }
            switch base.byte(at: position) {
            case UInt8(ascii: "\""): _ = shortString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
                continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
                if depth < 0 { return fail() }
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { return fail() }
                position += 1
            default: skipScalar()
            }
        } while depth > 0
    }

    /// A number, `true`, `false` or `null`.
    private mutating func skipScalar() {
        let start = position
        while position < count {
            switch base.byte(at: position) {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
                position += 1
            default:
                if position == start { fail() }
                return
            }
        }
        if position == start { fail() }
    }
}
