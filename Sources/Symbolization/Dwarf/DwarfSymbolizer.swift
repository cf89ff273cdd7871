/// A place in a source file.
package struct SourcePlace: Hashable, Sendable {
    /// Empty when unknown.
    package var file: String
    /// 0 when unknown.
    package var line: Int32
    package var column: Int32

    package init(file: String = "", line: Int32 = 0, column: Int32 = 0) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// One level of what an address stands for in the source: a function and where in it.
package struct SourceFrame: Hashable, Sendable {
    /// Linkage name where there is one, else the plain name; empty when only the line is known.
    package var function: String
    /// Where the function is declared.
    package var declaration: SourcePlace
    /// What it is about to do at the address: the line itself, or the call that was inlined.
    package var place: SourcePlace
    package var isInlined: Bool
}

/// Finds the chain of inlined functions and the source line of an address in the DWARF of one module.
///
/// Units are found by their ranges, and each is walked once when its code is first met; a bounded number stays open.
/// Addresses in rising order are the fastest. Nothing here trusts the file: what makes no sense is left out, and steps
/// and memory are bounded by the file's size and constants. Used by one thread at a time.
package final class DwarfSymbolizer {
    private struct UnitRange {
        var low: UInt64
        var high: UInt64
        /// Position in ``DwarfFile/units``.
        var unit: Int32
    }

    private struct FunctionKey: Hashable {
        var file: ObjectIdentifier
        var entry: UInt64
    }

    private struct FunctionFacts {
        var name = ""
        var declaration = SourcePlace()
    }

    private let file: DwarfFile
    private let code: Range<UInt64>
    private let openSplit: (DwarfUnit) -> DwarfFile?
    private lazy var unitRanges: [UnitRange] = indexUnits()
    private var functions: [FunctionKey: FunctionFacts] = [:]

    /// Units larger than this are not walked.
    private static let largestUnit: UInt64 = 512 << 20
    /// Abstract origins, specifications and imports of one function.
    private static let mostReferences = 16
    /// Inlining deeper than this is cut at the inner side.
    private static let deepestChain = 256
    private static let largestFunctionCount = 1 << 17

    /// - Parameters:
    ///   - file: with the units, or their skeletons.
    ///   - code: addresses where the module has code.
    ///   - openSplit: finds the file with the part of a unit that the compiler split off.
    package init(
        _ file: DwarfFile, code: Range<UInt64>, openSplit: @escaping (DwarfUnit) -> DwarfFile? = { _ in nil }
    ) {
        self.file = file
        self.code = code
        self.openSplit = openSplit
    }

    private func indexUnits() -> [UnitRange] {
        var ranges: [UnitRange] = []
        for (index, range) in file.units.enumerated() {
            guard let unit = DwarfUnit(file, range: range, contribution: DwarfContribution()), unit.isCompileUnit else {
                continue
            }
            unit.forEachCodeRange { low, high in
                if code.contains(low) { ranges.append(UnitRange(low: low, high: high, unit: Int32(index))) }
            }
            if ranges.count > 1 << 23 { break }
        }
        ranges.sort { $0.low < $1.low }
        return ranges
    }

    /// The chain at an address, innermost function first; empty when nothing is known.
    package func chain(at address: UInt64) -> [SourceFrame] {
        var low = 0
        var high = unitRanges.count
        while low < high {
            let middle = (low + high) / 2
            if unitRanges[middle].low <= address { low = middle + 1 } else { high = middle }
        }
        // Units do not share code as a rule, but a range may lie inside another's that says too much.
        for index in stride(from: low - 1, through: max(0, low - 8), by: -1) where unitRanges[index].high > address {
            guard let unit = file.unit(at: file.units[Int(unitRanges[index].unit)]) else { continue }
            let chain = chain(at: address, in: unit)
            if !chain.isEmpty { return chain }
        }
        return []
    }

    private func chain(at address: UInt64, in unit: DwarfUnit) -> [SourceFrame] {
        load(unit)
        var place = SourcePlace()
        if let row = unit.lineRows?.lookup(address) {
            place = sourcePlace(unit, file: UInt64(row.file), line: row.line, column: row.column)
        }
        guard let scopes = unit.scopes, var scope = scopes.lookup(address) else {
            return place.line > 0
                ? [SourceFrame(function: "", declaration: SourcePlace(), place: place, isInlined: false)] : []
        }
        let entries = unit.splitPart ?? unit
        var chain: [SourceFrame] = []
        while chain.count < Self.deepestChain {
            let current = scopes.scopes[Int(scope)]
            let facts = function(at: current.entry, in: entries.file, scopes)
            chain.append(
                SourceFrame(
                    function: facts.name, declaration: facts.declaration, place: place, isInlined: current.parent >= 0))
            guard current.parent >= 0 else { break }
            place = sourcePlace(
                unit, file: UInt64(current.callFile), line: current.callLine, column: current.callColumn)
            scope = current.parent
        }
        return chain
    }

    private func sourcePlace(_ unit: DwarfUnit, file: UInt64, line: UInt32, column: UInt32) -> SourcePlace {
        SourcePlace(
            file: unit.path(of: file) ?? "", line: Int32(clamping: line), column: Int32(clamping: column))
    }

    /// Reads the lines and walks the entries of a unit whose code is met for the first time.
    private func load(_ unit: DwarfUnit) {
        guard unit.scopes == nil else { return }
        if let header = unit.lineHeader { unit.lineRows = DwarfLineRows(header, code: code) }
        var source = unit
        if unit.splitName != nil, let id = unit.splitID, let holder = openSplit(unit),
            let split = holder.splitUnit(id: id), split.splitID == nil || split.splitID == id
        {
            unit.attach(split, of: holder)
            source = split
        }
        let size = source.range.upperBound - source.range.lowerBound
        let bytes = size <= Self.largestUnit ? source.file.info.copy(at: source.range.lowerBound, count: size) : []
        unit.scopes = bytes.withUnsafeBytes { DwarfScopes(source, bytes: $0, code: code) }
    }

    // MARK: Functions

    /// The name of a function and where it is declared, through the entries that it refers to.
    /// - Parameter scopes: of the unit that the entry is in.
    private func function(at entry: UInt64, in file: DwarfFile, _ scopes: DwarfScopes) -> FunctionFacts {
        let key = FunctionKey(file: ObjectIdentifier(file), entry: entry)
        if let known = functions[key] { return known }
        var facts = FunctionFacts()
        var linkageName = ""
        var plainName = ""
        var last = entry
        var position: (file: DwarfFile, entry: UInt64)? = (file, entry)
        var steps = 0
        while let current = position, steps < Self.mostReferences {
            steps += 1
            position = nil
            guard let unit = current.file.unit(containing: current.entry) ?? current.file.openUnit(at: current.entry)
            else { break }
            let found = DwarfFunctionEntry(unit, at: current.entry)
            if linkageName.isEmpty, let name = found.linkageName { linkageName = name }
            if plainName.isEmpty, let name = found.name { plainName = name }
            if facts.declaration.line == 0, let line = found.line {
                facts.declaration.line = Int32(clamping: line)
                facts.declaration.file = found.file.flatMap { unit.path(of: $0) } ?? ""
            }
            last = current.file === file ? current.entry : 0
            guard let next = found.reference else { break }
            switch next.kind {
            case .unitReference:
                let (target, overflow) = unit.range.lowerBound.addingReportingOverflow(next.number)
                if !overflow, unit.range.contains(target) { position = (current.file, target) }
            case .reference: position = (current.file, next.number)
            case .alternateReference: position = current.file.alternate.map { ($0, next.number) }
            default: break
            }
        }
        facts.name = linkageName
        if linkageName.isEmpty, !plainName.isEmpty {
            // Functions that no other unit sees may have no linkage name; their place in the source says the rest.
            let around = scopes.contexts(around: last).compactMap { context -> String? in
                guard let unit = file.unit(containing: context) ?? file.openUnit(at: context) else { return nil }
                return DwarfFunctionEntry(unit, at: context).name ?? "(anonymous namespace)"
            }
            facts.name = (around.reversed() + [plainName]).joined(separator: "::")
        }
        if functions.count >= Self.largestFunctionCount { functions.removeAll() }
        functions[key] = facts
        return facts
    }
}

/// What the entry of a function says about itself.
private struct DwarfFunctionEntry {
    var linkageName: String?
    var name: String?
    var file: UInt64?
    var line: UInt64?
    /// The entry that says the rest.
    var reference: DwarfValue?

    /// - Parameter entry: in `.debug_info`; inside the unit.
    init(_ unit: DwarfUnit, at entry: UInt64) {
        var size: UInt64 = 256
        while size <= 1 << 18 {
            let bytes = unit.file.info.copy(at: entry, count: min(size, unit.range.upperBound &- entry))
            if bytes.withUnsafeBytes({ read($0, unit) }) || UInt64(bytes.count) < size { return }
            size <<= 5
        }
    }

    /// - Returns: whether the bytes held all of the entry.
    private mutating func read(_ bytes: UnsafeRawBufferPointer, _ unit: DwarfUnit) -> Bool {
        var cursor = ByteCursor(bytes)
        let code = cursor.uleb()
        guard cursor.isValid else { return false }
        guard let abbreviation = unit.abbreviations.abbreviation(code) else { return true }
        var origin: DwarfValue?
        var specification: DwarfValue?
        var names: [(isLinkage: Bool, value: DwarfValue)] = []
        for index in abbreviation.attributes {
            let attribute = unit.abbreviations.attributes[Int(index)]
            let value = cursor.value(form: attribute.form, unit.encoding, implicit: attribute.implicit)
            switch attribute.name {
            case DwarfAttribute.linkageName, DwarfAttribute.mipsLinkageName: names.append((true, value))
            case DwarfAttribute.name: names.append((false, value))
            case DwarfAttribute.declarationFile: file = value.constant
            case DwarfAttribute.declarationLine: line = value.constant
            case DwarfAttribute.abstractOrigin: origin = value
            case DwarfAttribute.specification: specification = value
            default: break
            }
        }
        guard cursor.isValid else { return false }
        for (isLinkage, value) in names {
            let text = unit.text(value, in: bytes)
            if isLinkage { linkageName = text } else { name = text }
        }
        reference = origin ?? specification
        return true
    }
}
