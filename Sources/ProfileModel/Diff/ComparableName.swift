/// What a function is called in two builds of a program.
package enum ComparableName {
    /// The name without what compilers add anew in each build: clones that they made (`.cold`, `.part.3`, `.isra.0`,
    /// `.constprop.1`, `.lto_priv.2`, `.llvm.8723`) and the hash of Rust's older mangling (`::h0123456789abcdef`).
    ///
    /// Their cost belongs to the function. The suffixes are those of GCC's `symtab_node::clone` and LLVM's ThinLTO.
    package static func of(_ name: String) -> String {
        var rest = Substring(name)
        while let shorter = withoutClone(rest) { rest = shorter }
        if let colons = rest.lastIndex(of: ":"), rest.distance(from: colons, to: rest.endIndex) == 18 {
            let hash = rest[rest.index(after: colons)...]
            if hash.first == "h", rest[..<colons].hasSuffix(":"),
                hash.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            {
                rest = rest[..<colons].dropLast()
            }
        }
        return rest.isEmpty ? name : String(rest)
    }

    private static let clones: Set<Substring> = ["part", "isra", "constprop", "lto_priv", "llvm", "cold", "localalias"]

    /// The name before a last `.word` or `.word.number`; nil when it ends in neither.
    private static func withoutClone(_ name: Substring) -> Substring? {
        // Demanglers write clones as ` [clone .cold]`.
        if name.utf8.last == UInt8(ascii: "]"), let open = name.lastIndex(of: "["),
            name[open...].hasPrefix("[clone ."), open > name.startIndex
        {
            let before = name[..<open]
            return before.last == " " ? before.dropLast() : before
        }
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return nil }
        let last = name[name.utf8.index(after: dot)...]
        if clones.contains(last) { return name[..<dot] }
        guard !last.isEmpty, last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let head = name[..<dot]
        guard let second = head.utf8.lastIndex(of: UInt8(ascii: ".")), second > head.startIndex else { return nil }
        return clones.contains(head[head.utf8.index(after: second)...]) ? head[..<second] : nil
    }
}
