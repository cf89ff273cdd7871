/// The books as structs in dictionaries and arrays: what a careful Swift programmer writes first.
///
/// No class, existential or message object; orders are found by hashing, levels by searching a sorted array from the
/// best, and a queue is an array of references.
package struct ValueBooks: OrderBooks {
    private struct Order {
        var locate: UInt16
        var side: Side
        var price: UInt32
        var shares: UInt32
    }

    private struct Level {
        var price: UInt32
        var shares: UInt64
        var queue: [UInt64]
    }

    private struct Book {
        /// The best price at the back.
        var bids: [Level] = []
        var asks: [Level] = []

        subscript(side: Side) -> [Level] {
            get { side == .bid ? bids : asks }
            _modify {
                if side == .bid { yield &bids } else { yield &asks }
            }
        }
    }

    private var orders: [UInt64: Order] = [:]
    private var books: [UInt16: Book] = [:]
    package private(set) var counters = BookCounters()

    package mutating func resetCounters() { counters = BookCounters() }

    package init() {}

    package var liveOrders: Int { orders.count }

    package mutating func addOrder(_ message: AddOrder) {
        add(message.reference, message.locate, message.side, message.shares, message.price)
    }

    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        add(message.reference, message.locate, message.side, message.shares, message.price)
    }

    package mutating func orderExecuted(_ message: OrderExecuted) {
        guard let order = orders[message.reference] else {
            counters.unknownReferences += 1
            return
        }
        count(reduce(message.reference, order, by: message.shares), at: order.price)
    }

    package mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        guard let order = orders[message.reference] else {
            counters.unknownReferences += 1
            return
        }
        let traded = reduce(message.reference, order, by: message.shares)
        if message.printable == UInt8(ascii: "Y") { count(traded, at: message.price) }
    }

    package mutating func orderCancel(_ message: OrderCancel) {
        guard let order = orders[message.reference] else {
            counters.unknownReferences += 1
            return
        }
        _ = reduce(message.reference, order, by: message.cancelledShares)
    }

    package mutating func orderDelete(_ message: OrderDelete) {
        guard let order = orders[message.reference] else {
            counters.unknownReferences += 1
            return
        }
        remove(message.reference, order)
    }

    package mutating func orderReplace(_ message: OrderReplace) {
        guard var order = orders[message.oldReference] else {
            counters.unknownReferences += 1
            return
        }
        remove(message.oldReference, order)
        order.shares = message.shares
        order.price = message.price
        insert(message.newReference, order)
    }

    // MARK: Steps

    private mutating func add(_ reference: UInt64, _ locate: UInt16, _ code: UInt8, _ shares: UInt32, _ price: UInt32) {
        guard let side = Side(feedCode: code) else {
            counters.invalidOrders += 1
            return
        }
        insert(reference, Order(locate: locate, side: side, price: price, shares: shares))
    }

    private mutating func insert(_ reference: UInt64, _ order: Order) {
        guard order.shares > 0 else {
            counters.invalidOrders += 1
            return
        }
        guard orders[reference] == nil else {
            counters.duplicateReferences += 1
            return
        }
        orders[reference] = order
        let index = upperBound(order)
        let levels = books[order.locate, default: Book()][order.side]
        if index > 0, levels[index - 1].price == order.price {
            books[order.locate]![order.side][index - 1].shares += UInt64(order.shares)
            books[order.locate]![order.side][index - 1].queue.append(reference)
        } else {
            let level = Level(price: order.price, shares: UInt64(order.shares), queue: [reference])
            books[order.locate, default: Book()][order.side].insert(level, at: index)
        }
    }

    /// Levels at least as far from the touch as an order's price.
    private func upperBound(_ order: Order) -> Int {
        guard let levels = books[order.locate]?[order.side] else { return 0 }
        var index = levels.count
        while index > 0 {
            let price = levels[index - 1].price
            if order.side == .bid ? price <= order.price : price >= order.price { return index }
            index -= 1
        }
        return 0
    }

    private mutating func reduce(_ reference: UInt64, _ order: Order, by shares: UInt32) -> UInt32 {
        guard shares < order.shares else {
            if shares > order.shares { counters.excessiveQuantities += 1 }
            remove(reference, order)
            return order.shares
        }
        orders[reference]!.shares -= shares
        books[order.locate]![order.side][upperBound(order) - 1].shares -= UInt64(shares)
        return shares
    }

    private mutating func remove(_ reference: UInt64, _ order: Order) {
        orders[reference] = nil
        let index = upperBound(order) - 1
        if books[order.locate]![order.side][index].queue.count == 1 {
            books[order.locate]![order.side].remove(at: index)
            return
        }
        books[order.locate]![order.side][index].shares -= UInt64(order.shares)
        let place = books[order.locate]![order.side][index].queue.firstIndex(of: reference)!
        books[order.locate]![order.side][index].queue.remove(at: place)
    }

    private mutating func count(_ shares: UInt32, at price: UInt32) {
        counters.executedShares &+= UInt64(shares)
        counters.executedValue &+= UInt64(shares) &* UInt64(price)
    }

    // MARK: Looking in

    package func queue(_ locate: UInt16, _ side: Side, depth: Int) -> [RestingOrder] {
        guard let levels = books[locate]?[side], levels.indices.contains(levels.count - 1 - depth) else { return [] }
        return levels[levels.count - 1 - depth].queue.map {
            RestingOrder(reference: $0, shares: orders[$0]!.shares)
        }
    }

    package func stateDigest() -> StateDigest {
        let summaries = books.sorted { $0.key < $1.key }.compactMap { locate, book -> StateDigest.Book? in
            var summary = StateDigest.Book(locate: locate)
            summary.bid = summarize(book.bids)
            summary.ask = summarize(book.asks)
            return summary.bid.orders + summary.ask.orders > 0 ? summary : nil
        }
        return StateDigest(
            books: summaries, executedShares: counters.executedShares, executedValue: counters.executedValue)
    }

    private func summarize(_ levels: [Level]) -> StateDigest.Book.Side {
        var summary = StateDigest.Book.Side()
        summary.bestPrice = levels.last?.price ?? 0
        summary.bestShares = levels.last?.shares ?? 0
        summary.levels = levels.count
        summary.orders = levels.reduce(0) { $0 + $1.queue.count }
        return summary
    }
}
