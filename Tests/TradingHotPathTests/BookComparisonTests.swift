import Testing
import TradingHotPath

@Suite("Book against the naive model")
struct BookComparisonTests {
    /// Every level and every place in every queue, not only the digest.
    private func expectEqual(_ books: borrowing BookSet, _ naive: NaiveBooks) {
        #expect(books.stateDigest() == naive.digest)
        #expect(books.liveOrders == naive.orders.count)
        #expect(books.counters.anomalies == 0)
        for (locate, sides) in naive.books {
            for (side, queues) in zip(Side.allCases, sides) {
                #expect(
                    books.allLevels(locate, side)
                        == queues.map {
                            LevelSummary(price: $0.price, shares: naive.shares($0), orders: $0.references.count)
                        })
                for (depth, queue) in queues.enumerated() {
                    #expect(
                        books.queue(locate, side, depth: depth)
                            == queue.references.map {
                                RestingOrder(reference: $0, shares: naive.orders[$0]!.shares)
                            })
                }
            }
        }
    }

    @Test("Generated streams", arguments: [(1, 1), (2, 1), (3, 2), (4, 5), (5, 20), (6, 300)])
    func generated(seed: UInt64, symbols: Int) {
        let bytes = MarketGenerator.generate(.init(seed: seed, messages: 15_000, symbols: symbols))
        var books = BookSet(capacity: smallCapacity)
        decode(bytes, into: &books)
        var naive = NaiveBooks()
        naive.replay(bytes)
        expectEqual(books, naive)
    }

    @Test("A deep book under uniformly random changes", arguments: [7, 8])
    func deep(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var stream = TestBytes()
        var alive: [(reference: UInt64, shares: UInt32)] = []
        for step in 0..<12_000 {
            let choice = alive.isEmpty ? 0 : random.below(step < 4_000 ? 3 : 8)
            let reference = UInt64(step) * 7
            if choice < 3 {
                let shares = UInt32(1 + random.below(500))
                stream.add(reference, random.below(2) == 0 ? "B" : "S", shares, UInt32(1 + random.below(3_000)))
                alive.append((reference, shares))
                continue
            }
            let index = Int(random.below(UInt64(alive.count)))
            let shares = UInt32(1 + random.below(UInt64(alive[index].shares)))
            switch choice {
            case 3: stream.delete(alive[index].reference)
            case 4: stream.execute(alive[index].reference, shares)
            case 5: stream.execute(alive[index].reference, shares, at: 17, printable: random.below(2) == 0 ? "Y" : "N")
            case 6: stream.cancel(alive[index].reference, shares)
            default:
                stream.replace(alive[index].reference, reference, shares, UInt32(1 + random.below(3_000)))
                alive[index] = (reference, shares)
                continue
            }
            alive[index].shares -= choice == 3 ? alive[index].shares : shares
            if alive[index].shares == 0 { alive.swapAt(index, alive.count - 1); alive.removeLast() }
        }
        var books = BookSet(capacity: smallCapacity)
        decode(stream.bytes, into: &books)
        var naive = NaiveBooks()
        naive.replay(stream.bytes)
        #expect(naive.orders.count > 500)
        expectEqual(books, naive)
    }

    @Test("The digest is the stated hash of the stated words")
    func digestDefinition() {
        var stream = TestBytes()
        stream.add(1, "B", 100, 500_000, locate: 7)
        stream.add(2, "B", 30, 490_000, locate: 7)
        stream.add(3, "S", 40, 510_000, locate: 7)
        stream.execute(3, 15)
        var books = BookSet(capacity: smallCapacity)
        decode(stream.bytes, into: &books)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for word: UInt64 in [7, 500_000, 100, 510_000, 25, 2, 1, 2, 1, 3, 3, 15, 15 * 510_000] {
            for byte in withUnsafeBytes(of: word.littleEndian, Array.init) {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        #expect(books.stateDigest().value == hash)
        #expect(books.stateDigest().description.count == 16)
    }
}
