/// S: The day's phases: `O` start of messages, `S` system open, `Q` market open, `M` market close, `E` system close, `C` end.
@usableFromInline
package struct SystemEvent: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "S") }
    @inlinable
    @inline(__always)
    package static var length: Int { 12 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var code: UInt8 { bytes.byte(at: 11) }
}

/// R: One instrument of the day, and the locate it goes by.
@usableFromInline
package struct StockDirectory: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "R") }
    @inlinable
    @inline(__always)
    package static var length: Int { 39 }

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
    package var marketCategory: UInt8 { bytes.byte(at: 19) }
    @inlinable
    @inline(__always)
    package var financialStatus: UInt8 { bytes.byte(at: 20) }
    @inlinable
    @inline(__always)
    package var roundLotSize: UInt32 { bytes.bigEndianUInt32(at: 21) }
    @inlinable
    @inline(__always)
    package var roundLotsOnly: UInt8 { bytes.byte(at: 25) }
    @inlinable
    @inline(__always)
    package var issueClassification: UInt8 { bytes.byte(at: 26) }
    @inlinable
    @inline(__always)
    package var issueSubtype: UInt16 { bytes.bigEndianUInt16(at: 27) }
    @inlinable
    @inline(__always)
    package var authenticity: UInt8 { bytes.byte(at: 29) }
    @inlinable
    @inline(__always)
    package var shortSaleThreshold: UInt8 { bytes.byte(at: 30) }
    @inlinable
    @inline(__always)
    package var ipoFlag: UInt8 { bytes.byte(at: 31) }
    @inlinable
    @inline(__always)
    package var luldTier: UInt8 { bytes.byte(at: 32) }
    @inlinable
    @inline(__always)
    package var etpFlag: UInt8 { bytes.byte(at: 33) }
    @inlinable
    @inline(__always)
    package var etpLeverage: UInt32 { bytes.bigEndianUInt32(at: 34) }
    @inlinable
    @inline(__always)
    package var inverse: UInt8 { bytes.byte(at: 38) }
}

/// H: Trading in an instrument was halted, paused or resumed. Orders keep flowing meanwhile.
@usableFromInline
package struct TradingAction: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "H") }
    @inlinable
    @inline(__always)
    package static var length: Int { 25 }

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
    package var state: UInt8 { bytes.byte(at: 19) }
    /// Four characters.
    @inlinable
    @inline(__always)
    package var reason: UInt32 { bytes.bigEndianUInt32(at: 21) }
}

/// Y: Short sale price test status.
@usableFromInline
package struct RegSHORestriction: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "Y") }
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
    package var action: UInt8 { bytes.byte(at: 19) }
}

/// L: The status of one market participant in one instrument.
@usableFromInline
package struct MarketParticipantPosition: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "L") }
    @inlinable
    @inline(__always)
    package static var length: Int { 26 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    /// Four characters.
    @inlinable
    @inline(__always)
    package var participant: UInt32 { bytes.bigEndianUInt32(at: 11) }
    @inlinable
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 15)) }
    @inlinable
    @inline(__always)
    package var primaryMarketMaker: UInt8 { bytes.byte(at: 23) }
    @inlinable
    @inline(__always)
    package var mode: UInt8 { bytes.byte(at: 24) }
    @inlinable
    @inline(__always)
    package var state: UInt8 { bytes.byte(at: 25) }
}

/// V: The day's decline levels of the market-wide circuit breaker, in 1/100,000,000.
@usableFromInline
package struct CircuitBreakerLevels: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "V") }
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
    package var level1: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inlinable
    @inline(__always)
    package var level2: UInt64 { bytes.bigEndianUInt64(at: 19) }
    @inlinable
    @inline(__always)
    package var level3: UInt64 { bytes.bigEndianUInt64(at: 27) }
}

/// W: A level of the market-wide circuit breaker was breached.
@usableFromInline
package struct CircuitBreakerStatus: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "W") }
    @inlinable
    @inline(__always)
    package static var length: Int { 12 }

    @usableFromInline
    package let bytes: UnsafeRawPointer
    @inlinable
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inlinable
    @inline(__always)
    package var breachedLevel: UInt8 { bytes.byte(at: 11) }
}

/// K: The expected release of an initial public offering.
@usableFromInline
package struct IPOQuotingPeriod: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "K") }
    @inlinable
    @inline(__always)
    package static var length: Int { 28 }

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
    package var releaseSecondsSinceMidnight: UInt32 { bytes.bigEndianUInt32(at: 19) }
    @inlinable
    @inline(__always)
    package var qualifier: UInt8 { bytes.byte(at: 23) }
    @inlinable
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 24) }
}

/// J: Price collar of a reopening auction after a limit-up limit-down pause.
@usableFromInline
package struct AuctionCollar: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "J") }
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
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inlinable
    @inline(__always)
    package var referencePrice: UInt32 { bytes.bigEndianUInt32(at: 19) }
    @inlinable
    @inline(__always)
    package var upperPrice: UInt32 { bytes.bigEndianUInt32(at: 23) }
    @inlinable
    @inline(__always)
    package var lowerPrice: UInt32 { bytes.bigEndianUInt32(at: 27) }
    @inlinable
    @inline(__always)
    package var extensionCount: UInt32 { bytes.bigEndianUInt32(at: 31) }
}

/// h: An instrument was halted on one market for operational reasons.
@usableFromInline
package struct OperationalHalt: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "h") }
    @inlinable
    @inline(__always)
    package static var length: Int { 21 }

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
    package var market: UInt8 { bytes.byte(at: 19) }
    @inlinable
    @inline(__always)
    package var action: UInt8 { bytes.byte(at: 20) }
}

/// O: Direct listing with capital raise: price discovery.
@usableFromInline
package struct DirectListing: ITCHMessage {
    @inlinable
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "O") }
    @inlinable
    @inline(__always)
    package static var length: Int { 48 }

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
    package var eligible: UInt8 { bytes.byte(at: 19) }
    @inlinable
    @inline(__always)
    package var minimumPrice: UInt32 { bytes.bigEndianUInt32(at: 20) }
    @inlinable
    @inline(__always)
    package var maximumPrice: UInt32 { bytes.bigEndianUInt32(at: 24) }
    @inlinable
    @inline(__always)
    package var nearPrice: UInt32 { bytes.bigEndianUInt32(at: 28) }
    @inlinable
    @inline(__always)
    package var nearNanosecondsSinceMidnight: UInt64 { bytes.bigEndianUInt64(at: 32) }
    @inlinable
    @inline(__always)
    package var lowerCollar: UInt32 { bytes.bigEndianUInt32(at: 40) }
    @inlinable
    @inline(__always)
    package var upperCollar: UInt32 { bytes.bigEndianUInt32(at: 44) }
}
