/// Receives the messages of a feed, one call each, in feed order.
///
/// The decoder takes the handler as a generic parameter, so a call is direct and usually inlined. A handler
/// implements what it wants; the rest does nothing.
@usableFromInline
package protocol ITCHHandler: ~Copyable {
    mutating func addOrder(_ message: AddOrder)
    mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution)
    mutating func orderExecuted(_ message: OrderExecuted)
    mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice)
    mutating func orderCancel(_ message: OrderCancel)
    mutating func orderDelete(_ message: OrderDelete)
    mutating func orderReplace(_ message: OrderReplace)
    mutating func trade(_ message: Trade)
    mutating func crossTrade(_ message: CrossTrade)
    mutating func brokenTrade(_ message: BrokenTrade)
    mutating func orderImbalance(_ message: OrderImbalance)
    mutating func retailInterest(_ message: RetailInterest)
    mutating func systemEvent(_ message: SystemEvent)
    mutating func stockDirectory(_ message: StockDirectory)
    mutating func tradingAction(_ message: TradingAction)
    mutating func regSHORestriction(_ message: RegSHORestriction)
    mutating func marketParticipantPosition(_ message: MarketParticipantPosition)
    mutating func circuitBreakerLevels(_ message: CircuitBreakerLevels)
    mutating func circuitBreakerStatus(_ message: CircuitBreakerStatus)
    mutating func ipoQuotingPeriod(_ message: IPOQuotingPeriod)
    mutating func auctionCollar(_ message: AuctionCollar)
    mutating func operationalHalt(_ message: OperationalHalt)
    mutating func directListing(_ message: DirectListing)
}

extension ITCHHandler where Self: ~Copyable {
    @inlinable
    @inline(__always)
    package mutating func addOrder(_ message: AddOrder) {}
    @inlinable
    @inline(__always)
    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {}
    @inlinable
    @inline(__always)
    package mutating func orderExecuted(_ message: OrderExecuted) {}
    @inlinable
    @inline(__always)
    package mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {}
    @inlinable
    @inline(__always)
    package mutating func orderCancel(_ message: OrderCancel) {}
    @inlinable
    @inline(__always)
    package mutating func orderDelete(_ message: OrderDelete) {}
    @inlinable
    @inline(__always)
    package mutating func orderReplace(_ message: OrderReplace) {}
    @inlinable
    @inline(__always)
    package mutating func trade(_ message: Trade) {}
    @inlinable
    @inline(__always)
    package mutating func crossTrade(_ message: CrossTrade) {}
    @inlinable
    @inline(__always)
    package mutating func brokenTrade(_ message: BrokenTrade) {}
    @inlinable
    @inline(__always)
    package mutating func orderImbalance(_ message: OrderImbalance) {}
    @inlinable
    @inline(__always)
    package mutating func retailInterest(_ message: RetailInterest) {}
    @inlinable
    @inline(__always)
    package mutating func systemEvent(_ message: SystemEvent) {}
    @inlinable
    @inline(__always)
    package mutating func stockDirectory(_ message: StockDirectory) {}
    @inlinable
    @inline(__always)
    package mutating func tradingAction(_ message: TradingAction) {}
    @inlinable
    @inline(__always)
    package mutating func regSHORestriction(_ message: RegSHORestriction) {}
    @inlinable
    @inline(__always)
    package mutating func marketParticipantPosition(_ message: MarketParticipantPosition) {}
    @inlinable
    @inline(__always)
    package mutating func circuitBreakerLevels(_ message: CircuitBreakerLevels) {}
    @inlinable
    @inline(__always)
    package mutating func circuitBreakerStatus(_ message: CircuitBreakerStatus) {}
    @inlinable
    @inline(__always)
    package mutating func ipoQuotingPeriod(_ message: IPOQuotingPeriod) {}
    @inlinable
    @inline(__always)
    package mutating func auctionCollar(_ message: AuctionCollar) {}
    @inlinable
    @inline(__always)
    package mutating func operationalHalt(_ message: OperationalHalt) {}
    @inlinable
    @inline(__always)
    package mutating func directListing(_ message: DirectListing) {}
}
