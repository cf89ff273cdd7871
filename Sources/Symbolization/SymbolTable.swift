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

    /// Names at one address that are compared; more are no names.
    private static let mostAliases = 1 << 10

    /// Reads `.symtab` and `.dynsym`, and names linkage stubs `name@plt`.
    /// - Parameters:
    ///   - files: a module and, where there is one, the file that its symbols were moved to. What they read from must
    ///     stay open as long as this.
    ///   - wanted: the addresses that will be looked up, rising; only what they need is kept. Nil for all.
    package init(_ files: [ElfReader], for wanted: [UInt64]? = nil) {
        var candidates = SymbolCandidates(wanted.map { WantedAddresses($0) })
        for elf in files { candidates.add(elf) }
        candidates.dropUnwanted()
        pools = candidates.pools
        let order = AddressOrder.sorted(candidates.addresses)
        starts.reserveCapacity(order.count)
        ends.reserveCapacity(order.count)
        names.reserveCapacity(order.count)
        var position = 0
        while position < order.count {
            let first = position
            var best = Int(order[first])
            let start = candidates.addresses[best]
            position += 1
            while position < order.count, candidates.addresses[Int(order[position])] == start {
                let other = Int(order[position])
                if position - first < Self.mostAliases, candidates.isBetter(other, than: best) { best = other }
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
        var last: Found?
        return lookup(address, after: &last)
    }

    /// What came of a lookup, to be given to the next one.
    struct Found {
        fileprivate var index: Int
        var match: Match
    }

    /// The function that holds an address, as above; neighbors in one function share its name.
    /// - Parameter last: of an earlier lookup.
    func lookup(_ address: ModuleRelativeAddress, after last: inout Found?) -> Match? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= address.rawValue { low = middle + 1 } else { high = middle }
        }
        // A function may contain local labels; walk out to the nearest symbol that reaches this far.
        for index in stride(from: low - 1, through: max(0, low - 16), by: -1) where address.rawValue < ends[index] {
            if let last, last.index == index { return last.match }
            let name = names[index]
            guard let text = pools[Int(name.pool)].text(at: UInt64(name.offset)) else { continue }
            let match = Match(
                name: name.isStub ? text + "@plt" : text, start: ModuleRelativeAddress(starts[index]))
            last = Found(index: index, match: match)
            return match
        }
        return nil
    }
}
