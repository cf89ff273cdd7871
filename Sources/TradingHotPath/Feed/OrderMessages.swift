/// A: A new visible order without attribution.
@usableFromInline
package struct AddOrder: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "A") }
    @inlinable
    @inline(__always)
    package static var length: Int { 36 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    /// `B` or `S`.
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
}

/// F: A new visible order with the identifier of its market participant.
@usableFromInline
package struct AddOrderWithAttribution: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "F") }
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
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    /// `B` or `S`.
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
    /// Four characters.
    @inlinable
    @inline(__always)
    package var attribution: UInt32 { bytes.bigEndianUInt32(at: 36) }
}

/// E: Shares of an order traded at the price of the order.
@usableFromInline
package struct OrderExecuted: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "E") }
    @inlinable
    @inline(__always)
    package static var length: Int { 31 }

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
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 19) }
    @inlinable
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 23) }
}

/// C: Shares of an order traded at another price than the order's own.
@usableFromInline
package struct OrderExecutedWithPrice: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "C") }
    @inlinable
    @inline(__always)
    package static var length: Int { 36 }

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
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 19) }
    @inlinable
    @inline(__always)
    package var matchNumber: UInt64 { bytes.bigEndianUInt64(at: 23) }
    /// `Y`, or `N` when the trade is reported again in a bulk print and must not count as volume twice.
    @inlinable
    @inline(__always)
    package var printable: UInt8 { bytes.byte(at: 31) }
    @inlinable
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 32) }
}

/// X: Part of an order was cancelled; the order keeps its place in the queue.
@usableFromInline
package struct OrderCancel: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "X") }
    @inlinable
    @inline(__always)
    package static var length: Int { 23 }

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
    package var cancelledShares: UInt32 { bytes.bigEndianUInt32(at: 19) }
}

/// D: The whole order was cancelled.
@usableFromInline
package struct OrderDelete: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "D") }
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
    package var reference: UInt64 { bytes.bigEndianUInt64(at: 11) }
}

/// U: An order was replaced: side and instrument carry over, the place in the queue is lost.
@usableFromInline
package struct OrderReplace: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "U") }
    @inlinable
    @inline(__always)
    package static var length: Int { 35 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var oldReference: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inlinable
    @inline(__always)
    package var newReference: UInt64 { bytes.bigEndianUInt64(at: 19) }
    @inlinable
    @inline(__always)
    package var shares: UInt32 { bytes.bigEndianUInt32(at: 27) }
    @inlinable
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 31) }
}
