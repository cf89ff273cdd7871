/// The value of an attribute as it stands in the entry; what it refers to is looked up only when it is needed.
package struct DwarfValue {
    enum Kind: UInt8 {
        case none
        case address
        /// Position in `.debug_addr`.
        case addressIndex
        case constant
        /// Where in the parsed bytes a zero-terminated text stands.
        case inlineText
        /// Offset in `.debug_str`.
        case text
        /// Offset in `.debug_line_str`.
        case lineText
        /// Position in `.debug_str_offsets`.
        case textIndex
        /// Offset in the `.debug_str` of the alternate file (dwz).
        case alternateText
        /// Offset in this unit.
        case unitReference
        /// Offset in `.debug_info`.
        case reference
        /// Offset in the `.debug_info` of the alternate file.
        case alternateReference
        case sectionOffset
        /// Position in the unit's table of range lists.
        case rangeListIndex
        case other
    }

    var kind: Kind = .none
    var number: UInt64 = 0

    var isPresent: Bool { kind != .none }

    /// The value of a constant, however it is spelled; producers of DWARF 2 and 3 wrote offsets as such.
    var constant: UInt64? { kind == .constant || kind == .sectionOffset ? number : nil }
}

/// Sizes that forms depend on.
package struct DwarfEncoding: Hashable {
    package var version: UInt16
    package var addressSize: Int
    package var offsetSize: Int

    package init(version: UInt16, addressSize: Int, offsetSize: Int) {
        self.version = version
        self.addressSize = addressSize
        self.offsetSize = offsetSize
    }
}

extension ByteCursor {
    /// Reads one attribute's value; an unknown form invalidates the cursor, because its size is unknown.
    /// DWARF 5, 7.5.6.
    mutating func value(form: UInt16, _ encoding: DwarfEncoding, implicit: Int64) -> DwarfValue {
        switch form {
        case 0x01: return DwarfValue(kind: .address, number: unsigned(encoding.addressSize))
        case 0x03: return block(u16())
        case 0x04: return block(u32())
        case 0x05: return DwarfValue(kind: .constant, number: UInt64(u16()))
        case 0x06: return DwarfValue(kind: .constant, number: UInt64(u32()))
        case 0x07: return DwarfValue(kind: .constant, number: u64())
        case 0x08: return DwarfValue(kind: .inlineText, number: UInt64(zeroTerminated().lowerBound))
        case 0x09, 0x18: return block(uleb())
        case 0x0A: return block(u8())
        case 0x0B: return DwarfValue(kind: .constant, number: UInt64(u8()))
        case 0x0C: return DwarfValue(kind: .constant, number: UInt64(u8()))
        case 0x0D: return DwarfValue(kind: .constant, number: UInt64(bitPattern: sleb()))
        case 0x0E: return DwarfValue(kind: .text, number: unsigned(encoding.offsetSize))
        case 0x0F: return DwarfValue(kind: .constant, number: uleb())
        case 0x10:
            // DWARF 2 gave it the size of an address.
            let size = encoding.version <= 2 ? encoding.addressSize : encoding.offsetSize
            return DwarfValue(kind: .reference, number: unsigned(size))
        case 0x11: return DwarfValue(kind: .unitReference, number: UInt64(u8()))
        case 0x12: return DwarfValue(kind: .unitReference, number: UInt64(u16()))
        case 0x13: return DwarfValue(kind: .unitReference, number: UInt64(u32()))
        case 0x14: return DwarfValue(kind: .unitReference, number: u64())
        case 0x15: return DwarfValue(kind: .unitReference, number: uleb())
        case 0x16:
            let actual = UInt16(clamping: uleb())
            // Neither itself nor an implicit constant may be named indirectly.
            guard actual != 0x16, actual != 0x21 else {
                invalidate()
                return DwarfValue()
            }
            return value(form: actual, encoding, implicit: 0)
        case 0x17: return DwarfValue(kind: .sectionOffset, number: unsigned(encoding.offsetSize))
        case 0x19: return DwarfValue(kind: .constant, number: 1)
        case 0x1A, 0x1F02: return DwarfValue(kind: .textIndex, number: uleb())
        case 0x1B, 0x1F01: return DwarfValue(kind: .addressIndex, number: uleb())
        case 0x1C: return DwarfValue(kind: .alternateReference, number: UInt64(u32()))
        case 0x24: return DwarfValue(kind: .alternateReference, number: u64())
        case 0x1F20: return DwarfValue(kind: .alternateReference, number: unsigned(encoding.offsetSize))
        case 0x1D, 0x1F21: return DwarfValue(kind: .alternateText, number: unsigned(encoding.offsetSize))
        case 0x1E:
            skip(16)
            return DwarfValue(kind: .other)
        case 0x1F: return DwarfValue(kind: .lineText, number: unsigned(encoding.offsetSize))
        case 0x20: return DwarfValue(kind: .other, number: u64())
        case 0x21: return DwarfValue(kind: .constant, number: UInt64(bitPattern: implicit))
        case 0x22: return DwarfValue(kind: .other, number: uleb())
        case 0x23: return DwarfValue(kind: .rangeListIndex, number: uleb())
        case 0x25...0x28: return DwarfValue(kind: .textIndex, number: unsigned(Int(form - 0x24)))
        case 0x29...0x2C: return DwarfValue(kind: .addressIndex, number: unsigned(Int(form - 0x28)))
        default:
            invalidate()
            return DwarfValue()
        }
    }

    private mutating func block(_ count: some UnsignedInteger & FixedWidthInteger) -> DwarfValue {
        skip(UInt64(count))
        return DwarfValue(kind: .other)
    }

    /// Bytes of a form whose size does not depend on the value; nil for the others.
    static func fixedSize(ofForm form: UInt16, _ encoding: DwarfEncoding) -> Int? {
        switch form {
        case 0x01: encoding.addressSize
        case 0x19, 0x21: 0
        case 0x0B, 0x0C, 0x11, 0x25, 0x29: 1
        case 0x05, 0x12, 0x26, 0x2A: 2
        case 0x27, 0x2B: 3
        case 0x06, 0x13, 0x1C, 0x28, 0x2C: 4
        case 0x07, 0x14, 0x20, 0x24: 8
        case 0x1E: 16
        case 0x0E, 0x17, 0x1D, 0x1F, 0x1F20, 0x1F21: encoding.offsetSize
        case 0x10: encoding.version <= 2 ? encoding.addressSize : encoding.offsetSize
        default: nil
        }
    }
}
