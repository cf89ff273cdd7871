/// The functions of a unit and what was inlined into them, by address.
///
/// One walk over the unit's entries finds every range; then the ranges, which nest, are cut into pieces with one
/// innermost scope each, so that a lookup is a binary search and a walk outward.
package struct DwarfScopes {
    struct Scope {
        /// The entry, in `.debug_info`.
        var entry: UInt64
        /// The scope that it was inlined into, -1 for a function of its own.
        var parent: Int32
        var callFile: UInt32 = 0
        var callLine: UInt32 = 0
        var callColumn: UInt32 = 0
    }

    private struct Range {
        var low: UInt64
        var high: UInt64
        var scope: Int32
    }

    /// A namespace or a type, which a function's plain name does not tell.
    private struct Context {
        var entries: Swift.Range<UInt64>
        /// The one around it, -1 for none.
        var parent: Int32
    }

    private(set) var scopes: [Scope] = []
    /// In the order of their entries.
    private var contexts: [Context] = []
    /// Where each piece starts, and its innermost scope: -1 for none.
    private var starts: [UInt64] = []
    private var innermost: [Int32] = []

    /// Deeper nesting is not a program's.
    private static let deepest = 1 << 10
    /// Ranges kept of one unit.
    private static let largestCount = 1 << 23

    var estimatedSize: Int { scopes.count * MemoryLayout<Scope>.stride + starts.count * 12 + contexts.count * 24 }

    /// - Parameters:
    ///   - bytes: the unit's, from its header on.
    ///   - code: addresses that the module has; functions that the linker removed lie outside.
    init(_ unit: DwarfUnit, bytes: UnsafeRawBufferPointer, code: Swift.Range<UInt64>) {
        var ranges: [Range] = []
        walk(unit, bytes, code, &ranges)
        cut(&ranges)
    }

    private mutating func walk(
        _ unit: DwarfUnit, _ bytes: UnsafeRawBufferPointer, _ code: Swift.Range<UInt64>, _ ranges: inout [Range]
    ) {
        let table = unit.abbreviations
        let encoding = unit.encoding
        var cursor = ByteCursor(bytes, at: unit.rootOffset)
        // The scope and the context around each open entry.
        var enclosing: [Int32] = []
        var surrounding: [Int32] = []
        var budget = Self.largestCount
        while !cursor.isAtEnd {
            let start = cursor.offset
            let number = cursor.uleb()
            if number == 0 {
                // The end of an entry's children; of the root's, and so of the unit, when none is open.
                guard enclosing.popLast() != nil, let context = surrounding.popLast(), !enclosing.isEmpty else {
                    return
                }
                if context >= 0, surrounding.last != context {
                    let first = contexts[Int(context)].entries.lowerBound
                    contexts[Int(context)].entries = first..<(unit.range.lowerBound + UInt64(start))
                }
                continue
            }
            guard let abbreviation = table.abbreviation(number) else { return }
            let outer = enclosing.last ?? -1
            var inner = outer
            let isFunction = abbreviation.tag == DwarfTag.subprogram
            if isFunction || abbreviation.tag == DwarfTag.inlinedSubroutine {
                var entry = Scope(
                    entry: unit.range.lowerBound + UInt64(start), parent: isFunction ? -1 : outer)
                let place = read(&cursor, table, abbreviation, encoding, &entry)
                let scope = Int32(scopes.count)
                let before = ranges.count
                // A function's own low end need not be there: only what has an address has code.
                unit.forEachRange(
                    low: unit.address(place.low), high: place.high, ranges: place.ranges, budget: &budget
                ) { low, high in
                    if code.contains(low), high <= code.upperBound {
                        ranges.append(Range(low: low, high: high, scope: scope))
                    }
                }
                if ranges.count > before {
                    scopes.append(entry)
                    inner = scope
                } else if isFunction {
                    inner = -1
                }
                guard budget > 0, ranges.count < Self.largestCount else { return }
            } else if abbreviation.fixedSize >= 0 {
                cursor.skip(Int(abbreviation.fixedSize))
            } else {
                for index in abbreviation.attributes {
                    let attribute = table.attributes[Int(index)]
                    _ = cursor.value(form: attribute.form, encoding, implicit: attribute.implicit)
                }
            }
            if abbreviation.hasChildren {
                guard enclosing.count < Self.deepest else { return }
                enclosing.append(inner)
                var context = surrounding.last ?? -1
                if Self.isContext(abbreviation.tag), contexts.count < Self.largestCount {
                    let entry = unit.range.lowerBound + UInt64(start)
                    contexts.append(Context(entries: entry..<entry, parent: context))
                    context = Int32(contexts.count - 1)
                }
                surrounding.append(context)
            } else if enclosing.isEmpty {
                return
            }
        }
    }

    private static func isContext(_ tag: UInt16) -> Bool {
        tag == DwarfTag.namespace || tag == DwarfTag.structureType || tag == DwarfTag.classType
            || tag == DwarfTag.unionType
    }

    /// The entries of the namespaces and types around an entry, innermost first.
    func contexts(around entry: UInt64) -> [UInt64] {
        var low = 0
        var high = contexts.count
        while low < high {
            let middle = (low + high) / 2
            if contexts[middle].entries.lowerBound < entry { low = middle + 1 } else { high = middle }
        }
        var found: [UInt64] = []
        var index = low - 1
        while index >= 0, found.count < 32 {
            if contexts[index].entries.contains(entry) { found.append(contexts[index].entries.lowerBound) }
            index = Int(contexts[index].parent)
        }
        return found
    }

    private func read(
        _ cursor: inout ByteCursor, _ table: DwarfAbbreviations, _ abbreviation: DwarfAbbreviations.Abbreviation,
        _ encoding: DwarfEncoding, _ scope: inout Scope
    ) -> (low: DwarfValue, high: DwarfValue, ranges: DwarfValue) {
        var place = (low: DwarfValue(), high: DwarfValue(), ranges: DwarfValue())
        for index in abbreviation.attributes {
            let attribute = table.attributes[Int(index)]
            let value = cursor.value(form: attribute.form, encoding, implicit: attribute.implicit)
            switch attribute.name {
            case DwarfAttribute.lowPC: place.low = value
            case DwarfAttribute.highPC: place.high = value
            case DwarfAttribute.ranges: place.ranges = value
            case DwarfAttribute.callFile: scope.callFile = UInt32(clamping: value.number)
            case DwarfAttribute.callLine: scope.callLine = UInt32(clamping: value.number)
            case DwarfAttribute.callColumn: scope.callColumn = UInt32(clamping: value.number)
            default: break
            }
        }
        return place
    }

    /// Cuts nested ranges into pieces. What reaches out of the range around it is cut off there.
    private mutating func cut(_ ranges: inout [Range]) {
        // Scopes are numbered from the outside in: of equal ranges the outer one comes first.
        ranges.sort { a, b in
            if a.low != b.low { return a.low < b.low }
            return a.high != b.high ? a.high > b.high : a.scope < b.scope
        }
        var open: [(high: UInt64, scope: Int32)] = []
        for range in ranges {
            while let last = open.last, last.high <= range.low {
                open.removeLast()
                begin(at: last.high, open.last?.scope ?? -1)
            }
            begin(at: range.low, range.scope)
            open.append((min(range.high, open.last?.high ?? .max), range.scope))
        }
        while let last = open.popLast() { begin(at: last.high, open.last?.scope ?? -1) }
    }

    private mutating func begin(at start: UInt64, _ scope: Int32) {
        if starts.last == start {
            innermost[innermost.count - 1] = scope
        } else if innermost.last != scope {
            starts.append(start)
            innermost.append(scope)
        }
    }

    /// The innermost scope at an address, by position in ``scopes``. O(log n).
    func lookup(_ address: UInt64) -> Int32? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0, innermost[low - 1] >= 0 else { return nil }
        return innermost[low - 1]
    }
}
