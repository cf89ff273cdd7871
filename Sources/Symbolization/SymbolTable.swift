internal import Glibc
package import ProfileModel

/// The functions of one module, sorted by address, one name each.
///
/// Names stay in the file until one is asked for: most symbols of a library never appear in a profile.
package struct SymbolTable {
    /// The name of the function that holds an address, as the symbol table spells it, and where it starts.
    package struct Match: Hashable, Sendable {
        package var name: String
        package var start: ModuleRelativeAddress
    }

    private var starts: [UInt64] = []
    private var ends: [UInt64] = []
    private var names: [SymbolName] = []
    private var pools: [SectionBytes] = []

    package init() {}

    package var isEmpty: Bool { starts.isEmpty }

    /// Reads `.symtab` and `.dynsym`, and names linkage stubs `name@plt`.
    /// - Parameter files: a module and, where there is one, the file that its symbols were moved to. What they read
    ///   from must stay open as long as this.
    package init(_ files: [ElfReader]) {
        var candidates = SymbolCandidates()
        for elf in files { candidates.add(elf) }
        pools = candidates.pools
        let order = AddressOrder.sorted(candidates.addresses)
        starts.reserveCapacity(order.count)
        ends.reserveCapacity(order.count)
        names.reserveCapacity(order.count)
        var position = 0
        while position < order.count {
            var best = Int(order[position])
            let start = candidates.addresses[best]
            position += 1
            while position < order.count, candidates.addresses[Int(order[position])] == start {
                let other = Int(order[position])
                if candidates.isBetter(other, than: best) { best = other }
                position += 1
            }
            let size = candidates.sizes[best]
            // A symbol without a size reaches to the next one, within its section.
            let next = position < order.count ? candidates.addresses[Int(order[position])] : .max
            let end = size > 0 ? start &+ min(size, .max - start) : min(next, candidates.limits[best])
            starts.append(start)
            ends.append(end)
            names.append(candidates.names[best])
        }
    }

    /// The function that holds an address. O(log n).
    package func lookup(_ address: ModuleRelativeAddress) -> Match? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= address.rawValue { low = middle + 1 } else { high = middle }
        }
        // A function may contain local labels; walk out to the nearest symbol that reaches this far.
        for index in stride(from: low - 1, through: max(0, low - 16), by: -1) where address.rawValue < ends[index] {
            let name = names[index]
            guard let text = pools[Int(name.pool)].text(at: UInt64(name.offset)) else { continue }
            return Match(
                name: name.isStub ? text + "@plt" : text, start: ModuleRelativeAddress(starts[index]))
        }
        return nil
    }
}

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
    /// The string tables' bytes, read only for addresses with several names.
    private var poolBytes: [[UInt8]?] = []
    /// Which file each string table is of.
    private var poolFiles: [Int] = []
    private var fileCount = 0

    mutating func add(_ elf: ElfReader) {
        for table in elf.symbolTables where pools.count < 16 {
            let pool = UInt8(pools.count)
            pools.append(table.names)
            poolBytes.append(nil)
            poolFiles.append(fileCount)
            table.entries.withUnsafeBytes { add($0, pool: pool, sectionEnds: table.sectionEnds) }
        }
        guard pools.count < 16 else { return }
        let pool = UInt8(pools.count)
        var stubNames: [UInt8] = []
        elf.forEachLinkageStub { address, size, name in
            append(
                address: address, size: size, limit: .max,
                SymbolName(pool: pool, isStub: true, offset: UInt32(stubNames.count)), rank: 15)
            stubNames.append(contentsOf: UnsafeRawBufferPointer(start: name, count: strlen(name) + 1))
        }
        pools.append(SectionBytes(stubNames))
        poolBytes.append(nil)
        poolFiles.append(fileCount)
        fileCount += 1
    }

    /// Entries of 24 bytes: name, type and binding, visibility, section, address, size (ELF-64, "Symbol Table").
    private mutating func add(_ bytes: UnsafeRawBufferPointer, pool: UInt8, sectionEnds: [UInt64]) {
        let count = bytes.count / 24
        addresses.reserveCapacity(addresses.count + count)
        sizes.reserveCapacity(sizes.count + count)
        limits.reserveCapacity(limits.count + count)
        names.reserveCapacity(names.count + count)
        ranks.reserveCapacity(ranks.count + count)
        for index in 0..<count {
            let entry = index * 24
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

    private mutating func append(address: UInt64, size: UInt64, limit: UInt64, _ name: SymbolName, rank: UInt8) {
        addresses.append(address)
        sizes.append(size)
        limits.append(limit)
        names.append(name)
        ranks.append(rank)
    }

    /// Of two names for one address, whether the first is the one that people know.
    mutating func isBetter(_ a: Int, than b: Int) -> Bool {
        if ranks[a] != ranks[b] { return ranks[a] > ranks[b] }
        // The full table of a file repeats its dynamic one, which stands in front of it.
        if names[a].pool != names[b].pool, poolFiles[Int(names[a].pool)] == poolFiles[Int(names[b].pool)] {
            return names[a].pool < names[b].pool
        }
        load(names[a].pool)
        load(names[b].pool)
        return Self.withTexts(
            poolBytes[Int(names[a].pool)] ?? [], Int(names[a].offset), poolBytes[Int(names[b].pool)] ?? [],
            Int(names[b].offset)
        ) { left, right in
            // Most often the same symbol of both tables.
            if strcmp(left, right) == 0 { return false }
            let underscores = (strspn(left, "_"), strspn(right, "_"))
            if underscores.0 != underscores.1 { return underscores.0 < underscores.1 }
            let lengths = (strlen(left), strlen(right))
            if lengths.0 != lengths.1 { return lengths.0 > lengths.1 }
            return strcmp(left, right) < 0
        }
    }

    /// Reads a string table, with a zero behind it whatever the file says.
    private mutating func load(_ pool: UInt8) {
        if poolBytes[Int(pool)] == nil { poolBytes[Int(pool)] = pools[Int(pool)].copy(at: 0, count: 1 << 31) + [0] }
    }

    /// Calls back with two zero-terminated texts; those outside of their table are empty.
    private static func withTexts(
        _ left: [UInt8], _ leftOffset: Int, _ right: [UInt8], _ rightOffset: Int,
        _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Bool
    ) -> Bool {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return false }
                let texts = (
                    first + min(leftOffset, left.count - 1), second + min(rightOffset, right.count - 1)
                )
                return body(
                    texts.0.assumingMemoryBound(to: CChar.self), texts.1.assumingMemoryBound(to: CChar.self))
            }
        }
    }
}
