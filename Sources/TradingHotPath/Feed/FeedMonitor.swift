/// What a feed did that a consistent one does not.
package struct FeedAnomalies: Equatable, Sendable {
    /// Messages whose time lies before that of the message in front.
    package var backwardTimes: UInt64 = 0
    /// Times at or beyond midnight of the next day.
    package var impossibleTimes: UInt64 = 0
    /// Orders for a locate that no directory message announced.
    package var undeclaredSymbols: UInt64 = 0
    /// New and replaced orders at price 0 or at the largest price a field can hold.
    package var extremePrices: UInt64 = 0
    /// Messages after which a best bid was at or above the best ask of its book.
    package var crossings: UInt64 = 0
    /// Messages that changed a book that was stale.
    package var staleChanges: UInt64 = 0

    package init() {}

    package var total: UInt64 {
        backwardTimes + impossibleTimes + undeclaredSymbols + extremePrices + crossings + staleChanges
    }
}

/// Books that are watched: everything implausible about the feed is counted, and after a gap the books are stale until
/// they are known to be complete again.
///
/// Nothing is left out because it looks wrong: an exchange's own messages decide what its book holds, and only what
/// cannot be applied at all is turned away, by ``BookSet``. Watching costs a few nanoseconds a message; a program that
/// trusts its feed uses ``BookSet`` alone.
package struct MonitoredBooks: ITCHHandler, ~Copyable {
    package var books: BookSet
    package private(set) var anomalies = FeedAnomalies()
    private let declared: Table<Bool>
    private let stale: Table<Bool>
    private var staleCount = 0
    private var lastTime: UInt64 = 0

    package init(capacity: BookCapacity, prefault: Bool = true) {
        books = BookSet(capacity: capacity, prefault: prefault)
        declared = Table(count: 1 << 16, filledWith: false)
        stale = Table(count: 1 << 16, filledWith: false)
    }

    /// Whether messages about this book may be missing.
    package func isStale(_ locate: UInt16) -> Bool { stale[UInt32(locate)] }
    package var staleBooks: Int { staleCount }

    /// Messages were lost: no book can be trusted until it is recovered.
    package mutating func markAllStale() {
        for locate in 0..<stale.count where !stale.elements[locate] && declared.elements[locate] {
            stale.elements[locate] = true
            staleCount += 1
        }
    }

    /// A snapshot or a replay of what was lost made this book complete.
    package mutating func markRecovered(_ locate: UInt16) {
        guard stale[UInt32(locate)] else { return }
        stale[UInt32(locate)] = false
        staleCount -= 1
    }

    package mutating func addOrder(_ message: AddOrder) {
        observe(message)
        observeOrder(message.locate, message.price)
        books.addOrder(message)
        observeTouch(message.locate)
    }

    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        observe(message)
        observeOrder(message.locate, message.price)
        books.addOrderWithAttribution(message)
        observeTouch(message.locate)
    }

    package mutating func orderExecuted(_ message: OrderExecuted) {
        observe(message)
        books.orderExecuted(message)
        observeTouch(message.locate)
    }

    package mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        observe(message)
        books.orderExecutedWithPrice(message)
        observeTouch(message.locate)
    }

    package mutating func orderCancel(_ message: OrderCancel) {
        observe(message)
        books.orderCancel(message)
        observeTouch(message.locate)
    }

    package mutating func orderDelete(_ message: OrderDelete) {
        observe(message)
        books.orderDelete(message)
        observeTouch(message.locate)
    }

    package mutating func orderReplace(_ message: OrderReplace) {
        observe(message)
        observeOrder(message.locate, message.price)
        books.orderReplace(message)
        observeTouch(message.locate)
    }

    package mutating func stockDirectory(_ message: StockDirectory) {
        observe(message)
        declared[UInt32(message.locate)] = true
    }

    package mutating func trade(_ message: Trade) { observe(message) }
    package mutating func crossTrade(_ message: CrossTrade) { observe(message) }
    package mutating func brokenTrade(_ message: BrokenTrade) { observe(message) }
    package mutating func orderImbalance(_ message: OrderImbalance) { observe(message) }
    package mutating func systemEvent(_ message: SystemEvent) { observe(message) }
    package mutating func tradingAction(_ message: TradingAction) { observe(message) }

    @inline(__always)
    private mutating func observe(_ message: some ITCHMessage) {
        let time = message.nanosecondsSinceMidnight
        if time < lastTime { anomalies.backwardTimes &+= 1 }
        if time >= 86_400_000_000_000 { anomalies.impossibleTimes &+= 1 }
        lastTime = time
    }

    @inline(__always)
    private mutating func observeOrder(_ locate: UInt16, _ price: UInt32) {
        if !declared[UInt32(locate)] { anomalies.undeclaredSymbols &+= 1 }
        if price == 0 || price == .max { anomalies.extremePrices &+= 1 }
    }

    @inline(__always)
    private mutating func observeTouch(_ locate: UInt16) {
        if stale[UInt32(locate)] { anomalies.staleChanges &+= 1 }
        let touch = books.touch(locate)
        if touch.hasBoth, touch.bidPrice >= touch.askPrice { anomalies.crossings &+= 1 }
    }
}
