import Testing
import TradingHotPath

@Suite("Feeds without end, and what is done to them")
struct FeedLoopTests {
    @Test("A round ends with empty books, and the next goes the same way")
    func rounds() throws {
        var feed = FeedLoop(MarketGenerator.generate(.init(seed: 4, messages: 20_000, symbols: 5)))
        var books = BookSet(capacity: feed.capacity)
        for _ in 0..<3 {
            books.resetCounters()
            feed.finish(into: &books)
            #expect(books.stateDigest() == feed.digest)
            #expect(books.liveOrders == feed.liveOrders && feed.liveOrders > 100)
            while !feed.isAtStart { feed.step(into: &books) }
            #expect(books.liveOrders == 0 && books.liveLevels == 0 && books.counters.anomalies == 0)
            try books.checkInvariants()
        }
        #expect(feed.roundMessages == feed.feedMessages + feed.liveOrders && feed.feedMessages == 20_000)
        // The capacity is what a round needs, no more.
        #expect(books.usedCapacity == feed.capacity)
    }

    @Test("What is torn or follows the end of the session is left out")
    func tornStream() {
        var stream = TestBytes()
        stream.add(1, "B", 10, 100)
        let whole = stream.bytes
        stream.add(2, "B", 10, 100)
        #expect(FeedLoop(stream.bytes.dropLast(3)).feedBytes == whole)
        #expect(FeedLoop(whole + [0, 0] + whole).feedBytes == whole)
        let feed = FeedLoop([])
        #expect(feed.length == 0 && feed.feedMessages == 0 && feed.isAtStart)
    }

    /// The feeds of the scenarios, by all three implementations: what these digests are must never change by chance.
    @Test(
        "The scenarios' feeds come to the recorded digests",
        arguments: [
            (MarketProfile?.none, 20, "2ce89447494cbfc6"), (.liquid, 1, "a6697788ebad81a4"),
            (.deep, 1, "3bb93aef816a30d8"), (.replaceHeavy, 1, "2047cb5081164c22"),
        ])
    func recordedDigests(profile: MarketProfile?, symbols: Int, digest: String) throws {
        let configuration =
            profile?.configuration(seed: 1, messages: 200_000)
            ?? .init(seed: 1, messages: 200_000, symbols: symbols)
        let bytes = MarketGenerator.generate(configuration)
        #expect(try ThreeBooksTests.expectAgreement(bytes).description == digest)
        #expect(FeedLoop(bytes).digest.description == digest)
    }

    /// Passes on the messages of some instruments, as a thread does that has its share of them.
    private struct Share: ITCHHandler, ~Copyable {
        var books: BookSet
        let number: UInt16
        let threads: UInt16

        func isMine(_ locate: UInt16) -> Bool { locate % threads == number }

