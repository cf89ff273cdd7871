import Testing
import TradingHotPath

@Suite("Book")
struct BookTests {
    /// Replays messages and looks at the result.
    private func replay(
        capacity: BookCapacity = smallCapacity, _ build: (inout TestBytes) -> Void,
        look: (borrowing BookSet) -> Void
    ) {
        var stream = TestBytes()
        build(&stream)
        var books = BookSet(capacity: capacity)
        decode(stream.bytes, into: &books)
        look(books)
    }

    @Test("The best bid is the highest and the best ask the lowest")
    func bestPrices() {
        replay {
            for (index, price) in [100, 102, 99, 101].enumerated() { $0.add(UInt64(index), "B", 10, UInt32(price)) }
            for (index, price) in [105, 103, 106, 104].enumerated() {
                $0.add(UInt64(10 + index), "S", 20, UInt32(price))
            }
        } look: { books in
            #expect(books.allLevels(1, .bid).map(\.price) == [102, 101, 100, 99])
            #expect(books.allLevels(1, .ask).map(\.price) == [103, 104, 105, 106])
            #expect(books.liveOrders == 8 && books.liveLevels == 8)
        }
    }

    @Test("Orders of one price queue in the order of arrival")
    func timePriority() {
        replay {
            for reference in [5, 3, 9, 7] { $0.add(UInt64(reference), "B", 10, 100) }
            $0.delete(9)
        } look: { books in
            #expect(books.queue(1, .bid, depth: 0).map(\.reference) == [5, 3, 7])
            #expect(books.level(1, .bid, depth: 0) == LevelSummary(price: 100, shares: 30, orders: 3))
        }
    }

