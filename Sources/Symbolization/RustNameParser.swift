/// Recursive descent over the grammar of RFC 2603; each method reads one rule and prints it.
struct RustNameParser {
    private let name: [UInt8]
    private var position: Int
    private(set) var output: [UInt8] = []
    private(set) var isValid = true
    private var depth = 0
    private var steps = 0
    /// Set while something is read that is not to be seen.
    private var isSilent = false
    /// Lifetimes that the binders around this place name.
    private var boundLifetimes: UInt64 = 0

    private static let deepest = 200
    private static let mostSteps = 1 << 14
    private static let longestOutput = 1 << 14

    init(_ name: [UInt8], at position: Int) {
        self.name = name
        self.position = position
    }

    var isAtEnd: Bool { position >= name.count }

    private mutating func fail() { isValid = false }

    private mutating func print(_ text: some StringProtocol) { print(bytes: Array(text.utf8)) }

    private mutating func print(bytes: some Collection<UInt8>) {
        guard isValid, !isSilent else { return }
        guard output.count + bytes.count <= Self.longestOutput else { return fail() }
        output.append(contentsOf: bytes)
    }

    private func peek() -> UInt8? { position < name.count ? name[position] : nil }

    private mutating func next() -> UInt8 {
        guard isValid, position < name.count else {
            fail()
            return 0
        }
        defer { position += 1 }
        return name[position]
    }

