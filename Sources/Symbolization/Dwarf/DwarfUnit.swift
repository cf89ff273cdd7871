/// One unit of `.debug_info`: its header, what its root entry says, and tables that are read when they are needed.
///
/// The part of a unit that was split off (`.dwo`) refers to its ``skeleton`` for addresses and lines.
package final class DwarfUnit {
    unowned let file: DwarfFile
    /// In `.debug_info`.
    let range: Range<UInt64>
    let encoding: DwarfEncoding
    let type: UInt8
    /// Of the root entry, from the unit's start.
    let rootOffset: Int
    /// What both parts of a split unit agree on.
    private(set) var splitID: UInt64?
    private let abbreviationOffset: UInt64
    let contribution: DwarfContribution
    /// What a split-off part belongs to.
    weak var skeleton: DwarfUnit?
    /// The part that was split off, once it has been met.
    private(set) var splitPart: DwarfUnit?
    /// Keeps the part's file open.
    private var splitFile: DwarfFile?
    var lastUse: UInt64 = 0

    private(set) var rootTag: UInt16 = 0
    private(set) var lowPC: UInt64?
    private var highPC = DwarfValue()
    private var rangesValue = DwarfValue()
    private(set) var statementList: UInt64?
    private(set) var directory: String?
    private(set) var splitName: String?
    private var textOffsetsBase: UInt64
    private var addressBase: UInt64 = 0
    private var rangeListsBase: UInt64
    private var gnuRangesBase: UInt64 = 0

    /// More would not be a unit that anybody could work with.
    private static let largestAbbreviationSize: UInt64 = 64 << 20

    private(set) lazy var abbreviations: DwarfAbbreviations = readAbbreviations(upTo: nil)
    private(set) lazy var lineHeader: DwarfLineHeader? = readLineHeader()
    /// Set by the symbolizer when the unit's code is first met.
    var scopes: DwarfScopes?
    var lineRows: DwarfLineRows?
    private var paths: [UInt64: String] = [:]

    init?(_ file: DwarfFile, range: Range<UInt64>, contribution: DwarfContribution) {
        self.file = file
        self.range = range
        self.contribution = contribution
        let head = file.info.copy(at: range.lowerBound, count: 64)
        var cursor = head.withUnsafeBytes { bytes in Self.header(bytes) }
        guard cursor.isValid, (2...5).contains(cursor.encoding.version), [4, 8].contains(cursor.encoding.addressSize)
        else { return nil }
        if cursor.type == 0 { cursor.type = DwarfUnitType.compile }
        encoding = cursor.encoding
        type = cursor.type
        rootOffset = cursor.size
        splitID = cursor.splitID
        abbreviationOffset = cursor.abbreviationOffset &+ contribution.abbreviations
        // In a split unit nothing says where its tables start: behind their headers.
        let head64 = UInt64(encoding.offsetSize == 8 ? 8 : 0)
        textOffsetsBase = contribution.textOffsets + (file.isSplit && encoding.version >= 5 ? 8 + head64 : 0)
        rangeListsBase = contribution.rangeLists + (file.isSplit ? 12 + head64 : 0)
        guard readRoot() else { return nil }
    }

    private struct Header {
        var isValid = false
        var encoding = DwarfEncoding(version: 0, addressSize: 0, offsetSize: 4)
        var type: UInt8 = 0
        var abbreviationOffset: UInt64 = 0
        var splitID: UInt64?
        var size = 0
    }

    private static func header(_ bytes: UnsafeRawBufferPointer) -> Header {
        var header = Header()
        var cursor = ByteCursor(bytes)
        if cursor.u32() == 0xFFFF_FFFF {
            header.encoding.offsetSize = 8
            _ = cursor.u64()
        }
        header.encoding.version = cursor.u16()
        if header.encoding.version >= 5 {
            header.type = cursor.u8()
            header.encoding.addressSize = Int(cursor.u8())
            header.abbreviationOffset = cursor.unsigned(header.encoding.offsetSize)
            switch header.type {
            case DwarfUnitType.skeleton, DwarfUnitType.splitCompile: header.splitID = cursor.u64()
            case DwarfUnitType.type, DwarfUnitType.splitType: cursor.skip(8 + header.encoding.offsetSize)
            default: break
            }
        } else {
            header.abbreviationOffset = cursor.unsigned(header.encoding.offsetSize)
            header.encoding.addressSize = Int(cursor.u8())
        }
        header.size = cursor.offset
        header.isValid = cursor.isValid
        return header
    }

    var isCompileUnit: Bool {
        type != DwarfUnitType.type && type != DwarfUnitType.splitType && type != DwarfUnitType.partial
    }

    /// Rough count of bytes that it holds.
    var estimatedSize: Int { 4096 + (scopes?.estimatedSize ?? 0) + (lineRows?.estimatedSize ?? 0) }

    private func readAbbreviations(upTo code: UInt64?) -> DwarfAbbreviations {
        var size: UInt64 = code == nil ? 1 << 16 : 1 << 10
        while true {
            let bytes = file.abbreviations.copy(at: abbreviationOffset, count: size)
            let table = bytes.withUnsafeBytes { DwarfAbbreviations($0, encoding, upTo: code) }
            if table.isComplete || UInt64(bytes.count) < size || size >= Self.largestAbbreviationSize { return table }
            size <<= 3
        }
    }

    private func readLineHeader() -> DwarfLineHeader? {
        if let skeleton { return skeleton.lineHeader }
        guard let statementList else { return nil }
        return DwarfLineHeader(unit: self, offset: statementList)
    }

    // MARK: Root

    private func readRoot() -> Bool {
        var size: UInt64 = 1 << 9
        while true {
            let bytes = file.info.copy(
                at: range.lowerBound + UInt64(rootOffset),
                count: min(size, range.upperBound &- range.lowerBound &- UInt64(rootOffset)))
            if bytes.withUnsafeBytes({ readRoot($0) }) { return true }
            if UInt64(bytes.count) < size || size > 1 << 16 { return false }
            size <<= 4
        }
    }

    private func readRoot(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var cursor = ByteCursor(bytes)
        let code = cursor.uleb()
        guard cursor.isValid, code != 0 else { return false }
        let table = readAbbreviations(upTo: code)
        guard let abbreviation = table.abbreviation(code) else { return false }
        rootTag = abbreviation.tag
        var low = DwarfValue()
        var names: [(UInt16, DwarfValue)] = []
        for index in abbreviation.attributes {
            let attribute = table.attributes[Int(index)]
            let value = cursor.value(form: attribute.form, encoding, implicit: attribute.implicit)
            switch attribute.name {
            case DwarfAttribute.lowPC: low = value
            case DwarfAttribute.highPC: highPC = value
            case DwarfAttribute.ranges: rangesValue = value
            case DwarfAttribute.statementList: statementList = value.constant.map { $0 &+ contribution.lines }
            case DwarfAttribute.compilationDirectory, DwarfAttribute.dwoName, DwarfAttribute.gnuDwoName:
                names.append((attribute.name, value))
            case DwarfAttribute.stringOffsetsBase: textOffsetsBase = value.number
            case DwarfAttribute.addressBase, DwarfAttribute.gnuAddressBase: addressBase = value.number
            case DwarfAttribute.rangeListsBase: rangeListsBase = value.number
            case DwarfAttribute.gnuRangesBase: gnuRangesBase = value.number
            case DwarfAttribute.gnuDwoID: splitID = value.number
            default: break
            }
        }
        guard cursor.isValid else { return false }
        // Only now are the bases known.
        lowPC = address(low)
        for (name, value) in names {
            let text = text(value, in: bytes)
            if name == DwarfAttribute.compilationDirectory { directory = text } else { splitName = text }
        }
        return true
    }

    /// Calls back with each range of the unit's code.
    func forEachCodeRange(_ body: (_ low: UInt64, _ high: UInt64) -> Void) {
        var budget = 1 << 20
        forEachRange(low: lowPC, high: highPC, ranges: rangesValue, budget: &budget, body)
    }

    /// Connects the part that was split off.
    func attach(_ part: DwarfUnit, of file: DwarfFile) {
        part.skeleton = self
        splitPart = part
        splitFile = file
    }

    /// The path of a file by its number in the unit's line table.
    func path(of number: UInt64) -> String? {
        if let skeleton { return skeleton.path(of: number) }
        if let known = paths[number] { return known }
        guard let path = lineHeader?.path(of: number, in: self) else { return nil }
        if paths.count > 1 << 14 { paths.removeAll() }
        paths[number] = path
        return path
    }

    // MARK: Values

    /// - Parameter bytes: what was parsed.
    func text(_ value: DwarfValue, in bytes: UnsafeRawBufferPointer) -> String? {
        switch value.kind {
        case .inlineText:
            var cursor = ByteCursor(bytes, at: Int(clamping: value.number))
            let range = cursor.zeroTerminated()
            return cursor.isValid ? cursor.text(range) : nil
        case .text: return file.text.text(at: value.number)
        case .lineText: return (skeleton?.file ?? file).lineText.text(at: value.number)
        case .alternateText: return file.alternate?.text.text(at: value.number)
        case .textIndex:
            let (start, overflow) = value.number.multipliedReportingOverflow(by: UInt64(encoding.offsetSize))
            guard !overflow else { return nil }
            let place = textOffsetsBase &+ start
            guard place < file.textOffsets.count else { return nil }
            return file.text.text(at: file.textOffsets.unsigned(at: place, size: encoding.offsetSize))
        default: return nil
        }
    }

    func address(_ value: DwarfValue) -> UInt64? {
        switch value.kind {
        case .address: return value.number
        case .addressIndex: return address(at: value.number)
        default: return nil
        }
    }

    private func address(at index: UInt64) -> UInt64? {
        if let skeleton { return skeleton.address(at: index) }
        let (start, overflow) = index.multipliedReportingOverflow(by: UInt64(encoding.addressSize))
        let place = addressBase &+ start
        guard !overflow, place < file.addresses.count else { return nil }
        return file.addresses.unsigned(at: place, size: encoding.addressSize)
    }

    // MARK: Ranges

    /// Calls back with the ranges of an entry.
    /// - Parameter budget: list entries that may still be read for the unit; no list of a hostile file is endless.
    func forEachRange(
        low: UInt64?, high: DwarfValue, ranges: DwarfValue, budget: inout Int,
        _ body: (_ low: UInt64, _ high: UInt64) -> Void
    ) {
        if ranges.isPresent {
            let base = skeleton?.lowPC ?? lowPC ?? 0
            if encoding.version >= 5 {
                guard let offset = rangeListOffset(ranges) else { return }
                forEachListedRange(at: offset, base: base, budget: &budget, body)
            } else if let offset = ranges.constant {
                let owner = skeleton ?? self
                let split = skeleton.map(\.gnuRangesBase) ?? 0
                owner.forEachPairedRange(at: offset &+ split, base: base, budget: &budget, body)
            }
            return
        }
        guard let low else { return }
        let end = address(high) ?? high.constant.map { low &+ $0 }
        if let end, end > low { body(low, end) }
    }

    private func rangeListOffset(_ value: DwarfValue) -> UInt64? {
        if let offset = value.constant { return offset }
        guard value.kind == .rangeListIndex else { return nil }
        let (start, overflow) = value.number.multipliedReportingOverflow(by: UInt64(encoding.offsetSize))
        guard !overflow else { return nil }
        return rangeListsBase &+ file.rangeLists.unsigned(at: rangeListsBase &+ start, size: encoding.offsetSize)
    }

    /// `.debug_ranges`: pairs, ended by two zeros; the largest address as the first says what the base is (DWARF 4,
    /// 2.17.3).
    private func forEachPairedRange(
        at start: UInt64, base initialBase: UInt64, budget: inout Int, _ body: (UInt64, UInt64) -> Void
    ) {
        let size = UInt64(encoding.addressSize)
        let largest = encoding.addressSize == 8 ? UInt64.max : UInt64(UInt32.max)
        var base = initialBase
        var offset = start
        while budget > 0, offset < file.ranges.count {
            budget -= 1
            let low = file.ranges.unsigned(at: offset, size: Int(size))
            let high = file.ranges.unsigned(at: offset &+ size, size: Int(size))
            offset &+= 2 * size
            if low == 0 && high == 0 { return }
            if low == largest {
                base = high
            } else if low < high {
                body(base &+ low, base &+ high)
            }
        }
    }

    /// `.debug_rnglists` (DWARF 5, 7.25).
    private func forEachListedRange(
        at start: UInt64, base initialBase: UInt64, budget: inout Int, _ body: (UInt64, UInt64) -> Void
    ) {
        let lists = file.rangeLists
        let size = UInt64(encoding.addressSize)
        var base = initialBase
        var offset = start
        while budget > 0, offset < lists.count {
            budget -= 1
            let kind = lists.unsigned(at: offset, size: 1)
            offset += 1
            func number() -> UInt64 { lists.uleb(at: &offset) ?? 0 }
            func plain() -> UInt64 {
                defer { offset &+= size }
                return lists.unsigned(at: offset, size: Int(size))
            }
            var low: UInt64 = 0
            var high: UInt64 = 0
            switch kind {
            case 1:
                base = address(at: number()) ?? 0
                continue
            case 2:
                low = address(at: number()) ?? 0
                high = address(at: number()) ?? 0
            case 3:
                low = address(at: number()) ?? 0
                high = low &+ number()
            case 4:
                low = base &+ number()
                high = base &+ number()
            case 5:
                base = plain()
                continue
            case 6:
                low = plain()
                high = plain()
            case 7:
                low = plain()
                high = low &+ number()
            default: return  // the end, or nothing that is known
            }
            if low < high { body(low, high) }
        }
    }
}
