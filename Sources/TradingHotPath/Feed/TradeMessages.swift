/// P: A match against a hidden order; no visible order changes.
package struct Trade: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "P") }
    @inline(__always)
    package static var length: Int { 44 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inline(__always)
    package var side: UInt8 { bytes.byte(at: 19) }
    @inline(__always)
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 20) }
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 24)) }
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 32) }
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 36) }
}

/// Q: The single print of an auction.
package struct CrossTrade: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "Q") }
    @inline(__always)
    package static var length: Int { 40 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var shares: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 19)) }
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 27) }
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 31) }
    @inline(__always)
    package var crossType: UInt8 { bytes.byte(at: 39) }
}

/// B: A trade that was reported earlier was broken.
package struct BrokenTrade: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "B") }
    @inline(__always)
    package static var length: Int { 19 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 11) }
}

/// I: Net order imbalance indicator before an auction.
package struct OrderImbalance: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "I") }
    @inline(__always)
    package static var length: Int { 50 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var pairedShares: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inline(__always)
    package var imbalanceShares: UInt64 { bytes.bigEndianUInt64(at: 19) }
    @inline(__always)
    package var direction: UInt8 { bytes.byte(at: 27) }
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 28)) }
    @inline(__always)
    package var farPrice: UInt32 { bytes.bigEndianUInt32(at: 36) }
    @inline(__always)
    package var nearPrice: UInt32 { bytes.bigEndianUInt32(at: 40) }
    @inline(__always)
    package var referencePrice: UInt32 { bytes.bigEndianUInt32(at: 44) }
    @inline(__always)
    package var crossType: UInt8 { bytes.byte(at: 48) }
    @inline(__always)
    package var priceVariation: UInt8 { bytes.byte(at: 49) }
}

/// N: Retail price improvement interest.
package struct RetailInterest: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "N") }
    @inline(__always)
    package static var length: Int { 20 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inline(__always)
    package var interest: UInt8 { bytes.byte(at: 19) }
}