    @Test("A partial execution or cancel keeps the place in the queue")
    func partialReductions() {
        replay {
            for reference in [1, 2, 3] { $0.add(UInt64(reference), "S", 100, 100) }
            $0.execute(1, 30)
            $0.cancel(2, 45)
        } look: { books in
            #expect(
                books.queue(1, .ask, depth: 0) == [
                    RestingOrder(reference: 1, shares: 70), RestingOrder(reference: 2, shares: 55),
                    RestingOrder(reference: 3, shares: 100),
                ])
            #expect(books.level(1, .ask, depth: 0)?.shares == 225)
        }
    }

    @Test("A replace loses the place in the queue, even at the same price, and keeps side and book")
    func replaceLosesPriority() {
        replay {
            for reference in [1, 2, 3] { $0.add(UInt64(reference), "S", 100, 100, locate: 8) }
            $0.replace(1, 4, 50, 100)
            $0.replace(2, 2, 60, 90)
        } look: { books in
            #expect(books.queue(8, .ask, depth: 1).map(\.reference) == [3, 4])
            #expect(books.queue(8, .ask, depth: 0) == [RestingOrder(reference: 2, shares: 60)])
            #expect(books.liveOrders == 3 && books.counters.anomalies == 0)
        }
    }

    @Test("E trades at the resting price, C at its own, and only printable shares count")
    func executionPrices() {
        replay {
            $0.add(1, "B", 100, 50)
            $0.add(2, "S", 100, 60)
            $0.execute(1, 10)
            $0.execute(2, 20)
            $0.execute(2, 30, at: 55)
            $0.execute(2, 40, at: 55, printable: "N")
        } look: { books in
            #expect(books.counters.executedShares == 60)
            #expect(books.counters.executedValue == 10 * 50 + 20 * 60 + 30 * 55)
            #expect(books.queue(1, .ask, depth: 0) == [RestingOrder(reference: 2, shares: 10)])
        }
    }

    @Test("An order executed in full leaves, and its level with it")
    func fullExecution() {
        replay {
            $0.add(1, "B", 100, 50)
            $0.add(2, "B", 100, 49)
            $0.execute(1, 60)
            $0.execute(1, 40)
        } look: { books in
            #expect(books.allLevels(1, .bid) == [LevelSummary(price: 49, shares: 100, orders: 1)])
            #expect(books.depth(ofOrder: 1) == nil && books.depth(ofOrder: 2) == 0)
        }
    }

    @Test("Messages that contradict the book are counted and change nothing")
    func contradictions() {
        replay {
            $0.add(1, "B", 100, 50)
            $0.add(1, "B", 7, 51)
            $0.add(2, "Z", 7, 51)
            $0.add(3, "B", 0, 51)
            $0.delete(9)
            $0.execute(9, 1)
            $0.cancel(9, 1)
            $0.replace(9, 10, 1, 1)
            $0.add(4, "S", 5, 60)
            $0.execute(4, 6)
            $0.add(UInt64.max, "S", 5, 60)
            $0.delete(UInt64.max)
        } look: { books in
            #expect(books.counters.duplicateReferences == 1)
            #expect(books.counters.invalidOrders == 2)
            #expect(books.counters.unknownReferences == 5)
            #expect(books.counters.excessiveQuantities == 1)
            #expect(books.counters.capacityRejections == 1)
            #expect(books.counters.executedShares == 5)
            #expect(books.allLevels(1, .bid) == [LevelSummary(price: 50, shares: 100, orders: 1)])
            #expect(books.levelCount(1, .ask) == 0)
        }
    }

    @Test("References that are in use are refused wherever they lie among others, and taken again later")
    func referencesComeBack() {
        var random = RandomSource(seed: 11)
        var alive: Set<UInt64> = []
        var duplicates: UInt64 = 0
        let capacity = BookCapacity(orders: 1_024, levels: 16, rungs: 64, pages: 8, maximumReference: 4_096)
        replay(capacity: capacity) {
            // Four pages of references, so that pages fill, empty and change hands.
            for step in 0..<20_000 {
                let reference = 1 + UInt64(random.below(1_024))
                if step % 4_000 > 3_000 {
                    if alive.remove(reference) != nil { $0.delete(reference) }
                } else if random.below(3) > 0 {
                    if !alive.insert(reference).inserted { duplicates += 1 }
                    $0.add(reference, "B", 100, 50 + UInt32(reference % 7))
                } else if alive.remove(reference) != nil {
                    $0.delete(reference)
                }
            }
        } look: { books in
            #expect(duplicates > 1_000)
            #expect(books.counters.duplicateReferences == duplicates)
            #expect(books.counters.unknownReferences == 0)
            #expect(books.liveOrders == alive.count)
        }
    }

    @Test(
        "Each kind of room runs out on its own, and the book stays whole",
        arguments: [
            BookCapacity(orders: 3, levels: 99, rungs: 999, pages: 99, maximumReference: 1 << 20),
            BookCapacity(orders: 99, levels: 3, rungs: 999, pages: 99, maximumReference: 1 << 20),
            BookCapacity(orders: 99, levels: 99, rungs: 999, pages: 3, maximumReference: 1 << 20),
            BookCapacity(orders: 99, levels: 99, rungs: 999, pages: 99, maximumReference: 30_000),
        ])
    func capacity(capacity: BookCapacity) {
        replay(capacity: capacity) {
            for index in 0..<10 { $0.add(UInt64(index) * 10_000, "B", 1, UInt32(index + 1)) }
            for index in 0..<10 { $0.delete(UInt64(index) * 10_000) }
            for index in 0..<3 { $0.add(UInt64(index) * 10_000 + 1, "S", 1, UInt32(index + 1)) }
        } look: { books in
            #expect(books.counters.capacityRejections == (capacity.maximumReference == 30_000 ? 6 : 7))
            #expect(books.liveOrders == 3 && books.allLevels(1, .ask).map(\.price) == [1, 2, 3])
            #expect(books.levelCount(1, .bid) == 0)
        }
    }

    @Test("A ladder that outgrows its block keeps its order, at both ends and in the middle")
    func deepLadder() {
        var prices = (1...3_000).map { UInt32($0) }
        var random = RandomSource(seed: 11)
        prices.shuffle(using: &random)
        replay {
            for price in prices { $0.add(UInt64(price), "S", price, price) }
            for price in prices where price % 3 == 0 { $0.delete(UInt64(price)) }
        } look: { books in
            let expected = prices.sorted().filter { $0 % 3 != 0 }
            #expect(books.allLevels(1, .ask).map(\.price) == expected)
        }
    }

    @Test("A full arena turns orders away")
    func fullArena() {
        replay(capacity: BookCapacity(orders: 99, levels: 99, rungs: 4 + 8 + 16, pages: 9, maximumReference: 99)) {
            for index in 1...17 { $0.add(UInt64(index), "B", 1, UInt32(index)) }
        } look: { books in
            #expect(books.counters.capacityRejections == 1 && books.liveOrders == 16)
        }
    }

    @Test("After a reset the same stream leaves the same state")
    func reset() {
        let bytes = MarketGenerator.generate(.init(seed: 5, messages: 20_000, symbols: 4))
        var books = BookSet(capacity: smallCapacity)
        decode(bytes, into: &books)
        let first = books.stateDigest()
        let used = books.usedCapacity
        let live = books.liveOrders
        books.reset()
        #expect(books.liveOrders == 0 && books.stateDigest() != first)
        decode(bytes, into: &books)
        #expect(books.stateDigest() == first && books.liveOrders == live)
        #expect(books.usedCapacity == used)
        #expect(books.counters.anomalies == 0)
    }

    @Test("The used capacity of a replay is enough for another")
    func usedCapacity() {
        let bytes = MarketGenerator.generate(.init(seed: 6, messages: 20_000, symbols: 4))
        var first = BookSet(capacity: smallCapacity, prefault: false)
        decode(bytes, into: &first)
        var second = BookSet(capacity: first.usedCapacity)
        decode(bytes, into: &second)
        #expect(second.stateDigest() == first.stateDigest() && second.counters.anomalies == 0)
    }
}
