/// Reads Rust's symbol names of version 0, `_R…` (RFC 2603, "Rust Symbol Name Mangling v0"), and what the legacy names
/// escape.
///
/// Prints paths as the compiler's own messages do, without the hashes that tell crates apart. Symbols are untrusted:
/// nesting, steps and the length of the result are bounded, and what does not fit is no name.
package enum RustDemangler {
    /// The name of a version 0 symbol; nil when it is none.
    package static func demangle(_ symbol: String) -> String? {
        var name = Array(symbol.utf8)
        // Code generation appends suffixes such as `.llvm.1234`; the name itself has no dot.
        if let dot = name.firstIndex(of: 0x2E) { name.removeSubrange(dot...) }
        guard name.starts(with: "_R".utf8), name.count > 2 else { return nil }
        var parser = RustNameParser(name, at: 2)
        guard (0x41...0x5A).contains(name[2]) else { return nil }
        parser.path(inValue: true)
        // The crate that made this copy follows; it says nothing about the function.
        if parser.isValid, !parser.isAtEnd { parser.skipPath() }
        guard parser.isValid, parser.isAtEnd else { return nil }
        return String(decoding: parser.output, as: UTF8.self)
    }

    /// `_$LT$impl$u20$Clone$GT$..clone` → `<impl Clone>::clone`: what legacy names write for signs that linkers do not
    /// allow.
    package static func withoutEscapes(_ name: String) -> String {
        let bytes = Array(name.utf8)
        var result: [UInt8] = []
        var index = 0
        // An underscore keeps the escape from being the first character of a part.
        func isPartStart() -> Bool { result.isEmpty || result.suffix(2).elementsEqual("::".utf8) }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x5F, isPartStart(), index + 1 < bytes.count, bytes[index + 1] == 0x24 {
                index += 1
                continue
            }
            if byte == 0x2E, index + 1 < bytes.count, bytes[index + 1] == 0x2E {
                result.append(contentsOf: "::".utf8)
                index += 2
                continue
            }
            if byte == 0x24, let end = bytes[(index + 1)...].firstIndex(of: 0x24), end - index <= 10,
                let text = escape(bytes[(index + 1)..<end])
            {
                result.append(contentsOf: text)
                index = end + 1
                continue
            }
            result.append(byte)
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let escapes: [String: String] = [
        "SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ",",
    ]

    private static func escape(_ code: ArraySlice<UInt8>) -> [UInt8]? {
        let text = String(decoding: code, as: UTF8.self)
        if let sign = escapes[text] { return Array(sign.utf8) }
        guard text.hasPrefix("u"), let number = UInt32(text.dropFirst(), radix: 16),
            let scalar = Unicode.Scalar(number), number >= 0x20
        else { return nil }
        return Array(String(Character(scalar)).utf8)
    }
}
