import Testing
import TradingHotPath

/// A million random changes to a few books, followed by the product and by a model that keeps each queue as a plain
/// list and searches it from the front.
@Suite("Book under random changes")
struct BookPropertyTests {
    /// One side of one book: price → references in time priority. Shares are kept beside it.
    private struct SlowModel {
        var queues: [[UInt32: [UInt64]]] = Array(repeating: [:], count: 8)
        var orders: [UInt64: (side: Int, price: UInt32, shares: UInt32)] = [:]

        mutating func add(_ reference: UInt64, _ side: Int, _ shares: UInt32, _ price: UInt32) {
            queues[side][price, default: []].append(reference)
            orders[reference] = (side, price, shares)
        }

        mutating func take(_ reference: UInt64, _ shares: UInt32) {
            let order = orders[reference]!
            guard shares >= order.shares else {
                orders[reference]!.shares -= shares
                return
            }
            orders[reference] = nil
            queues[order.side][order.price]!.removeAll { $0 == reference }
            if queues[order.side][order.price]!.isEmpty { queues[order.side][order.price] = nil }
        }
    }

    @Test("1,000,000 operations: every place in every queue, and the invariants", arguments: [(21, 40), (22, 3_000)])
    func randomChanges(seed: UInt64, prices: UInt64) throws {
        var random = RandomSource(seed: seed)
        var model = SlowModel()
        var books = BookSet(
            capacity: BookCapacity(
                orders: 6_000, levels: 6_000, rungs: 100_000, pages: 6_000, maximumReference: 1 << 24))
        var alive: [UInt64] = []
        var stream = TestBytes()
        for step in 1...500_000 {
            let isFull = alive.count >= 3_000
            let choice = alive.isEmpty ? 0 : isFull ? 3 + random.below(5) : random.below(8)
            let reference = UInt64(step) * 3
            if choice < 4 && !isFull || alive.isEmpty {
                let side = Int(random.below(8))
                let shares = UInt32(1 + random.below(200))
                let price = UInt32(1 + random.below(prices))
                stream.add(reference, side & 1 == 0 ? "B" : "S", shares, price, locate: UInt16(side / 2))
                model.add(reference, side, shares, price)
                alive.append(reference)
            } else {
                let index = Int(random.below(UInt64(alive.count)))
                let old = alive[index]
                let order = model.orders[old]!
                let shares = UInt32(1 + random.below(UInt64(order.shares)))
                switch choice {
                case 4: stream.execute(old, shares)
                case 5: stream.cancel(old, shares)
                case 6:
                    let price = random.below(4) == 0 ? order.price : UInt32(1 + random.below(prices))
                    stream.replace(old, reference, shares, price)
                    model.take(old, order.shares)
                    model.add(reference, order.side, shares, price)
                    alive[index] = reference
                default: stream.delete(old)
                }
                if choice != 6 {
                    model.take(old, choice == 4 || choice == 5 ? shares : order.shares)
                    if model.orders[old] == nil {
                        alive.swapAt(index, alive.count - 1)
                        alive.removeLast()
                    }
                }
            }
            if step % 5_000 == 0 {
                decode(stream.bytes, into: &books)
                stream.bytes.removeAll(keepingCapacity: true)
                try books.checkInvariants()
                try compare(books, model)
            }
        }
        #expect(books.counters.anomalies == 0)
    }

    private func compare(_ books: borrowing BookSet, _ model: SlowModel) throws {
        var isEqual = books.liveOrders == model.orders.count
        for side in 0..<8 {
            let queues = model.queues[side].sorted { side & 1 == 0 ? $0.key > $1.key : $0.key < $1.key }
            let (locate, bookSide) = (UInt16(side / 2), Side.allCases[side & 1])
            isEqual = isEqual && books.levelCount(locate, bookSide) == queues.count
            for (depth, queue) in queues.enumerated() where isEqual {
                isEqual =
                    books.level(locate, bookSide, depth: depth)?.price == queue.key
                    && books.queue(locate, bookSide, depth: depth)
                        == queue.value.map { RestingOrder(reference: $0, shares: model.orders[$0]!.shares) }
            }
        }
        try #require(isEqual)
    }
}
