internal import Glibc

/// Where a symbol's name is.
struct SymbolName {
    /// Position in the list of string tables.
    var pool: UInt8
    var isStub = false
    var offset: UInt32
}

/// The symbols of some files before one is chosen for each address, a column each.
struct SymbolCandidates {
    private(set) var addresses: [UInt64] = []
    /// 0 when the table does not say.
    private(set) var sizes: [UInt64] = []
    /// Where the symbol's section ends: no function reaches further.
    private(set) var limits: [UInt64] = []
    private(set) var names: [SymbolName] = []
    /// Larger is better.
    private var ranks: [UInt8] = []
    private(set) var pools: [SectionBytes] = []
    /// Which file each string table is of.
    private var poolFiles: [Int] = []
    private var fileCount = 0

    /// Nil for all.
    private let wanted: WantedAddresses?
    /// Where the last symbol starts that lies in front of each wanted address and behind the one before; 0 for none.
    private var nearest: [UInt64]

    /// Names longer than this are compared as far.
    private static let longestCompared = 1 << 12

    init(_ wanted: WantedAddresses?) {
        self.wanted = wanted
        nearest = Array(repeating: 0, count: wanted?.sorted.count ?? 0)
    }

    mutating func add(_ elf: ElfReader) {
        for table in elf.symbolTables where pools.count < 16 {
            let pool = addPool(table.names)
            table.entries.forEachPiece(unit: 24, limit: ElfReader.largestSymbolTable) {
                add($0, pool: pool, sectionEnds: table.sectionEnds)
            }
        }
        guard pools.count < 16 else { return }
        let pool = UInt8(pools.count)
        var stubNames: [UInt8] = []
        elf.forEachLinkageStub(wanted) { address, size, name in
            append(
                address: address, size: size, limit: .max,
                SymbolName(pool: pool, isStub: true, offset: UInt32(stubNames.count)), rank: 15)
            stubNames += name
            stubNames.append(0)
        }
        _ = addPool(SectionBytes(stubNames))
        fileCount += 1
    }

    private mutating func addPool(_ names: SectionBytes) -> UInt8 {
        pools.append(names)
        poolFiles.append(fileCount)
        return UInt8(pools.count - 1)
    }

    /// Entries of 24 bytes: name, type and binding, visibility, section, address, size (ELF-64, "Symbol Table").
    private mutating func add(_ bytes: UnsafeRawBufferPointer, pool: UInt8, sectionEnds: [UInt64]) {
        for entry in stride(from: 0, to: bytes.count - 23, by: 24) {
            let type = bytes[entry + 4] & 0xF
            // Functions (2, and 10 with a resolver); otherwise untyped labels of hand-written assembly.
            let isFunction = type == 2 || type == 10
            guard isFunction || type == 0 else { continue }
            let section = bytes.loadUnaligned(fromByteOffset: entry + 6, as: UInt16.self)
            let address = bytes.loadUnaligned(fromByteOffset: entry + 8, as: UInt64.self)
            let name = bytes.loadUnaligned(fromByteOffset: entry, as: UInt32.self)
            // Undefined symbols and those without a section name no code.
            guard section != 0, section < 0xFF00, address != 0, name != 0 else { continue }
            let size = bytes.loadUnaligned(fromByteOffset: entry + 16, as: UInt64.self)
            guard isWanted(address, size: size) else { continue }
            let binding = bytes[entry + 4] >> 4
            // What `perf` prefers too: functions, then those with a size, not weak ones, global ones.
            var rank: UInt8 = isFunction ? 8 : 0
            if size > 0 { rank |= 4 }
            if binding != 2 { rank |= 2 }
            if binding == 1 { rank |= 1 }
            append(
                address: address, size: size,
                limit: Int(section) < sectionEnds.count ? sectionEnds[Int(section)] : .max,
                SymbolName(pool: pool, offset: name), rank: rank)
        }
    }

    /// Whether a symbol holds a wanted address, or may be the last one in front of one.
    private mutating func isWanted(_ start: UInt64, size: UInt64) -> Bool {
        guard let wanted else { return true }
        let index = wanted.first(from: start)
        guard index < nearest.count else { return false }
        if start >= nearest[index] {
            nearest[index] = start
            return true
        }
        return wanted.sorted[index] - start < size
    }

    private mutating func append(address: UInt64, size: UInt64, limit: UInt64, _ name: SymbolName, rank: UInt8) {
        addresses.append(address)
        sizes.append(size)
        limits.append(limit)
        names.append(name)
        ranks.append(rank)
    }

    /// Drops what turned out to be neither the last symbol in front of a wanted address nor to hold one.
    ///
    /// Symbols without a size end at the next one, which may be dropped: they get an end that says the same for all
    /// wanted addresses.
    mutating func dropUnwanted() {
        guard let wanted else { return }
        // The first wanted address that a later symbol starts in front of.
        var ends = [UInt64](repeating: .max, count: nearest.count)
        for index in nearest.indices.dropLast().reversed() {
            ends[index] = nearest[index + 1] > 0 ? wanted.sorted[index + 1] : ends[index + 1]
        }
        var kept = 0
        for index in addresses.indices {
            let start = addresses[index]
            let following = wanted.first(from: start)
            guard following < nearest.count,
                start == nearest[following] || wanted.sorted[following] - start < sizes[index]
            else { continue }
            addresses[kept] = start
            sizes[kept] = sizes[index]
            limits[kept] = sizes[index] > 0 ? limits[index] : min(limits[index], ends[following])
            names[kept] = names[index]
            ranks[kept] = ranks[index]
            kept += 1
        }
        let dropped = addresses.count - kept
        addresses.removeLast(dropped)
        sizes.removeLast(dropped)
        limits.removeLast(dropped)
        names.removeLast(dropped)
        ranks.removeLast(dropped)
    }

    /// Of two names for one address, whether the first is the one that people know.
    func isBetter(_ a: Int, than b: Int) -> Bool {
        if ranks[a] != ranks[b] { return ranks[a] > ranks[b] }
        // The full table of a file repeats its dynamic one, which stands in front of it.
        if names[a].pool != names[b].pool, poolFiles[Int(names[a].pool)] == poolFiles[Int(names[b].pool)] {
            return names[a].pool < names[b].pool
        }
        let (left, right) = (text(names[a]), text(names[b]))
        // Most often the same symbol of both tables.
        if left == right { return false }
        let underscores = { (text: [UInt8]) in text.prefix { $0 == UInt8(ascii: "_") }.count }
        if underscores(left) != underscores(right) { return underscores(left) < underscores(right) }
        if left.count != right.count { return left.count > right.count }
        return left.lexicographicallyPrecedes(right)
    }

    private func text(_ name: SymbolName) -> [UInt8] {
        pools[Int(name.pool)].zeroTerminated(at: UInt64(name.offset), limit: Self.longestCompared) ?? []
    }
}
