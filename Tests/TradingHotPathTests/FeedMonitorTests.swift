import Testing
import TradingHotPath

@Suite("Watched books")
struct FeedMonitorTests {
    @Test("Every implausible thing is counted, and the books stay whole")
    func anomalies() throws {
        var stream = TestBytes()
        let directory = [Array("TEST    QN".utf8), big(UInt32(100)), Array("NCZ PNN1N".utf8), big(UInt32(0)), [0x4E]]
        stream.message("R", locate: 1, time: 10, directory)
        func add(_ reference: UInt64, _ side: Character, _ price: UInt32, locate: UInt16, time: UInt64) {
            stream.message(
                "A", locate: locate, time: time,
                [big(reference), [side.asciiValue!], big(UInt32(5)), Array("TEST    ".utf8), big(price)])
        }
        add(1, "B", 100, locate: 1, time: 20)
        add(2, "S", 90, locate: 1, time: 15)
        add(3, "B", 0, locate: 1, time: 30)
        add(4, "S", .max, locate: 1, time: 30)
        add(5, "S", 200, locate: 7, time: 30)
        stream.message("D", locate: 1, time: 86_400_000_000_000, [big(UInt64(2))])
        var books = MonitoredBooks(capacity: smallCapacity)
        decode(stream.bytes, into: &books)
        var expected = FeedAnomalies()
        expected.backwardTimes = 1
        expected.impossibleTimes = 1
        expected.undeclaredSymbols = 1
        expected.extremePrices = 2
        expected.crossings = 3
        #expect(books.anomalies == expected)
        #expect(books.books.liveOrders == 4 && books.books.counters.anomalies == 0)
        try books.books.checkInvariants()
    }

    @Test("After a gap every declared book is stale until it is recovered")
    func staleness() {
        var stream = TestBytes()
        let directory = [Array("TEST    QN".utf8), big(UInt32(100)), Array("NCZ PNN1N".utf8), big(UInt32(0)), [0x4E]]
        for locate: UInt16 in [3, 9] { stream.message("R", locate: locate, directory) }
        var books = MonitoredBooks(capacity: smallCapacity)
        decode(stream.bytes, into: &books)
        books.markAllStale()
        books.markAllStale()
        #expect(books.staleBooks == 2 && books.isStale(3) && books.isStale(9) && !books.isStale(1))
        var change = TestBytes()
        change.add(1, "B", 5, 5, locate: 3)
        change.add(2, "B", 5, 5, locate: 9)
        books.markRecovered(9)
        books.markRecovered(9)
        decode(change.bytes, into: &books)
        #expect(books.staleBooks == 1 && books.anomalies.staleChanges == 1)
    }

    @Test("100,000 mutations of a real-looking stream: followed without a trap, and the invariants hold")
    func mutations() throws {
        let original = MarketGenerator.generate(.init(seed: 12, messages: 300, symbols: 2))
        var random = RandomSource(seed: 13)
        var books = MonitoredBooks(
            capacity: BookCapacity(orders: 200, levels: 100, rungs: 512, pages: 120, maximumReference: 1 << 20))
        var receiver = MoldReceiver()
        var counts = FramingCounts()
        for round in 0..<100_000 {
            let start = Int(random.below(UInt64(original.count - 400)))
            var bytes = Array(original[(random.below(2) == 0 ? 0 : start)..<(start + 400)].prefix(800))
            for _ in 0...random.below(6) {
                let place = Int(random.below(UInt64(bytes.count)))
                switch random.below(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[place] ^= 1 << UInt8(random.below(8))
                case 2: bytes.remove(at: place)
                default: bytes.insert(bytes[Int(random.below(UInt64(bytes.count)))], at: place)
                }
            }
            if round % 4 == 0 {
                _ = bytes.withUnsafeBytes { receiver.receive($0, into: &books) }
                receiver.acceptGap()
            } else {
                counts += decode(bytes, into: &books)
            }
            if round % 500 == 0 { try books.books.checkInvariants() }
        }
        try books.books.checkInvariants()
        #expect(counts.messages > 100_000 && counts.malformed > 1_000 && counts.unknownTypes > 1_000)
        #expect(books.anomalies.total > 10_000 && books.books.counters.anomalies > 10_000)
    }
}