        mutating func addOrder(_ message: AddOrder) { if isMine(message.locate) { books.addOrder(message) } }
        mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
            if isMine(message.locate) { books.addOrderWithAttribution(message) }
        }
        mutating func orderExecuted(_ message: OrderExecuted) {
            if isMine(message.locate) { books.orderExecuted(message) }
        }
        mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
            if isMine(message.locate) { books.orderExecutedWithPrice(message) }
        }
        mutating func orderCancel(_ message: OrderCancel) { if isMine(message.locate) { books.orderCancel(message) } }
        mutating func orderDelete(_ message: OrderDelete) { if isMine(message.locate) { books.orderDelete(message) } }
        mutating func orderReplace(_ message: OrderReplace) {
            if isMine(message.locate) { books.orderReplace(message) }
        }
    }

    @Test("As many threads as one likes come to the same state", arguments: [1, 2, 3, 7] as [UInt16])
    func threads(count: UInt16) async {
        let bytes = MarketGenerator.generate(.init(seed: 1, messages: 50_000, symbols: 20))
        let capacity = bytes.withUnsafeBytes { StreamSurvey.survey($0).0.capacity() }
        let parts = await withTaskGroup(
            of: (books: [StateDigest.Book], counters: BookCounters).self, returning: [_].self
        ) { group in
            for number in 0..<count {
                group.addTask {
                    var share = Share(
                        books: BookSet(capacity: capacity, prefault: false), number: number, threads: count)
                    decode(bytes, into: &share)
                    return (share.books.digestedBooks(), share.books.counters)
                }
            }
            var parts: [(books: [StateDigest.Book], counters: BookCounters)] = []
            for await part in group { parts.append(part) }
            return parts
        }
        let digest = StateDigest(
            books: parts.flatMap(\.books).sorted { $0.locate < $1.locate },
            executedShares: parts.reduce(0) { $0 + $1.counters.executedShares },
            executedValue: parts.reduce(0) { $0 + $1.counters.executedValue })
        #expect(digest == FeedLoop(bytes).digest)
        #expect(parts.allSatisfy { $0.counters.anomalies == 0 })
    }

    @Test("Other references, the same books", arguments: ReferenceMapping.allCases)
    func references(mapping: ReferenceMapping) throws {
        let bytes = MarketGenerator.generate(.init(seed: 5, messages: 20_000, symbols: 3))
        let mapped = mapping.apply(to: bytes)
        #expect(mapped.count == bytes.count && mapped != bytes)
        #expect(try ThreeBooksTests.expectAgreement(mapped) == ThreeBooksTests.expectAgreement(bytes))
        var seen = References()
        decode(mapped, into: &seen)
        let numbers = seen.added
        #expect(Set(numbers).count == numbers.count && numbers.count > 5_000)
        switch mapping {
        case .dense: #expect(numbers == Array(1...UInt64(numbers.count)))
        case .oneInFour: #expect(numbers.allSatisfy { $0 % 4 == 1 })
        case .scattered: #expect(Set(numbers.map { $0 / 256 }).count == numbers.count)
        case .random: #expect(numbers != numbers.sorted() && numbers.allSatisfy { $0 <= 1 << 30 })
        }
    }

    private struct References: ITCHHandler {
        var added: [UInt64] = []
        mutating func addOrder(_ message: AddOrder) { added.append(message.reference) }
        mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) { added.append(message.reference) }
        mutating func orderReplace(_ message: OrderReplace) { added.append(message.newReference) }
    }

    @Test("A sweep empties its levels from the best outward", arguments: [1, 10, 1_000])
    func sweep(levels: Int) throws {
        let bytes = SweepFeed.stream(levels: levels, ordersPerLevel: 2)
        var books = BookSet(capacity: bytes.withUnsafeBytes { StreamSurvey.survey($0).0.capacity() })
        bytes.withUnsafeBytes { stream in
            var reader = ITCHStreamReader(stream)
            // Adds are 38 bytes with their length.
            reader.replay(upTo: 38 * (2 + 2 * levels), into: &books)
            #expect(books.levelCount(1, .ask) == levels + 1 && books.liveOrders == 2 + 2 * levels)
            var best: [UInt32] = []
            while !reader.isAtEnd {
                reader.replay(upTo: 1, into: &books)
                best.append(books.level(1, .ask, depth: 0)?.price ?? 0)
            }
            #expect(best == best.sorted() && Set(best).count == levels + 1)
        }
        #expect(books.liveOrders == 2 && books.counters.anomalies == 0)
        #expect(books.counters.executedShares == UInt64(200 * levels))
    }

    @Test("Cancel-heavy: adds and deletes by halves, and many at one time")
    func cancelHeavy() {
        let bytes = MarketGenerator.generate(MarketProfile.cancelHeavy.configuration(seed: 6, messages: 60_000))
        bytes.withUnsafeBytes { stream in
            let shape = StreamShape.measure(stream)
            #expect(abs(shape.share("A") - 0.5) < 0.03 && abs(shape.share("D") - 0.5) < 0.03)
            // Measured: half of the lives below a millisecond, 1.3 s at 90 %.
            #expect(StreamShape.quantile(shape.lives, 0.45)! < 1e6)
            #expect((0.2e9...4e9).contains(StreamShape.quantile(shape.lives, 0.9)!))
        }
    }

    @Test("Replace-heavy: 82 of 100 messages move an order")
    func replaceHeavy() {
        let bytes = MarketGenerator.generate(MarketProfile.replaceHeavy.configuration(seed: 6, messages: 60_000))
        bytes.withUnsafeBytes { #expect(abs(StreamShape.measure($0).share("U") - 0.82) < 0.03) }
    }
}
