/// The state of the whole path, and its stages one by one; ``Pipeline`` strings them together.
///
/// After start nothing allocates, counts references or calls the system. Orders are written one after the other into
/// a buffer and taken from there by ``takeOutput(_:)``; when nobody takes them the oldest are overwritten.
@usableFromInline
package struct TradingCore: ~Copyable {
    package var books: BookSet
    package var gateway: OrderGateway
    package var risk: RiskGate
    package private(set) var counts = PipelineCounts()
    private let signals: Table<SignalState>
    private let symbols: Table<UInt64>
    /// Locates whose book must not be traded on.
    private let halted: Table<Bool>
    private let output: Table<UInt8>
    private var outputPosition = 0
    /// Shares on one side for each on the other that make the signal act.
    package var ratio: UInt64 = 3
    package var shares: UInt32 = 100

    /// Room for orders in the buffer.
    package static var outputOrders: Int { 64 }

    package init(capacity: BookCapacity, limits: RiskLimits = RiskLimits(), openOrders: Int = 4_096) {
        books = BookSet(capacity: capacity)
        gateway = OrderGateway(orders: openOrders)
        risk = RiskGate(limits: limits)
        signals = Table(count: 1 << 16, filledWith: SignalState())
        symbols = Table(count: 1 << 16, filledWith: 0x2020_2020_2020_2020)
        halted = Table(count: 1 << 16, filledWith: false)
        output = Table(count: Self.outputOrders * OuchWriter.maximumLength, filledWith: 0)
    }

    /// The signal's state of one book.
    package func signal(_ locate: UInt16) -> SignalState { signals[UInt32(locate)] }

    /// Stops or resumes trading on one book, stale or halted; the book itself is kept up.
    package func setHalted(_ locate: UInt16, _ isHalted: Bool) { halted[UInt32(locate)] = isHalted }

    /// The bytes of the orders encoded since the last time.
    package mutating func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        body(UnsafeRawBufferPointer(start: output.elements, count: outputPosition))
        outputPosition = 0
    }

    /// Whether orders wait to be taken.
    package var hasOrders: Bool { outputPosition > 0 }

    /// The bytes of the orders encoded since the last time, valid until the next order.
    mutating func takeOrders() -> (elements: UnsafePointer<UInt8>, count: Int) {
        defer { outputPosition = 0 }
        return (UnsafePointer(output.elements), outputPosition)
    }

    /// A new day: time begins again, nothing is held, and orders of the day before are gone.
    package mutating func beginSession() {
        risk.resetRate()
        gateway.beginSession()
        outputPosition = 0
    }

    /// The state of books, positions and counts in one number.
    package func stateDigest() -> StateDigest {
        var digest = books.stateDigest()
        digest.combine(counts.signals)
        digest.combine(counts.decisions)
        digest.combine(counts.orders)
        for locate in UInt16.min...UInt16.max where gateway.position(locate) != 0 {
            digest.combine(UInt64(locate))
            digest.combine(UInt64(bitPattern: gateway.position(locate)))
        }
        return digest
    }

    @usableFromInline
    package mutating func name(_ locate: UInt16, _ symbol: StockSymbol) { symbols[UInt32(locate)] = symbol.rawValue }

    /// Looks at a book that may have changed; the first half of what follows the book.
    ///
    /// - Returns: whether the signal says to trade, and with which touch.
    @usableFromInline  // hot: per message
    package mutating func evaluate(_ locate: UInt16) -> Opportunity? {
        let touch = books.touch(locate)
        guard signals[UInt32(locate)].update(touch) else { return nil }
        counts.signals &+= 1
        guard let side = signals[UInt32(locate)].decision(touch, ratio: ratio), !halted[UInt32(locate)] else {
            return nil
        }
        counts.decisions &+= 1
        return Opportunity(side: side, touch: touch)
    }

    /// The checks of an order that takes the other side's best price.
    @usableFromInline  // hot: per decision
    package mutating func admit(_ locate: UInt16, _ opportunity: Opportunity, time: UInt64) -> Bool {
        let touch = opportunity.touch
        let middle = touch.bidPrice &+ (touch.askPrice &- touch.bidPrice) / 2
        let verdict = risk.check(
            side: opportunity.side, shares: shares, price: opportunity.price, reference: middle,
            exposure: gateway.exposure(locate, opportunity.side), time: time)
        return verdict == .accepted
    }

    /// Numbers, remembers and encodes the order.
    @usableFromInline  // hot: per order
    package mutating func send(_ locate: UInt16, _ opportunity: Opportunity) {
        if outputPosition &+ OuchWriter.maximumLength > output.count { outputPosition = 0 }
        let reference = gateway.enter(
            UnsafeMutableRawPointer(output.elements + outputPosition), locate: locate,
            symbol: StockSymbol(rawValue: symbols[UInt32(locate)]), side: opportunity.side, shares: shares,
            price: opportunity.price, timeInForce: OuchWriter.immediateOrCancel)
        guard reference != 0 else {
            counts.gatewayFull &+= 1
            return
        }
        outputPosition &+= OuchWriter.enterLength
        counts.orders &+= 1
    }
}

/// A moment to trade: which side, and the touch that says so.
@usableFromInline
package struct Opportunity: Sendable {
    package var side: Side
    package var touch: Touch

    /// The other side's best.
    @inline(__always)
    package var price: UInt32 { side == .bid ? touch.askPrice : touch.bidPrice }
}

/// The book's stage. Each is a call of its own for other modules and inlined here.
extension TradingCore {
    @usableFromInline
    package mutating func addOrder(_ message: AddOrder) { books.addOrder(message) }

    @usableFromInline
    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        books.addOrderWithAttribution(message)
    }

    @usableFromInline
    package mutating func orderExecuted(_ message: OrderExecuted) { books.orderExecuted(message) }

    @usableFromInline
    package mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        books.orderExecutedWithPrice(message)
    }

    @usableFromInline
    package mutating func orderCancel(_ message: OrderCancel) { books.orderCancel(message) }

    @usableFromInline
    package mutating func orderDelete(_ message: OrderDelete) { books.orderDelete(message) }

    @usableFromInline
    package mutating func orderReplace(_ message: OrderReplace) { books.orderReplace(message) }
}
