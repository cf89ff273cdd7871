/// What became of one message.
@usableFromInline
package enum DecodeOutcome {
    case handled
    /// A type outside the table: types get added, and a reader that trusts the length prefix survives them.
    case unknownType
    /// A known type whose length is not the one of the table.
    case malformed
}

/// Hands one message to the method of `handler` for its type.
///
/// A switch on the type byte, then one comparison of the length: no view exists over fewer bytes than its fields
/// need. It is inlined into the framing loop, where the switch jumps straight to the code of the handler.
///
/// - Parameters:
///   - bytes: the first byte of the message, the type.
///   - length: readable bytes from there; at least 1.
@inlinable
@inline(__always)  // hot: per message
package func decodeMessage<Handler: ITCHHandler & ~Copyable>(
    _ bytes: UnsafeRawPointer, length: Int, into handler: inout Handler
) -> DecodeOutcome {
    switch bytes.byte(at: 0) {
    case AddOrder.type:
        guard length == AddOrder.length else { return .malformed }
        handler.addOrder(AddOrder(unchecked: bytes))
    case AddOrderWithAttribution.type:
        guard length == AddOrderWithAttribution.length else { return .malformed }
        handler.addOrderWithAttribution(AddOrderWithAttribution(unchecked: bytes))
    case OrderExecuted.type:
        guard length == OrderExecuted.length else { return .malformed }
        handler.orderExecuted(OrderExecuted(unchecked: bytes))
    case OrderExecutedWithPrice.type:
        guard length == OrderExecutedWithPrice.length else { return .malformed }
        handler.orderExecutedWithPrice(OrderExecutedWithPrice(unchecked: bytes))
    case OrderCancel.type:
        guard length == OrderCancel.length else { return .malformed }
        handler.orderCancel(OrderCancel(unchecked: bytes))
    case OrderDelete.type:
        guard length == OrderDelete.length else { return .malformed }
        handler.orderDelete(OrderDelete(unchecked: bytes))
    case OrderReplace.type:
        guard length == OrderReplace.length else { return .malformed }
        handler.orderReplace(OrderReplace(unchecked: bytes))
    case Trade.type:
        guard length == Trade.length else { return .malformed }
        handler.trade(Trade(unchecked: bytes))
    case CrossTrade.type:
        guard length == CrossTrade.length else { return .malformed }
        handler.crossTrade(CrossTrade(unchecked: bytes))
    case BrokenTrade.type:
        guard length == BrokenTrade.length else { return .malformed }
        handler.brokenTrade(BrokenTrade(unchecked: bytes))
    case OrderImbalance.type:
        guard length == OrderImbalance.length else { return .malformed }
        handler.orderImbalance(OrderImbalance(unchecked: bytes))
    case RetailInterest.type:
        guard length == RetailInterest.length else { return .malformed }
        handler.retailInterest(RetailInterest(unchecked: bytes))
    case SystemEvent.type:
        guard length == SystemEvent.length else { return .malformed }
        handler.systemEvent(SystemEvent(unchecked: bytes))
    case StockDirectory.type:
        guard length == StockDirectory.length else { return .malformed }
        handler.stockDirectory(StockDirectory(unchecked: bytes))
    case TradingAction.type:
        guard length == TradingAction.length else { return .malformed }
        handler.tradingAction(TradingAction(unchecked: bytes))
    case RegSHORestriction.type:
        guard length == RegSHORestriction.length else { return .malformed }
        handler.regSHORestriction(RegSHORestriction(unchecked: bytes))
    case MarketParticipantPosition.type:
        guard length == MarketParticipantPosition.length else { return .malformed }
        handler.marketParticipantPosition(MarketParticipantPosition(unchecked: bytes))
    case CircuitBreakerLevels.type:
        guard length == CircuitBreakerLevels.length else { return .malformed }
        handler.circuitBreakerLevels(CircuitBreakerLevels(unchecked: bytes))
    case CircuitBreakerStatus.type:
        guard length == CircuitBreakerStatus.length else { return .malformed }
        handler.circuitBreakerStatus(CircuitBreakerStatus(unchecked: bytes))
    case IPOQuotingPeriod.type:
        guard length == IPOQuotingPeriod.length else { return .malformed }
        handler.ipoQuotingPeriod(IPOQuotingPeriod(unchecked: bytes))
    case AuctionCollar.type:
        guard length == AuctionCollar.length else { return .malformed }
        handler.auctionCollar(AuctionCollar(unchecked: bytes))
    case OperationalHalt.type:
        guard length == OperationalHalt.length else { return .malformed }
        handler.operationalHalt(OperationalHalt(unchecked: bytes))
    case DirectListing.type:
        guard length == DirectListing.length else { return .malformed }
        handler.directListing(DirectListing(unchecked: bytes))
    default:
        return .unknownType
    }
    return .handled
}
