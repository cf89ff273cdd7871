import TradingHotPath

/// The plainest correct books, to compare with: a dictionary of orders and an array of queues for each side. It reads
/// the bytes itself and shares no code with the product except the digest's definition.
struct NaiveBooks {
    struct Order {
        var locate: UInt16
        var isBid: Bool
        var price: UInt32
        var shares: UInt32
    }

    struct Queue {
        var price: UInt32
        var references: [UInt64]
    }

    var orders: [UInt64: Order] = [:]
    /// By locate: bids then asks, best price first.
    var books: [UInt16: [[Queue]]] = [:]
    var executedShares: UInt64 = 0
    var executedValue: UInt64 = 0
    var messages = 0

    mutating func replay(_ bytes: [UInt8]) {
        var position = 0
        while position + 2 <= bytes.count {
            let length = Int(number(bytes, position, 2))
            if length == 0 || position + 2 + length > bytes.count { return }
            apply(Array(bytes[position + 2..<position + 2 + length]))
            position += 2 + length
        }
    }

    private mutating func apply(_ m: [UInt8]) {
        messages += 1
        let reference = m.count >= 19 ? number(m, 11, 8) : 0
        switch m[0] {
        case UInt8(ascii: "A"), UInt8(ascii: "F"):
            insert(
                reference,
                Order(
                    locate: UInt16(number(m, 1, 2)), isBid: m[19] == UInt8(ascii: "B"), price: UInt32(number(m, 32, 4)),
                    shares: UInt32(number(m, 20, 4))))
        case UInt8(ascii: "E"):
            reduce(reference, UInt32(number(m, 19, 4)), tradingAt: orders[reference]!.price)
        case UInt8(ascii: "C"):
            let isPrintable = m[31] == UInt8(ascii: "Y")
            reduce(reference, UInt32(number(m, 19, 4)), tradingAt: isPrintable ? UInt32(number(m, 32, 4)) : nil)
        case UInt8(ascii: "X"): reduce(reference, UInt32(number(m, 19, 4)), tradingAt: nil)
        case UInt8(ascii: "D"): remove(reference)
        case UInt8(ascii: "U"):
            var order = orders[reference]!
            remove(reference)
            order.shares = UInt32(number(m, 27, 4))
            order.price = UInt32(number(m, 31, 4))
            insert(number(m, 19, 8), order)
        default: break
        }
    }

    private mutating func insert(_ reference: UInt64, _ order: Order) {
        precondition(orders[reference] == nil && order.shares > 0, "a stream under test is consistent")
        orders[reference] = order
        var queues = books[order.locate, default: [[], []]][order.isBid ? 0 : 1]
        if let index = queues.firstIndex(where: { $0.price == order.price }) {
            queues[index].references.append(reference)
        } else {
            queues.append(Queue(price: order.price, references: [reference]))
            queues.sort { order.isBid ? $0.price > $1.price : $0.price < $1.price }
        }
        books[order.locate, default: [[], []]][order.isBid ? 0 : 1] = queues
    }

    private mutating func reduce(_ reference: UInt64, _ shares: UInt32, tradingAt price: UInt32?) {
        let open = orders[reference]!.shares
        precondition(shares <= open, "a stream under test is consistent")
        if let price {
            executedShares += UInt64(shares)
            executedValue += UInt64(shares) * UInt64(price)
        }
        if shares == open { remove(reference) } else { orders[reference]!.shares = open - shares }
    }

    private mutating func remove(_ reference: UInt64) {
        let order = orders.removeValue(forKey: reference)!
        let side = order.isBid ? 0 : 1
        let index = books[order.locate]![side].firstIndex { $0.price == order.price }!
        books[order.locate]![side][index].references.removeAll { $0 == reference }
        if books[order.locate]![side][index].references.isEmpty { books[order.locate]![side].remove(at: index) }
    }

    private func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        bytes[offset..<offset + count].reduce(0) { $0 * 256 + UInt64($1) }
    }

    var digest: StateDigest {
        let summaries = books.keys.sorted().compactMap { locate -> StateDigest.Book? in
            var book = StateDigest.Book(locate: locate)
            book.bid = summary(books[locate]![0])
            book.ask = summary(books[locate]![1])
            return book.bid.orders + book.ask.orders > 0 ? book : nil
        }
        return StateDigest(books: summaries, executedShares: executedShares, executedValue: executedValue)
    }

    private func summary(_ queues: [Queue]) -> StateDigest.Book.Side {
        var side = StateDigest.Book.Side()
        side.levels = queues.count
        side.orders = queues.reduce(0) { $0 + $1.references.count }
        if let best = queues.first {
            side.bestPrice = best.price
            side.bestShares = shares(best)
        }
        return side
    }

    func shares(_ queue: Queue) -> UInt64 { queue.references.reduce(0) { $0 + UInt64(orders[$1]!.shares) } }
}
