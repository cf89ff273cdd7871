/// One table of `.debug_abbrev`: which attributes the entries of a unit have, by code (DWARF 5, 7.5.3).
package final class DwarfAbbreviations {
    struct Attribute {
        var name: UInt16
        var form: UInt16
        var implicit: Int64
    }

    struct Abbreviation {
        var tag: UInt16
        var hasChildren: Bool
        /// Positions in ``attributes``.
        var attributes: Range<Int32>
        /// Bytes of an entry after its code, -1 when they depend on its values.
        var fixedSize: Int32
    }

    /// Compilers use some hundreds, link-time optimizers some ten thousands.
    private static let largestCount = 1 << 18
    private static let largestAttributeCount = 1 << 21

    let attributes: [Attribute]
    /// Code n is at n − 1 as long as codes count up by one, as all producers write them.
    private let dense: [Abbreviation]
    private let sparse: [UInt64: Abbreviation]

    /// Whether the table's end was found, or the code that was asked for.
    package let isComplete: Bool

    /// Reads to the table's end, or as far as it makes sense.
    /// - Parameter wanted: a code behind which nothing is needed.
    package init(_ bytes: UnsafeRawBufferPointer, _ encoding: DwarfEncoding, upTo wanted: UInt64? = nil) {
        var cursor = ByteCursor(bytes)
        var attributes: [Attribute] = []
        var dense: [Abbreviation] = []
        var sparse: [UInt64: Abbreviation] = [:]
        var isComplete = false
        // hot: per abbreviation of every unit
        while cursor.isValid, dense.count + sparse.count < Self.largestCount,
            attributes.count < Self.largestAttributeCount
        {
            let code = cursor.uleb()
            guard code != 0 else {
                isComplete = cursor.isValid
                break
            }
            let tag = UInt16(truncatingIfNeeded: cursor.uleb())
            let hasChildren = cursor.u8() != 0
            let first = attributes.count
            var size: Int? = 0
            while cursor.isValid {
                let name = UInt16(truncatingIfNeeded: cursor.uleb())
                let form = UInt16(clamping: cursor.uleb())
                let implicit = form == 0x21 ? cursor.sleb() : 0
                if name == 0 && form == 0 { break }
                attributes.append(Attribute(name: name, form: form, implicit: implicit))
                if attributes.count - first > 1 << 12 { cursor.invalidate() }
                if let known = size, let more = ByteCursor.fixedSize(ofForm: form, encoding) {
                    size = known + more
                } else {
                    size = nil
                }
            }
            guard cursor.isValid else { break }
            let abbreviation = Abbreviation(
                tag: tag, hasChildren: hasChildren, attributes: Int32(first)..<Int32(attributes.count),
                fixedSize: size.map { Int32($0) } ?? -1)
            if code == UInt64(dense.count) + 1 {
                dense.append(abbreviation)
            } else if code > UInt64(dense.count), sparse[code] == nil {
                sparse[code] = abbreviation
            }
            if code == wanted {
                isComplete = true
                break
            }
        }
        self.attributes = attributes
        self.dense = dense
        self.sparse = sparse
        self.isComplete = isComplete
    }

    func abbreviation(_ code: UInt64) -> Abbreviation? {
        if code &- 1 < UInt64(dense.count) { return dense[Int(code - 1)] }
        return sparse.isEmpty ? nil : sparse[code]
    }
}
