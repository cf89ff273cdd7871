/// What is left of a whole feed in one number: two implementations that followed the same messages agree on it,
/// whatever their structures, threads, build or machine.
///
/// It is FNV-1a, 64 bits (offset basis 14695981039346656037, prime 1099511628211; Fowler, Noll and Vo, RFC 9923),
/// over 64-bit words, each as eight bytes from the lowest to the highest:
///
/// 1. for every book with at least one order, by ascending locate: locate · best bid price · shares there · best ask
///    price · shares there · bid levels · ask levels · bid orders · ask orders (0 for an empty side);
/// 2. orders alive · levels · executed shares · executed value.
///
/// Aggregated books can produce it too: queues are not part of it. Prices are in 1/10,000, and executions count as
/// in ``BookCounters``.
package struct StateDigest: Equatable, Sendable, CustomStringConvertible {
    /// One book as the digest sees it.
    package struct Book: Equatable, Sendable {
        package struct Side: Equatable, Sendable {
            /// Price and shares of the best level, 0 without one.
            package var bestPrice: UInt32 = 0
            package var bestShares: UInt64 = 0
            package var levels = 0
            package var orders = 0

            package init() {}
        }

        package var locate: UInt16
        package var bid = Side()
        package var ask = Side()

        package init(locate: UInt16) { self.locate = locate }
    }

    package private(set) var value: UInt64 = 14_695_981_039_346_656_037

    /// - Parameter books: those with at least one order, by ascending locate.
    package init(books: [Book], executedShares: UInt64, executedValue: UInt64) {
        var orders = 0
        var levels = 0
        for book in books {
            combine(UInt64(book.locate))
            for side in [book.bid, book.ask] {
                combine(UInt64(side.bestPrice))
                combine(side.bestShares)
            }
            for count in [book.bid.levels, book.ask.levels, book.bid.orders, book.ask.orders] {
                combine(UInt64(count))
            }
            orders += book.bid.orders + book.ask.orders
            levels += book.bid.levels + book.ask.levels
        }
        combine(UInt64(orders))
        combine(UInt64(levels))
        combine(executedShares)
        combine(executedValue)
    }

    /// Sixteen hexadecimal digits.
    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    mutating func combine(_ word: UInt64) {
        for byte in 0..<8 {
            value ^= word >> (8 * UInt64(byte)) & 0xFF
            value &*= 1_099_511_628_211
        }
    }
}

extension BookSet {
    /// - Complexity: O(live levels + used books).
    package func stateDigest() -> StateDigest {
        StateDigest(
            books: digestedBooks(), executedShares: counters.executedShares, executedValue: counters.executedValue)
    }

    /// The books with at least one order, by ascending locate: what a digest over several sets is made of, of which each
    /// follows some of the instruments on a thread of its own.
    package func digestedBooks() -> [StateDigest.Book] {
        var books: [StateDigest.Book] = []
        for index in 0..<(usedLadders + 1) / 2 {
            let locate = UInt16(index)
            var book = StateDigest.Book(locate: locate)
            book.bid = summary(locate, .bid)
            book.ask = summary(locate, .ask)
            if book.bid.orders + book.ask.orders > 0 { books.append(book) }
        }
        return books
    }

    private func summary(_ locate: UInt16, _ side: Side) -> StateDigest.Book.Side {
        let ladder = ladder(locate, side)
        var summary = StateDigest.Book.Side()
        summary.levels = Int(ladder.count)
        for rung in 0..<Int(ladder.count) {
            summary.orders += Int(levels[ladder.rungs[rung].level].pointee.orders)
        }
        if let best = level(locate, side, depth: 0) {
            summary.bestPrice = best.price
            summary.bestShares = best.shares
        }
        return summary
    }
}
