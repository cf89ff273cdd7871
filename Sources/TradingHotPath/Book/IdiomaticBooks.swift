/// The books as most Swift programs would write them: a class for each order, level and book, dictionaries to find
/// them, and every message an existential that knows how to apply itself.
///
/// Correct, and tens of times slower than ``BookSet``: what allocation, reference counting, hashing, dynamic dispatch
/// and exclusivity checks cost is the difference between the two.
package final class IdiomaticBooks: OrderBooks {
    fileprivate class Order {
        let reference: UInt64
        let side: Side
        var shares: UInt32
        unowned let level: Level

        init(reference: UInt64, side: Side, shares: UInt32, level: Level) {
            self.reference = reference
            self.side = side
            self.shares = shares
            self.level = level
        }
    }

    fileprivate class Level {
        let price: UInt32
        var queue: [Order] = []
        unowned let book: Book

        init(price: UInt32, book: Book) {
            self.price = price
            self.book = book
        }

        var shares: UInt64 { queue.reduce(0) { $0 + UInt64($1.shares) } }
    }

    fileprivate class Book {
        /// The best price first.
        var levels: [Side: [Level]] = [.bid: [], .ask: []]

        func level(at price: UInt32, on side: Side) -> Level {
            let levels = levels[side]!
            let index = levels.firstIndex { side == .bid ? $0.price <= price : $0.price >= price } ?? levels.count
            if index < levels.count, levels[index].price == price { return levels[index] }
            let level = Level(price: price, book: self)
            self.levels[side]!.insert(level, at: index)
            return level
        }
    }

    fileprivate var orders: [UInt64: Order] = [:]
    fileprivate var books: [UInt16: Book] = [:]
    package fileprivate(set) var counters = BookCounters()

    package func resetCounters() { counters = BookCounters() }

    package init() {}

    package var liveOrders: Int { orders.count }

    /// The way every message takes.
    private func handle(_ change: any BookChange) { change.apply(to: self) }

    package func addOrder(_ message: AddOrder) {
        handle(
            Addition(
                reference: message.reference, locate: message.locate, code: message.side, shares: message.shares,
                price: message.price))
    }

    package func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        handle(
            Addition(
                reference: message.reference, locate: message.locate, code: message.side, shares: message.shares,
                price: message.price))
    }

    package func orderExecuted(_ message: OrderExecuted) {
        handle(Execution(reference: message.reference, shares: message.shares, price: nil, isPrintable: true))
    }

    package func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        handle(
            Execution(
                reference: message.reference, shares: message.shares, price: message.price,
                isPrintable: message.printable == UInt8(ascii: "Y")))
    }

    package func orderCancel(_ message: OrderCancel) {
        handle(Cancellation(reference: message.reference, shares: message.cancelledShares))
    }

    package func orderDelete(_ message: OrderDelete) { handle(Deletion(reference: message.reference)) }

    package func orderReplace(_ message: OrderReplace) {
        handle(
            Replacement(
                reference: message.oldReference, newReference: message.newReference, shares: message.shares,
                price: message.price))
    }

    // MARK: Steps

    fileprivate func insert(_ reference: UInt64, in book: Book, on side: Side, shares: UInt32, price: UInt32) {
        guard shares > 0 else {
            counters.invalidOrders += 1
            return
        }
        guard orders[reference] == nil else {
            counters.duplicateReferences += 1
            return
        }
        let level = book.level(at: price, on: side)
        let order = Order(reference: reference, side: side, shares: shares, level: level)
        level.queue.append(order)
        orders[reference] = order
    }

    fileprivate func reduce(_ order: Order, by shares: UInt32) -> UInt32 {
        guard shares < order.shares else {
            if shares > order.shares { counters.excessiveQuantities += 1 }
            remove(order)
            return order.shares
        }
        order.shares -= shares
        return shares
    }

    fileprivate func remove(_ order: Order) {
        orders[order.reference] = nil
        let level = order.level
        level.queue.removeAll { $0 === order }
        if level.queue.isEmpty { level.book.levels[order.side]!.removeAll { $0 === level } }
    }

    /// The order with a reference; nil, and counted, when there is none.
    fileprivate func known(_ reference: UInt64) -> Order? {
        let order = orders[reference]
        if order == nil { counters.unknownReferences += 1 }
        return order
    }

    // MARK: Looking in

    package func queue(_ locate: UInt16, _ side: Side, depth: Int) -> [RestingOrder] {
        guard let levels = books[locate]?.levels[side], levels.indices.contains(depth) else { return [] }
        return levels[depth].queue.map { RestingOrder(reference: $0.reference, shares: $0.shares) }
    }

    package func stateDigest() -> StateDigest {
        let summaries = books.sorted { $0.key < $1.key }.compactMap { locate, book -> StateDigest.Book? in
            var summary = StateDigest.Book(locate: locate)
            summary.bid = summarize(book.levels[.bid]!)
            summary.ask = summarize(book.levels[.ask]!)
            return summary.bid.orders + summary.ask.orders > 0 ? summary : nil
        }
        return StateDigest(
            books: summaries, executedShares: counters.executedShares, executedValue: counters.executedValue)
    }

    private func summarize(_ levels: [Level]) -> StateDigest.Book.Side {
        var summary = StateDigest.Book.Side()
        summary.bestPrice = levels.first?.price ?? 0
        summary.bestShares = levels.first?.shares ?? 0
        summary.levels = levels.count
        summary.orders = levels.reduce(0) { $0 + $1.queue.count }
        return summary
    }
}

/// A message that changes a book.
private protocol BookChange {
    func apply(to books: IdiomaticBooks)
}

private struct Addition: BookChange {
    var reference: UInt64
    var locate: UInt16
    var code: UInt8
    var shares: UInt32
    var price: UInt32

    func apply(to books: IdiomaticBooks) {
        guard let side = Side(feedCode: code) else {
            books.counters.invalidOrders += 1
            return
        }
        let book = books.books[locate] ?? IdiomaticBooks.Book()
        books.books[locate] = book
        books.insert(reference, in: book, on: side, shares: shares, price: price)
    }
}

private struct Execution: BookChange {
    var reference: UInt64
    var shares: UInt32
    var price: UInt32?
    var isPrintable: Bool

    func apply(to books: IdiomaticBooks) {
        guard let order = books.known(reference) else { return }
        let price = self.price ?? order.level.price
        let traded = books.reduce(order, by: shares)
        if isPrintable {
            books.counters.executedShares &+= UInt64(traded)
            books.counters.executedValue &+= UInt64(traded) &* UInt64(price)
        }
    }
}

private struct Cancellation: BookChange {
    var reference: UInt64
    var shares: UInt32

    func apply(to books: IdiomaticBooks) {
        guard let order = books.known(reference) else { return }
        _ = books.reduce(order, by: shares)
    }
}

private struct Deletion: BookChange {
    var reference: UInt64

    func apply(to books: IdiomaticBooks) {
        guard let order = books.known(reference) else { return }
        books.remove(order)
    }
}

private struct Replacement: BookChange {
    var reference: UInt64
    var newReference: UInt64
    var shares: UInt32
    var price: UInt32

    func apply(to books: IdiomaticBooks) {
        guard let order = books.known(reference) else { return }
        let book = order.level.book
        books.remove(order)
        books.insert(newReference, in: book, on: order.side, shares: shares, price: price)
    }
}
