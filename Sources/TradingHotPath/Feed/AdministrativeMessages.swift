/// S: The day's phases: `O` start of messages, `S` system open, `Q` market open, `M` market close, `E` system close, `C` end.
package struct SystemEvent: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "S") }
    @inline(__always)
    package static var length: Int { 12 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var code: UInt8 { bytes.byte(at: 11) }
}

/// R: One instrument of the day, and the locate it goes by.
package struct StockDirectory: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "R") }
    @inline(__always)
    package static var length: Int { 39 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inline(__always)
    package var marketCategory: UInt8 { bytes.byte(at: 19) }
    @inline(__always)
    package var financialStatus: UInt8 { bytes.byte(at: 20) }
    @inline(__always)
    package var roundLotSize: UInt32 { bytes.bigEndianUInt32(at: 21) }
    @inline(__always)
    package var roundLotsOnly: UInt8 { bytes.byte(at: 25) }
    @inline(__always)
    package var issueClassification: UInt8 { bytes.byte(at: 26) }
    @inline(__always)
    package var issueSubtype: UInt16 { bytes.bigEndianUInt16(at: 27) }
    @inline(__always)
    package var authenticity: UInt8 { bytes.byte(at: 29) }
    @inline(__always)
    package var shortSaleThreshold: UInt8 { bytes.byte(at: 30) }
    @inline(__always)
    package var ipoFlag: UInt8 { bytes.byte(at: 31) }
    @inline(__always)
    package var luldTier: UInt8 { bytes.byte(at: 32) }
    @inline(__always)
    package var etpFlag: UInt8 { bytes.byte(at: 33) }
    @inline(__always)
    package var etpLeverage: UInt32 { bytes.bigEndianUInt32(at: 34) }
    @inline(__always)
    package var inverse: UInt8 { bytes.byte(at: 38) }
}

/// H: Trading in an instrument was halted, paused or resumed. Orders keep flowing meanwhile.
package struct TradingAction: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "H") }
    @inline(__always)
    package static var length: Int { 25 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inline(__always)
    package var state: UInt8 { bytes.byte(at: 19) }
    /// Four characters.
    @inline(__always)
    package var reason: UInt32 { bytes.bigEndianUInt32(at: 21) }
}

/// Y: Short sale price test status.
package struct RegSHORestriction: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "Y") }
    @inline(__always)
    package static var length: Int { 20 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inline(__always)
    package var action: UInt8 { bytes.byte(at: 19) }
}

/// L: The status of one market participant in one instrument.
package struct MarketParticipantPosition: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "L") }
    @inline(__always)
    package static var length: Int { 26 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    /// Four characters.
    @inline(__always)
    package var participant: UInt32 { bytes.bigEndianUInt32(at: 11) }
    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 15)) }
    @inline(__always)
    package var primaryMarketMaker: UInt8 { bytes.byte(at: 23) }
    @inline(__always)
    package var mode: UInt8 { bytes.byte(at: 24) }
    @inline(__always)
    package var state: UInt8 { bytes.byte(at: 25) }
}

/// V: The day's decline levels of the market-wide circuit breaker, in 1/100,000,000.
package struct CircuitBreakerLevels: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "V") }
    @inline(__always)
    package static var length: Int { 35 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var level1: UInt64 { bytes.bigEndianUInt64(at: 11) }
    @inline(__always)
    package var level2: UInt64 { bytes.bigEndianUInt64(at: 19) }
    @inline(__always)
    package var level3: UInt64 { bytes.bigEndianUInt64(at: 27) }
}

/// W: A level of the market-wide circuit breaker was breached.
package struct CircuitBreakerStatus: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "W") }
    @inline(__always)
    package static var length: Int { 12 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var breachedLevel: UInt8 { bytes.byte(at: 11) }
}

/// K: The expected release of an initial public offering.
package struct IPOQuotingPeriod: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "K") }
    @inline(__always)
    package static var length: Int { 28 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inline(__always)
    package var releaseSecondsSinceMidnight: UInt32 { bytes.bigEndianUInt32(at: 19) }
    @inline(__always)
    package var qualifier: UInt8 { bytes.byte(at: 23) }
    @inline(__always)
    package var price: UInt32 { bytes.bigEndianUInt32(at: 24) }
}

/// J: Price collar of a reopening auction after a limit-up limit-down pause.
package struct AuctionCollar: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "J") }
    @inline(__always)
    package static var length: Int { 35 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inline(__always)
    package var referencePrice: UInt32 { bytes.bigEndianUInt32(at: 19) }
    @inline(__always)
    package var upperPrice: UInt32 { bytes.bigEndianUInt32(at: 23) }
    @inline(__always)
    package var lowerPrice: UInt32 { bytes.bigEndianUInt32(at: 27) }
    @inline(__always)
    package var extensionCount: UInt32 { bytes.bigEndianUInt32(at: 31) }
}

/// h: An instrument was halted on one market for operational reasons.
package struct OperationalHalt: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "h") }
    @inline(__always)
    package static var length: Int { 21 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inline(__always)
    package var market: UInt8 { bytes.byte(at: 19) }
    @inline(__always)
    package var action: UInt8 { bytes.byte(at: 20) }
}

/// O: Direct listing with capital raise: price discovery.
package struct DirectListing: ITCHMessage {
    @inline(__always)
    package static var type: UInt8 { UInt8(ascii: "O") }
    @inline(__always)
    package static var length: Int { 48 }

    package let bytes: UnsafeRawPointer
    @inline(__always)
    package init(unchecked bytes: UnsafeRawPointer) { self.bytes = bytes }

    @inline(__always)
    package var stock: StockSymbol { StockSymbol(rawValue: bytes.bigEndianUInt64(at: 11)) }
    @inline(__always)
    package var eligible: UInt8 { bytes.byte(at: 19) }
    @inline(__always)
    package var minimumPrice: UInt32 { bytes.bigEndianUInt32(at: 20) }
    @inline(__always)
    package var maximumPrice: UInt32 { bytes.bigEndianUInt32(at: 24) }
    @inline(__always)
    package var nearPrice: UInt32 { bytes.bigEndianUInt32(at: 28) }
    @inline(__always)
    package var nearNanosecondsSinceMidnight: UInt64 { bytes.bigEndianUInt64(at: 32) }
    @inline(__always)
    package var lowerCollar: UInt32 { bytes.bigEndianUInt32(at: 40) }
    @inline(__always)
    package var upperCollar: UInt32 { bytes.bigEndianUInt32(at: 44) }
}
