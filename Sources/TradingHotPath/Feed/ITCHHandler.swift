/// Receives the messages of a feed, one call each, in feed order.
///
/// The decoder takes the handler as a generic parameter, so a call is direct and usually inlined. A handler
/// implements what it wants; the rest does nothing.
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
    @inline(__always)
    package mutating func addOrder(_ message: AddOrder) {}
    @inline(__always)
    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {}
    @inline(__always)
    package mutating func orderExecuted(_ message: OrderExecuted) {}
    @inline(__always)
    package mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {}
    @inline(__always)
    package mutating func orderCancel(_ message: OrderCancel) {}
    @inline(__always)
    package mutating func orderDelete(_ message: OrderDelete) {}
    @inline(__always)
    package mutating func orderReplace(_ message: OrderReplace) {}
    @inline(__always)
    package mutating func trade(_ message: Trade) {}
    @inline(__always)
    package mutating func crossTrade(_ message: CrossTrade) {}
    @inline(__always)
    package mutating func brokenTrade(_ message: BrokenTrade) {}
    @inline(__always)
    package mutating func orderImbalance(_ message: OrderImbalance) {}
    @inline(__always)
    package mutating func retailInterest(_ message: RetailInterest) {}
    @inline(__always)
    package mutating func systemEvent(_ message: SystemEvent) {}
    @inline(__always)
    package mutating func stockDirectory(_ message: StockDirectory) {}
    @inline(__always)
    package mutating func tradingAction(_ message: TradingAction) {}
    @inline(__always)
    package mutating func regSHORestriction(_ message: RegSHORestriction) {}
    @inline(__always)
    package mutating func marketParticipantPosition(_ message: MarketParticipantPosition) {}
    @inline(__always)
    package mutating func circuitBreakerLevels(_ message: CircuitBreakerLevels) {}
    @inline(__always)
    package mutating func circuitBreakerStatus(_ message: CircuitBreakerStatus) {}
    @inline(__always)
    package mutating func ipoQuotingPeriod(_ message: IPOQuotingPeriod) {}
    @inline(__always)
    package mutating func auctionCollar(_ message: AuctionCollar) {}
    @inline(__always)
    package mutating func operationalHalt(_ message: OperationalHalt) {}
    @inline(__always)
    package mutating func directListing(_ message: DirectListing) {}
}