    private mutating func eat(_ byte: UInt8) -> Bool {
        guard isValid, peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func eat(_ character: Character) -> Bool { eat(character.asciiValue ?? 0) }

    /// Runs a rule one level deeper.
    private mutating func nested(_ body: (inout RustNameParser) -> Void) {
        steps += 1
        depth += 1
        guard isValid, depth <= Self.deepest, steps <= Self.mostSteps else { return fail() }
        body(&self)
        depth -= 1
    }

    mutating func skipPath() {
        isSilent = true
        path(inValue: false)
        isSilent = false
    }

    // MARK: Numbers and identifiers

    /// `base-62-number = {0-9a-zA-Z} "_"`: `_` is 0, `0_` is 1.
    private mutating func base62() -> UInt64 {
        if eat("_") { return 0 }
        var value: UInt64 = 0
        while isValid {
            let byte = next()
            let digit: UInt64
            switch byte {
            case 0x30...0x39: digit = UInt64(byte - 0x30)
            case 0x61...0x7A: digit = UInt64(byte - 0x61 + 10)
            case 0x41...0x5A: digit = UInt64(byte - 0x41 + 36)
            case 0x5F:
                let (result, overflow) = value.addingReportingOverflow(1)
                if overflow { fail() }
                return result
            default:
                fail()
                return 0
            }
            let (product, first) = value.multipliedReportingOverflow(by: 62)
            let (sum, second) = product.addingReportingOverflow(digit)
            if first || second { fail() }
            value = sum
        }
        return 0
    }

    private mutating func optionalBase62(after tag: Character) -> UInt64 {
        guard eat(tag) else { return 0 }
        let (result, overflow) = base62().addingReportingOverflow(1)
        if overflow { fail() }
        return result
    }

    private struct Identifier {
        var disambiguator: UInt64 = 0
        var text: [UInt8] = []
    }

    /// `identifier = [disambiguator] undisambiguated-identifier`.
    private mutating func identifier() -> Identifier {
        var result = Identifier(disambiguator: optionalBase62(after: "s"))
        let isPunycode = eat("u")
        guard let first = peek(), (0x30...0x39).contains(first) else {
            fail()
            return result
        }
        var length = 0
        if eat("0") {
            // No other digit may follow.
        } else {
            while let byte = peek(), (0x30...0x39).contains(byte), length < 1 << 20 {
                length = length * 10 + Int(byte - 0x30)
                position += 1
            }
        }
        _ = eat("_")
        guard isValid, length <= name.count - position else {
            fail()
            return result
        }
        let bytes = name[position..<(position + length)]
        position += length
        if isPunycode {
            guard let decoded = Punycode.decode(bytes) else {
                fail()
                return result
            }
            result.text = Array(decoded.utf8)
        } else {
            result.text = Array(bytes)
        }
        return result
    }

    // MARK: Paths

    /// - Parameter inValue: whether generic arguments are written with `::<`, as in expressions.
    mutating func path(inValue: Bool) { nested { $0.pathRule(inValue: inValue) } }

    private mutating func pathRule(inValue: Bool) {
        let tag = next()
        switch tag {
        case 0x43: print(bytes: identifier().text)  // C: crate
        case 0x4D:  // M: <T> of an inherent implementation
            skipImplementationPath()
            print("<")
            type()
            print(">")
        case 0x58:  // X: <T as Trait> of a trait's implementation
            skipImplementationPath()
            traitImplementation()
        case 0x59: traitImplementation()  // Y: <T as Trait> of a trait's own definition
        case 0x4E: nestedPath(inValue: inValue)  // N
        case 0x49:  // I: with generic arguments
            path(inValue: inValue)
            print(inValue ? "::<" : "<")
            list { $0.genericArgument() }
            print(">")
        case 0x42: backReference { $0.path(inValue: inValue) }  // B
        default: fail()
        }
    }

    private mutating func traitImplementation() {
        print("<")
        type()
        print(" as ")
        path(inValue: false)
        print(">")
    }

    private mutating func skipImplementationPath() {
        _ = optionalBase62(after: "s")
        let wasSilent = isSilent
        isSilent = true
        path(inValue: false)
        isSilent = wasSilent
    }

    private mutating func nestedPath(inValue: Bool) {
        let namespace = next()
        guard (0x41...0x5A).contains(namespace) || (0x61...0x7A).contains(namespace) else { return fail() }
        path(inValue: inValue)
        let name = identifier()
        if (0x41...0x5A).contains(namespace) {
            // Things without a name in the source.
            print("::{")
            switch namespace {
            case 0x43: print("closure")
            case 0x53: print("shim")
            default: print(bytes: [namespace])
            }
            if !name.text.isEmpty {
                print(":")
                print(bytes: name.text)
            }
            print("#\(name.disambiguator)}")
        } else if !name.text.isEmpty {
            print("::")
            print(bytes: name.text)
        }
    }

    /// `backref = "B" base-62-number`: a place before this one, where the rest of the rule is read.
    private mutating func backReference(_ body: (inout RustNameParser) -> Void) {
        let start = position - 1
        let target = base62()
        // Counted from behind `_R`.
        guard isValid, target < UInt64(start - 2) else { return fail() }
        // What is not seen need not be read again: this keeps skipped paths linear.
        guard !isSilent else { return }
        let end = position
        position = Int(target) + 2
        nested(body)
        position = end
    }

    /// Items up to an `E`, with commas.
    @discardableResult
    private mutating func list(_ separator: String = ", ", body: (inout RustNameParser) -> Void) -> Int {
        var count = 0
        while isValid, !eat("E") {
            if count > 0 { print(separator) }
            body(&self)
            count += 1
        }
        return count
    }

    private mutating func genericArgument() {
        if eat("L") {
            lifetime(base62())
        } else if eat("K") {
            constant()
        } else {
            type()
        }
    }

    // MARK: Types

    private static let basicTypes: [UInt8: String] = [
        0x61: "i8", 0x62: "bool", 0x63: "char", 0x64: "f64", 0x65: "str", 0x66: "f32", 0x68: "u8", 0x69: "isize",
        0x6A: "usize", 0x6C: "i32", 0x6D: "u32", 0x6E: "i128", 0x6F: "u128", 0x70: "_", 0x73: "i16", 0x74: "u16",
        0x75: "()", 0x76: "...", 0x78: "i64", 0x79: "u64", 0x7A: "!",
    ]

    private mutating func type() { nested { $0.typeRule() } }

    private mutating func typeRule() {
        let tag = next()
        if let basic = Self.basicTypes[tag] { return print(basic) }
        switch tag {
        case 0x52, 0x51:  // R and Q: references
            print("&")
            if eat("L") {
                let number = base62()
                if number != 0 {
                    lifetime(number)
                    print(" ")
                }
            }
            if tag == 0x51 { print("mut ") }
            type()
        case 0x50:  // P
            print("*const ")
            type()
        case 0x4F:  // O
            print("*mut ")
            type()
        case 0x41:  // A: array
            print("[")
            type()
            print("; ")
            constant()
            print("]")
        case 0x53:  // S: slice
            print("[")
            type()
            print("]")
        case 0x54:  // T: tuple
            print("(")
            if list(body: { $0.type() }) == 1 { print(",") }
            print(")")
        case 0x46: binder { $0.functionType() }  // F
        case 0x44:  // D: dyn
            print("dyn ")
            binder { parser in parser.list(" + ") { $0.dynamicTrait() } }
            guard eat("L") else { return fail() }
            let number = base62()
            if number != 0 {
                print(" + ")
                lifetime(number)
            }
        case 0x42: backReference { $0.type() }
        default:
            position -= 1
            path(inValue: false)
        }
    }

    private mutating func functionType() {
        if eat("U") { print("unsafe ") }
        if eat("K") {
            print("extern \"")
            if eat("C") {
                print("C")
            } else {
                // Hyphens are written as underscores.
                print(bytes: identifier().text.map { $0 == 0x5F ? 0x2D : $0 })
            }
            print("\" ")
        }
        print("fn(")
        list { $0.type() }
        print(")")
        if eat("u") { return }
        print(" -> ")
        type()
    }

    /// A trait with its associated types inside its angle brackets.
    private mutating func dynamicTrait() {
        let isOpen = pathWithOpenArguments()
        var hasArguments = isOpen
        while isValid, eat("p") {
            print(hasArguments ? ", " : "<")
            hasArguments = true
            print(bytes: identifier().text)
            print(" = ")
            type()
        }
        if hasArguments { print(">") }
    }

    /// - Returns: whether a list of arguments was begun and not closed.
    private mutating func pathWithOpenArguments() -> Bool {
        if eat("B") {
            var isOpen = false
            backReference { isOpen = $0.pathWithOpenArguments() }
            return isOpen
        }
        guard eat("I") else {
            path(inValue: false)
            return false
        }
        path(inValue: false)
        print("<")
        list { $0.genericArgument() }
        return true
    }

    /// `binder = "G" base-62-number`: `for<'a, 'b> …`.
    private mutating func binder(_ body: (inout RustNameParser) -> Void) {
        let outer = boundLifetimes
        let count = optionalBase62(after: "G")
        guard isValid, count <= 64 else { return fail() }
        if count > 0 {
            print("for<")
            for index in 0..<count {
                if index > 0 { print(", ") }
                boundLifetimes += 1
                lifetime(1)
            }
            print("> ")
        }
        body(&self)
        boundLifetimes = outer
    }

    /// 0 is erased; 1 the innermost that is bound here.
    private mutating func lifetime(_ number: UInt64) {
        print("'")
        if number == 0 { return print("_") }
        guard number <= boundLifetimes else { return fail() }
        let index = boundLifetimes - number
        if index < 26 {
            print(bytes: [0x61 + UInt8(index)])
        } else {
            print("_\(index)")
        }
    }

    // MARK: Constants

    private mutating func constant() { nested { $0.constantRule() } }

    private mutating func constantRule() {
        if eat("B") { return backReference { $0.constant() } }
        let tag = next()
        switch tag {
        case 0x70: print("_")
        case 0x61, 0x73, 0x6C, 0x78, 0x6E, 0x69, 0x68, 0x74, 0x6D, 0x79, 0x6F, 0x6A:
            if eat("n") { print("-") }
            let digits = hexadecimal()
            if digits.count <= 16, let value = UInt64(digits.isEmpty ? "0" : digits, radix: 16) {
                print(String(value))
            } else {
                print("0x" + digits)
            }
        case 0x62:
            switch hexadecimal() {
            case "0": print("false")
            case "1": print("true")
            default: fail()
            }
        case 0x63:
            guard let value = UInt32(hexadecimal(), radix: 16), let scalar = Unicode.Scalar(value) else {
                return fail()
            }
            print("'" + scalar.escaped(asASCII: false) + "'")
        case 0x65:
            print("*")
            text()
        case 0x52, 0x51:
            if tag == 0x52, eat("e") { return text() }
            print(tag == 0x52 ? "&" : "&mut ")
            constant()
        case 0x41:
            print("[")
            list { $0.constant() }
            print("]")
        case 0x54:
            print("(")
            if list(body: { $0.constant() }) == 1 { print(",") }
            print(")")
        case 0x56: variant()
        default: fail()
        }
    }

    /// A value of a structure or an enumeration's case.
    private mutating func variant() {
        path(inValue: true)
        switch next() {
        case 0x55: break
        case 0x54:
            print("(")
            list { $0.constant() }
            print(")")
        case 0x53:
            print(" { ")
            list { parser in
                parser.print(bytes: parser.identifier().text)
                parser.print(": ")
                parser.constant()
            }
            print(" }")
        default: fail()
        }
    }

    /// The bytes of a text, two digits each.
    private mutating func text() {
        let digits = Array(hexadecimal().utf8)
        guard digits.count % 2 == 0 else { return fail() }
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { index in
            UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16)
        }
        print("\"" + String(decoding: bytes, as: UTF8.self) + "\"")
    }

    /// Lower-case digits up to `_`, without leading zeros.
    private mutating func hexadecimal() -> String {
        let start = position
        while isValid {
            let byte = next()
            if byte == 0x5F { break }
            guard (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) else {
                fail()
                break
            }
        }
        guard isValid else { return "" }
        return String(decoding: name[start..<(position - 1)], as: UTF8.self)
    }
}
