internal import ProfileModel

/// Functions that a runtime wrote into memory, in the order in which it did; of two that overlap the later holds.
struct GeneratedFunctions: Sendable {
    private struct Entry: Sendable {
        var start: UInt64
        var end: UInt64
        var name: Range<Int>
    }

    private var added: [Entry] = []
    /// What holds, sorted by address.
    private var entries: [Entry] = []
    private var names: [UInt8] = []
    /// Steps that looking for moved functions may still take: runtimes move young code, hostile dumps anything.
    private var searchBudget = 1 << 26

    /// Some hundred megabytes at most.
    private static let largestCount = 1 << 22
    private static let largestNames = 256 << 20
    private static let longestName = 1 << 12

    var isEmpty: Bool { added.isEmpty }

    /// Adds a function that starts at an address; ``commit()`` makes it found.
    mutating func add(start: UInt64, size: UInt64, name: some Collection<UInt8>) {
        let (end, overflow) = start.addingReportingOverflow(size)
        guard !overflow, size > 0, added.count < Self.largestCount, names.count < Self.largestNames else { return }
        let first = names.count
        names.append(contentsOf: name.prefix(Self.longestName))
        added.append(Entry(start: start, end: end, name: first..<names.count))
    }

    /// Says that a function's code is at another address from now on.
    mutating func move(from old: UInt64, to new: UInt64, size: UInt64) {
        let (end, overflow) = new.addingReportingOverflow(size)
        guard !overflow, size > 0, added.count < Self.largestCount else { return }
        for index in added.indices.reversed() {
            guard searchBudget > 0 else { return }
            searchBudget -= 1
            guard added[index].start == old else { continue }
            added.append(Entry(start: new, end: end, name: added[index].name))
            return
        }
    }

    /// Sorts what was added: later entries replace the earlier ones that they overlap. O(n).
    mutating func commit() {
        var kept: [UInt32] = []
        for index in AddressOrder.sorted(added.map(\.start)) {
            var isReplaced = false
            while let last = kept.last, added[Int(last)].end > added[Int(index)].start {
                if last > index {
                    isReplaced = true
                    break
                }
                kept.removeLast()
            }
            if !isReplaced { kept.append(index) }
        }
        entries = kept.map { added[Int($0)] }
    }

    /// The function that holds an address. O(log n).
    func lookup(_ address: VirtualAddress) -> SymbolTable.Match? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].start <= address.rawValue { low = middle + 1 } else { high = middle }
        }
        guard low > 0, address.rawValue < entries[low - 1].end else { return nil }
        let entry = entries[low - 1]
        return SymbolTable.Match(
            name: String(decoding: names[entry.name], as: UTF8.self), start: ModuleRelativeAddress(entry.start))
    }
}
