internal import Glibc
package import ProfileModel

/// The functions of one module, sorted by address, one name each.
///
/// Names stay as bytes until one is asked for: most symbols of a library never appear in a profile.
package struct SymbolTable: Sendable {
    private struct Entry: Sendable {
        var start: UInt64
        var end: UInt64
        /// Where a function of unknown size ends at the latest.
        var limit: UInt64 = .max
        var name: Int
    }

    /// The name of the function that holds an address, as the symbol table spells it, and where it starts.
    package struct Match: Hashable, Sendable {
        package var name: String
        package var start: ModuleRelativeAddress
    }

    private var entries: [Entry] = []
    /// Zero-terminated names.
    private var names: [UInt8] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// Reads `.symtab` and `.dynsym`, and names linkage stubs `name@plt`.
    /// - Parameter files: a module and, where there is one, the file that its symbols were moved to.
    package init(_ files: [ElfReader]) {
        var symbols: [(symbol: ElfSymbol, name: Int)] = []
        for elf in files {
            elf.forEachSymbol { symbol, name in
                symbols.append((symbol, names.count))
                names.append(contentsOf: UnsafeRawBufferPointer(start: name, count: strlen(name) + 1))
            }
            elf.forEachLinkageStub { address, size, name in
                symbols.append((ElfSymbol(address: address, size: size), names.count))
                names.append(contentsOf: UnsafeRawBufferPointer(start: name, count: strlen(name)))
                names.append(contentsOf: Array("@plt".utf8) + [0])
            }
        }
        symbols.sort { a, b in
            a.symbol.address != b.symbol.address ? a.symbol.address < b.symbol.address : isBetter(a, than: b)
        }
        var last: UInt64?
        for (symbol, name) in symbols where symbol.address != last {
            last = symbol.address
            entries.append(
                Entry(
                    start: symbol.address, end: symbol.address &+ symbol.size, limit: symbol.sectionEnd, name: name))
        }
        closeGaps()
    }

    /// Reads the kernel's own table.
    /// - Parameter functions: sorted by address.
    init(functions: [(address: UInt64, name: Range<Int>)], names source: UnsafeRawBufferPointer) {
        for (address, name) in functions where entries.last?.start != address {
            entries.append(Entry(start: address, end: address, name: names.count))
            names.append(contentsOf: source[name])
            names.append(0)
        }
        closeGaps()
    }

    /// Of several names for one address, the one that people know: `perf` orders them the same way.
    private func isBetter(_ a: (symbol: ElfSymbol, name: Int), than b: (symbol: ElfSymbol, name: Int)) -> Bool {
        if a.symbol.isFunction != b.symbol.isFunction { return a.symbol.isFunction }
        if (a.symbol.size > 0) != (b.symbol.size > 0) { return a.symbol.size > 0 }
        if a.symbol.isWeak != b.symbol.isWeak { return !a.symbol.isWeak }
        if a.symbol.isGlobal != b.symbol.isGlobal { return a.symbol.isGlobal }
        let underscores = { (name: Int) in names[name...].prefix { $0 == 0x5F }.count }
        let (left, right) = (underscores(a.name), underscores(b.name))
        if left != right { return left < right }
        let length = { (name: Int) in names[name...].prefix { $0 != 0 }.count }
        let (long, short) = (length(a.name), length(b.name))
        if long != short { return long > short }
        return names[a.name...].prefix { $0 != 0 }.lexicographicallyPrecedes(names[b.name...].prefix { $0 != 0 })
    }

    /// A symbol without a size reaches to the next one, within its section.
    private mutating func closeGaps() {
        for index in entries.indices where entries[index].end <= entries[index].start {
            let next = index + 1 < entries.count ? entries[index + 1].start : .max
            entries[index].end = min(next, entries[index].limit)
        }
    }

    /// The function that holds an address. O(log n).
    package func lookup(_ address: ModuleRelativeAddress) -> Match? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].start <= address.rawValue { low = middle + 1 } else { high = middle }
        }
        // A function may contain local labels; walk out to the nearest symbol that reaches this far.
        for index in stride(from: low - 1, through: max(0, low - 16), by: -1) {
            let entry = entries[index]
            guard address.rawValue < entry.end else { continue }
            let bytes = names[entry.name...].prefix { $0 != 0 }
            return Match(name: String(decoding: bytes, as: UTF8.self), start: ModuleRelativeAddress(entry.start))
        }
        return nil
    }
}
