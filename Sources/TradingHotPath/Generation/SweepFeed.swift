/// A market order that eats through many levels: the worst a single event can do to one side of a book.
package enum SweepFeed {
    /// One ask and one bid far away, then on each of `levels` ask levels an order, all of them executed from the best
    /// outward within the same nanosecond, as an exchange reports it, and the levels filled again.
    ///
    /// - Parameters:
    ///   - levels: 1 to 100,000.
    ///   - ordersPerLevel: executed one after the other.
    /// - Returns: a framed stream. Its first `2 + levels × ordersPerLevel` messages build the book, as many as are
    ///   executed after them.
    package static func stream(levels: Int, ordersPerLevel: Int = 1) -> [UInt8] {
        precondition((1...100_000).contains(levels) && (1...100).contains(ordersPerLevel))
        var writer = ITCHWriter()
        let stock = StockSymbol(rawValue: 0x5357_4550_2020_2020)
        var time: UInt64 = 34_200_000_000_000
        let base: UInt32 = 1_000_000
        func reference(_ level: Int, _ order: Int) -> UInt64 { UInt64(4 * (level * ordersPerLevel + order + 3) + 1) }
        writer.add(1, stock, reference: 1, side: .bid, shares: 100, price: base - 100, attributed: false, at: time)
        writer.add(
            1, stock, reference: 5, side: .ask, shares: 100, price: base + UInt32(levels + 1) * 100, attributed: false,
            at: time)
        // From the outermost to the best, as a book fills in after a sweep.
        for level in (0..<levels).reversed() {
            for order in 0..<ordersPerLevel {
                time += 1_000
                writer.add(
                    1, stock, reference: reference(level, order), side: .ask, shares: 100,
                    price: base + UInt32(level) * 100, attributed: false, at: time)
            }
        }
        time += 1_000_000
        for level in 0..<levels {
            for order in 0..<ordersPerLevel {
                writer.execute(
                    1, reference: reference(level, order), shares: 100,
                    match: UInt64(level * ordersPerLevel + order + 1), price: nil, at: time)
            }
        }
        return writer.bytes
    }
}
