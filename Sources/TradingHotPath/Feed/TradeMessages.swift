/// P: A match against a hidden order; no visible order changes.
@usableFromInline
package struct Trade: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "P") }
    @inlinable
    @inline(__always)
    package static var length: Int { 44 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inlinable
    @inline(__always)
    package var side: UInt8 { bytes.byte(at: 19) }
    @inlinable
    @inline(__always)
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 20) }
    @inlinable
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 24)) }
    @inlinable
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 32) }
    @inlinable
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 36) }
}

/// Q: The single print of an auction.
@usableFromInline
package struct CrossTrade: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "Q") }
    @inlinable
    @inline(__always)
    package static var length: Int { 40 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var shares: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inlinable
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 19)) }
    @inlinable
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 27) }
    @inlinable
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 31) }
    @inlinable
    @inline(__always)
    package var crossType: UInt8 { bytes.byte(at: 39) }
}

/// B: A trade that was reported earlier was broken.
@usableFromInline
package struct BrokenTrade: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "B") }
    @inlinable
    @inline(__always)
    package static var length: Int { 19 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 11) }
}

/// I: Net order imbalance indicator before an auction.
@usableFromInline
package struct OrderImbalance: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "I") }
    @inlinable
    @inline(__always)
    package static var length: Int { 50 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var pairedShares: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inlinable
    @inline(__always)
    package var imbalanceShares: UInt64 { bytes.bigEndianUInt64(at: 19) }
    @inlinable
    @inline(__always)
    package var direction: UInt8 { bytes.byte(at: 27) }
    @inlinable
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 28)) }
    @inlinable
    @inline(__always)
    package var farPrice: UInt32 { bytes.bigEndianUInt32(at: 36) }
    @inlinable
    @inline(__always)
    package var nearPrice: UInt32 { bytes.bigEndianUInt32(at: 40) }
    @inlinable
    @inline(__always)
    package var referencePrice: UInt32 { bytes.bigEndianUInt32(at: 44) }
    @inlinable
    @inline(__always)
    package var crossType: UInt8 { bytes.byte(at: 48) }
    @inlinable
    @inline(__always)
    package var priceVariation: UInt8 { bytes.byte(at: 49) }
}

/// N: Retail price improvement interest.
@usableFromInline
package struct RetailInterest: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "N") }
    @inlinable
    @inline(__always)
    package static var length: Int { 20 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inlinable
    @inline(__always)
    package var interest: UInt8 { bytes.byte(at: 19) }
}
