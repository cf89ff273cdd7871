/// A: A new visible order without attribution.
package struct AddOrder: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "A") }
    @inline(__always)
    package static var length: Int { 36 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    /// `B` or `S`.
    @inline(__always)
    package var side: UInt8 { bytes.byte(at: 19) }
    @inline(__always)
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 20) }
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 24)) }
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 32) }
}

/// F: A new visible order with the identifier of its market participant.
package struct AddOrderWithAttribution: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "F") }
    @inline(__always)
    package static var length: Int { 40 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    /// `B` or `S`.
    @inline(__always)
    package var side: UInt8 { bytes.byte(at: 19) }
    @inline(__always)
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 20) }
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 24)) }
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 32) }
    /// Four characters.
    @inline(__always)
    package var attribution: UInt32 { bytes.bigEndianUInt32(at: 36) }
}

/// E: Shares of an order traded at the price of the order.
package struct OrderExecuted: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "E") }
    @inline(__always)
    package static var length: Int { 31 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inline(__always)
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 19) }
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 23) }
}

/// C: Shares of an order traded at another price than the order's own.
package struct OrderExecutedWithPrice: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "C") }
    @inline(__always)
    package static var length: Int { 36 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inline(__always)
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 19) }
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 23) }
    /// `Y`, or `N` when the trade is reported again in a bulk print and must not count as volume twice.
    @inline(__always)
    package var printable: UInt8 { bytes.byte(at: 31) }
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 32) }
}

/// X: Part of an order was cancelled; the order keeps its place in the queue.
package struct OrderCancel: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "X") }
    @inline(__always)
    package static var length: Int { 23 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inline(__always)
    package var cancelledShares: UInt32 { bytes.bigEndianUInt32(at: 19) }
}

/// D: The whole order was cancelled.
package struct OrderDelete: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "D") }
    @inline(__always)
    package static var length: Int { 19 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
}

/// U: An order was replaced: side and instrument carry over, the place in the queue is lost.
package struct OrderReplace: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "U") }
    @inline(__always)
    package static var length: Int { 35 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var oldReference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inline(__always)
    package var newReference: UInt64 { bytes.bigEndianUInt64(at: 19) }
    @inline(__always)
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 27) }
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 31) }
}
