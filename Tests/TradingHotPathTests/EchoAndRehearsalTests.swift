import Testing
import TradingHotPath

@Suite("The exchange that answers, and rehearsing")
struct EchoAndRehearsalTests {
    /// A day of a market through the path.
    private func day(_ feed: inout FeedLoop, _ pipeline: inout Pipeline<NoMarks>, _ echo: inout ExchangeEcho) {
        pipeline.beginSession()
        pipeline.core.books.resetCounters()
        for _ in 0..<feed.feedMessages {
            feed.step(into: &pipeline)
            echo.answer(pipeline)
        }
    }

    @Test("Every order is answered: none stays open, half are filled, and positions are what was filled")
    func answers() {
        var feed = FeedLoop(MarketGenerator.generate(.init(seed: 9, messages: 50_000, symbols: 3)))
        var pipeline = Pipeline(TradingCore(capacity: feed.capacity), marker: NoMarks())
        var echo = ExchangeEcho()
        day(&feed, &pipeline, &echo)
        let counts = pipeline.core.gateway.counts
        #expect(pipeline.core.counts.orders > 500 && echo.responses == 2 * pipeline.core.counts.orders)
        #expect(counts.accepted == pipeline.core.counts.orders && pipeline.core.gateway.openOrders == 0)
        #expect(counts.executions + counts.canceled == counts.accepted)
        #expect(counts.executions.distance(to: counts.canceled).magnitude <= 1)
        #expect(counts.unknownReferences == 0 && counts.malformed == 0 && counts.unknownTypes == 0)
        let positions = (1...3).map { pipeline.core.gateway.position(UInt16($0)) }
        #expect(positions.contains { $0 != 0 } && positions.allSatisfy { $0 % 100 == 0 && abs($0) <= 10_000 })
    }

    @Test("Days are alike when a session begins between them, whatever marks are made")
    func days() {
        var feed = FeedLoop(MarketGenerator.generate(.init(seed: 9, messages: 30_000, symbols: 3)))
        var digests: [StateDigest] = []
        for _ in 0..<2 {
            var pipeline = Pipeline(TradingCore(capacity: feed.capacity), marker: NoMarks())
            var echo = ExchangeEcho()
            feed.rewind()
            day(&feed, &pipeline, &echo)
            digests.append(pipeline.core.stateDigest())
        }
        #expect(digests[0] == digests[1])
        // The second day of one path: positions and limits begin anew.
        var pipeline = Pipeline(TradingCore(capacity: feed.capacity), marker: NoMarks())
        var echo = ExchangeEcho()
        feed.rewind()
        day(&feed, &pipeline, &echo)
        let orders = pipeline.core.counts.orders
        while !feed.isAtStart { feed.step(into: &pipeline) }
        day(&feed, &pipeline, &echo)
        let again = pipeline.core.counts.orders - orders
        // Averages go on over night: a few orders may differ.
        #expect(again > orders * 9 / 10 && again < orders * 11 / 10)
    }

    @Test("Rehearsing changes nothing")
    func rehearsal() {
        var feed = FeedLoop(MarketGenerator.generate(.init(seed: 9, messages: 30_000, symbols: 3)))
        var pipeline = Pipeline(TradingCore(capacity: feed.capacity), marker: NoMarks())
        var rehearsal = Rehearsal()
        var echo = ExchangeEcho()
        for message in 0..<feed.feedMessages {
            if message % 500 == 0 { _ = rehearsal.run(for: UInt16(message % 5), in: pipeline.core) }
            feed.step(into: &pipeline)
            echo.answer(pipeline)
        }
        let rehearsed = pipeline.core.stateDigest()
        var plain = Pipeline(TradingCore(capacity: feed.capacity), marker: NoMarks())
        var plainEcho = ExchangeEcho()
        feed.rewind()
        day(&feed, &plain, &plainEcho)
        #expect(plain.core.stateDigest() == rehearsed)
        #expect(pipeline.core.books.stateDigest() == feed.digest)
    }

    @Test("Generated depth streams are followed whole")
    func depth() {
        let texts = DepthGenerator.messages(seed: 3, messages: 6_000)
        #expect(texts == DepthGenerator.messages(seed: 3, messages: 6_000))
        var feed = DepthFeed()
        for text in texts { text.withUnsafeBytes { feed.receive($0) } }
        let counts = feed.counts
        #expect(counts.malformed == 0 && counts.gaps == 0 && counts.others == 0 && counts.snapshots == 1)
        #expect(counts.depthUpdates + counts.bookTickers + counts.trades == 5_999)
        // Measured: 8.4, 68 and 24 %.
        #expect(abs(Double(counts.depthUpdates) / 6_000 - 0.084) < 0.01)
        #expect(abs(Double(counts.bookTickers) / 6_000 - 0.68) < 0.02)
        let isCurrent = feed.isCurrent
        #expect(isCurrent)
    }
}
