internal import CDemangle
internal import Glibc

/// Turns a linker's symbol into the name that its author wrote.
package enum Demangler {
    /// Names longer than this are left alone: demangling is recursive, and symbols are untrusted input.
    private static let longestName = 16_384

    /// What names stand for is cut there: some bytes of a hostile one may stand for gigabytes.
    private static let longestResult = 1 << 16

    /// Swift names that may stand for more are left alone: the bound is some hundred times what most of them do, and the
    /// runtime cannot be stopped half-way. One in some hundred symbols of generic libraries is beyond it.
    private static let largestBound = 1 << 22

    /// The name for people: Swift in full, C++ and Rust without parameters and hashes, everything else unchanged.
    package static func demangle(_ symbol: String) -> String {
        let bytes = symbol.utf8
        guard bytes.count <= longestName else { return symbol }
        // Debug files spell out the version of a library's interface; stubs are named by us.
        if let sign = bytes.firstIndex(of: UInt8(ascii: "@")) {
            if bytes.suffix(4).elementsEqual("@plt".utf8) { return demangle(String(symbol.dropLast(4))) + "@plt" }
            return demangle(String(symbol[..<sign]))
        }
        var head = bytes.makeIterator()
        switch (head.next(), head.next(), head.next()) {
        case (UInt8(ascii: "_"), UInt8(ascii: "Z"), _): return itanium(symbol) ?? symbol
        case (UInt8(ascii: "_"), UInt8(ascii: "R"), _): return RustDemangler.demangle(symbol) ?? symbol
        case (UInt8(ascii: "$"), let kind?, _), (UInt8(ascii: "_"), UInt8(ascii: "$"), let kind?):
            return "sSe".utf8.contains(kind) ? swift(symbol) ?? symbol : symbol
        case (UInt8(ascii: "_"), UInt8(ascii: "T"), UInt8(ascii: "0")): return swift(symbol) ?? symbol
        default: return symbol
        }
    }

    private static func swift(_ symbol: String) -> String? {
        guard SwiftNameSize.bound(symbol.utf8) <= largestBound else { return nil }
        // A specialization that is cut off (`$sTf2p`) makes the runtime read its last character over and over, and keep
        // a node of each, until memory is gone. Behind an empty suffix, such as clones carry, nothing is cut off.
        let isSuffixed = symbol.utf8.contains(UInt8(ascii: "."))
        var symbol = isSuffixed ? symbol : symbol + "."
        let text = symbol.withUTF8 { runtimeDemangle($0.baseAddress, UInt($0.count), nil, nil, 0) }
        return text.flatMap { pointer in
            defer { free(pointer) }
            var name = String(cString: pointer)
            // What it cannot read it gives back.
            if name == symbol { return nil }
            if !isSuffixed, name.hasSuffix(emptySuffix) { name.removeLast(emptySuffix.count) }
            return withoutAsyncPart(withoutSpecializations(name))
        }
    }

    /// How the runtime writes the suffix ".".
    private static let emptySuffix = " with unmangled suffix \".\""

    /// `generic specialization <Int> of f(A) -> B` → `f(A) -> B`: copies that the optimizer made of one function are
    /// that function to a reader.
    static func withoutSpecializations(_ name: String) -> String {
        var rest = Substring(name).utf8
        while let open = rest.firstIndex(of: UInt8(ascii: "<")),
            rest[..<open].suffix(15).elementsEqual("specialization ".utf8)
        {
            var depth = 0
            var index = open
            var previous = UInt8(ascii: " ")
            while index < rest.endIndex {
                let character = rest[index]
                if character == UInt8(ascii: "<") { depth += 1 }
                if character == UInt8(ascii: ">"), previous != UInt8(ascii: "-") { depth -= 1 }
                previous = character
                index = rest.index(after: index)
                if depth == 0 { break }
            }
            guard depth == 0, rest[index...].starts(with: " of ".utf8) else { break }
            rest = rest[index...].dropFirst(4)
        }
        return String(Substring(rest))
    }

    /// `(2) suspend resume partial function for f() async -> ()` → `f() async -> ()`: the compiler cuts an async function
    /// at each await; its parts are one function to a reader.
    static func withoutAsyncPart(_ name: String) -> String {
        guard name.hasPrefix("("), let close = name.firstIndex(of: ")"),
            name[name.index(after: name.startIndex)..<close].allSatisfy({ $0.isASCII && $0.isNumber })
        else { return name }
        for text in [") await resume partial function for ", ") suspend resume partial function for "]
        where name[close...].hasPrefix(text) {
            return withoutAsyncPart(withoutSpecializations(String(name[close...].dropFirst(text.count))))
        }
        return name
    }

    private static func itanium(_ symbol: String) -> String? {
        // Clones that the optimizer makes carry suffixes (`.isra.0`, `.cold`, `.llvm.123`), which the library prints
        // as `[clone …]`; the clone is the same function to a reader.
        let plain = withoutCloneSuffix(symbol)
        let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: longestResult) { buffer in
            let count = tickscope_demangle(plain, buffer.baseAddress, buffer.count)
            return String(
                decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
        }
        guard !name.isEmpty else { return nil }
        return withoutRustHash(name).map(RustDemangler.withoutEscapes) ?? withoutParameters(name)
    }

    /// Rust's legacy names have dots of their own: there, the suffix begins behind the hash.
    private static func withoutCloneSuffix(_ symbol: String) -> String {
        guard let dot = symbol.utf8.firstIndex(of: UInt8(ascii: ".")) else { return symbol }
        let bytes = Array(symbol.utf8)
        for end in stride(from: bytes.count - 1, through: 20, by: -1) where bytes[end] == 0x45 {
            if end + 1 < bytes.count, bytes[end + 1] != 0x2E { continue }
            let hash = bytes[(end - 19)..<end]
            if hash.starts(with: "17h".utf8), hash.dropFirst(3).allSatisfy(isHexadecimal) {
                return String(decoding: bytes[...end], as: UTF8.self)
            }
        }
        return String(symbol[..<dot])
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// `core::fmt::write::h0123456789abcdef` without the hash: Rust's legacy names are C++ ones with it at the end.
    private static func withoutRustHash(_ name: String) -> String? {
        let hash = name.utf8.suffix(19)
        guard hash.count == 19, hash.starts(with: "::h".utf8),
            hash.dropFirst(3).allSatisfy(isHexadecimal)
        else { return nil }
        return String(name.dropLast(19))
    }

    /// `int ns::f<T>(int) const` → `ns::f<T>`: what names the function, for tables and pictures.
    static func withoutParameters(_ name: String) -> String {
        let bytes = Array(name.utf8)
        guard let close = bytes.lastIndex(of: 0x29) else { return name }
        var depth = 0
        var open = close
        while open >= 0 {
            if bytes[open] == 0x29 { depth += 1 }
            if bytes[open] == 0x28 {
                depth -= 1
                if depth == 0 { break }
            }
            open -= 1
        }
        // Nothing in front, `(anonymous namespace)::x` and `operator()` are part of the name.
        guard open > 0, depth == 0 else { return name }
        let tail = bytes[(close + 1)...]
        let qualifiers: [[UInt8]] = ["", " const", " volatile", " &", " &&", " const &", " const &&"].map {
            Array($0.utf8)
        }
        guard qualifiers.contains(where: { tail.elementsEqual($0) }) else { return name }
        let head = bytes[..<open]
        if head.elementsEqual("operator".utf8) || head.suffix(10).elementsEqual("::operator".utf8) { return name }
        return String(decoding: withoutReturnType(head), as: UTF8.self)
    }

    /// Template functions are printed with their return type: drop what stands before the last space at depth 0.
    private static func withoutReturnType(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        // The o of "operator" first: few names have it.
        if name.indices.contains(where: { name[$0] == 0x6F && name[$0...].starts(with: "operator".utf8) }) {
            return name
        }
        var depth = 0
        var start = name.startIndex
        for index in name.indices {
            switch name[index] {
            case 0x3C, 0x28, 0x7B, 0x5B: depth += 1  // < ( { [
            case 0x3E, 0x29, 0x7D, 0x5D: depth -= 1
            case 0x20 where depth == 0: start = index + 1
            default: break
            }
        }
        return start < name.endIndex ? name[start...] : name
    }
}

/// The Swift runtime's demangler, exported by libswiftCore.
@_silgen_name("swift_demangle")
private func runtimeDemangle(
    _ name: UnsafePointer<UInt8>?, _ length: UInt, _ output: UnsafeMutablePointer<CChar>?,
    _ outputSize: UnsafeMutablePointer<UInt>?, _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?
