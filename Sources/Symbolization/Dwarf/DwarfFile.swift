/// The DWARF sections of one file and the units in them.
///
/// Used by one thread at a time. Everything is read when it is needed and checked as it is read.
package final class DwarfFile {
    let info: SectionBytes
    let abbreviations: SectionBytes
    let text: SectionBytes
    let lineText: SectionBytes
    let textOffsets: SectionBytes
    let addresses: SectionBytes
    let ranges: SectionBytes
    let rangeLists: SectionBytes
    let lines: SectionBytes
    /// Which unit of a package of split units is where (`.dwp`).
    let unitIndex: SectionBytes?
    /// Whether this holds the part of units that compilers split off.
    let isSplit: Bool
    /// The file that dwz moved what several files share to.
    var alternate: DwarfFile?
    /// Keeps what the sections read from alive.
    private let owner: AnyObject?

    /// Real programs have some thousand units, browsers some ten thousand.
    private static let largestUnitCount = 1 << 20

    /// Where each unit starts and ends, in order.
    private(set) lazy var units: [Range<UInt64>] = scanUnits()
    private var openUnits: [UInt64: DwarfUnit] = [:]
    private var clock: UInt64 = 0
    /// Bytes that the open units may hold together.
    private static let openLimit = 128 << 20
    private static let openCount = 1024

    /// - Parameters:
    ///   - sections: by name without `.debug_`.
    ///   - owner: kept as long as this; the descriptor that the sections read from.
    package init?(_ sections: [String: SectionBytes], isSplit: Bool = false, owner: AnyObject? = nil) {
        let suffix = isSplit ? ".dwo" : ""
        guard let info = sections["info" + suffix], let abbreviations = sections["abbrev" + suffix] else { return nil }
        self.info = info
        self.abbreviations = abbreviations
        text = sections["str" + suffix] ?? .empty
        lineText = sections["line_str" + suffix] ?? .empty
        textOffsets = sections["str_offsets" + suffix] ?? .empty
        addresses = sections["addr"] ?? .empty
        ranges = sections["ranges"] ?? .empty
        rangeLists = sections["rnglists" + suffix] ?? .empty
        lines = sections["line" + suffix] ?? .empty
        unitIndex = isSplit ? sections["cu_index"] : nil
        self.isSplit = isSplit
        self.owner = owner
    }

    private func scanUnits() -> [Range<UInt64>] {
        var units: [Range<UInt64>] = []
        var offset: UInt64 = 0
        while offset < info.count, units.count < Self.largestUnitCount {
            guard let end = unitEnd(at: offset) else { break }
            units.append(offset..<end)
            offset = end
        }
        return units
    }

    private func unitEnd(at offset: UInt64) -> UInt64? {
        let short = info.unsigned(at: offset, size: 4)
        let (length, head): (UInt64, UInt64) =
            short == 0xFFFF_FFFF ? (info.unsigned(at: offset + 4, size: 8), 12) : (short, 4)
        guard short < 0xFFFF_FFF0 || short == 0xFFFF_FFFF, length > 7, length <= info.count - offset else { return nil }
        return min(offset + head + length, info.count)
    }

    /// The unit that an entry is in. O(log n).
    func unit(containing offset: UInt64) -> DwarfUnit? {
        var low = 0
        var high = units.count
        while low < high {
            let middle = (low + high) / 2
            if units[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        guard unitIndex == nil, low < units.count, units[low].contains(offset) else { return nil }
        return unit(at: units[low])
    }

    /// The open unit that an entry is in: units of a package are not in order.
    func openUnit(at offset: UInt64) -> DwarfUnit? {
        openUnits.values.first { $0.range.contains(offset) }
    }

    /// The unit at a place, from the cache while it is there.
    func unit(at range: Range<UInt64>, contribution: DwarfContribution = DwarfContribution()) -> DwarfUnit? {
        clock += 1
        if let unit = openUnits[range.lowerBound] {
            unit.lastUse = clock
            return unit
        }
        guard let unit = DwarfUnit(self, range: range, contribution: contribution) else { return nil }
        closeUnits()
        unit.lastUse = clock
        openUnits[range.lowerBound] = unit
        return unit
    }

    /// Makes room for another unit: what was used longest ago goes first.
    private func closeUnits() {
        var size = openUnits.values.reduce(0) { $0 + $1.estimatedSize }
        while openUnits.count >= Self.openCount || size > Self.openLimit, openUnits.count > 1 {
            guard let oldest = openUnits.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
            size -= oldest.value.estimatedSize
            openUnits[oldest.key] = nil
        }
    }

    /// The first split unit, or in a package the one with the number.
    func splitUnit(id: UInt64) -> DwarfUnit? {
        if let unitIndex, unitIndex.count > 0 {
            guard let contribution = DwarfContribution(of: id, in: unitIndex),
                let end = unitEnd(at: contribution.info)
            else { return nil }
            return unit(at: contribution.info..<end, contribution: contribution)
        }
        for range in units {
            // One unit a file as a rule; type units stand in front of it.
            guard let unit = DwarfUnit(self, range: range, contribution: DwarfContribution()) else { continue }
            if unit.isCompileUnit, unit.splitID == nil || unit.splitID == id { return self.unit(at: range) }
        }
        return nil
    }
}

/// Where the parts of a unit start in the sections of a package of split units (DWARF 5, 7.3.5; GNU's version 2).
struct DwarfContribution {
    var info: UInt64 = 0
    var abbreviations: UInt64 = 0
    var lines: UInt64 = 0
    var textOffsets: UInt64 = 0
    var rangeLists: UInt64 = 0

    init() {}

    /// Looks a unit up in the package's hash table.
    init?(of id: UInt64, in index: SectionBytes) {
        let version = index.unsigned(at: 0, size: 2)
        guard version == 2 || version == 5 else { return nil }
        let columns = index.unsigned(at: 4, size: 4)
        let units = index.unsigned(at: 8, size: 4)
        let slots = index.unsigned(at: 12, size: 4)
        guard columns > 0, columns <= 16, slots > 0, slots & (slots - 1) == 0, slots <= 1 << 28, units <= slots else {
            return nil
        }
        let rows = 16 + slots * 8
        let names = rows + slots * 4
        var slot = id & (slots - 1)
        let step = (id >> 32) & (slots - 1) | 1
        for _ in 0..<min(slots, 1 << 16) {
            let row = index.unsigned(at: rows + slot * 4, size: 4)
            if row == 0 { return nil }
            if index.unsigned(at: 16 + slot * 8, size: 8) == id, row <= units {
                for column in 0..<columns {
                    let offset = index.unsigned(at: names + (row * columns + column) * 4, size: 4)
                    switch index.unsigned(at: names + column * 4, size: 4) {
                    case 1: info = offset
                    case 3: abbreviations = offset
                    case 4: lines = offset
                    case 6: textOffsets = offset
                    case 8 where version == 5: rangeLists = offset
                    default: break
                    }
                }
                return
            }
            slot = (slot + step) & (slots - 1)
        }
        return nil
    }
}
