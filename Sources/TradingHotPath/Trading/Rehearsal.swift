/// Keeps a quiet path warm: between two ticks it runs the whole path on a market of its own, and reads what the next
/// tick of a book will need.
///
/// After a pause the first tick meets caches, translation buffers and branch predictors that others have used since, and
/// takes many times as long as the ones that follow. A thread that polls for market data has the time in between: it
/// rehearses, every hundred microseconds or so. Nothing of the real books, orders or limits changes; a rehearsal takes
/// some microseconds, by which a tick that comes meanwhile is late.
package struct Rehearsal: ~Copyable {
    private var pipeline: Pipeline<NoMarks>
    private var feed: FeedLoop
    private var echo = ExchangeEcho()

    package init() {
        // Every kind of book message, and orders that pass all stages.
        feed = FeedLoop(MarketGenerator.generate(.init(seed: 77, messages: 600, symbols: 1)))
        pipeline = Pipeline(TradingCore(capacity: feed.capacity, openOrders: 64), marker: NoMarks())
    }

    /// - Parameters:
    ///   - messages: of the own market. Some dozens bring every stage's code back.
    ///   - locate: the book to be read in the real core.
    /// - Returns: a sum of what was read, so that reading cannot be left out.
    package mutating func run(messages: Int = 48, for locate: UInt16, in core: borrowing TradingCore) -> UInt64 {
        for _ in 0..<messages {
            if feed.isAtStart { pipeline.beginSession() }
            feed.step(into: &pipeline)
        }
        echo.answer(pipeline)
        return core.warm(locate)
    }
}

extension TradingCore {
    /// Reads what the next tick of a book will need, in all stages.
    borrowing func warm(_ locate: UInt16) -> UInt64 {
        books.warm(locate) &+ UInt64(bitPattern: signal(locate).microprice)
            &+ UInt64(bitPattern: gateway.exposure(locate, .bid)) &+ risk.count(.accepted)
    }
}
