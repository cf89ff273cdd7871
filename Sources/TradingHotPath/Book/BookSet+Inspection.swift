/// One price level as seen from outside.
package struct LevelSummary: Equatable, Sendable {
    package var price: UInt32
    package var shares: UInt64
    package var orders: Int

    package init(price: UInt32, shares: UInt64, orders: Int) {
        self.price = price
        self.shares = shares
        self.orders = orders
    }
}

/// One order as seen from outside.
package struct RestingOrder: Equatable, Sendable {
    package var reference: UInt64
    package var shares: UInt32

    package init(reference: UInt64, shares: UInt32) {
        self.reference = reference
        self.shares = shares
    }
}

/// Looking into the books. Not for the hot path: the lists are allocated.
extension BookSet {
    /// Filled levels of one side.
    package func levelCount(_ locate: UInt16, _ side: Side) -> Int { Int(ladder(locate, side).count) }

    /// The level at a distance from the touch, 0 being the best; nil past the last.
    package func level(_ locate: UInt16, _ side: Side, depth: Int) -> LevelSummary? {
        let ladder = ladder(locate, side)
        guard depth >= 0, depth < Int(ladder.count) else { return nil }
        let level = levels[ladder.rungs[Int(ladder.count) - 1 - depth].level].pointee
        return LevelSummary(
            price: Ladder.price(key: level.key, sideBit: UInt32(side.rawValue)), shares: level.shares,
            orders: Int(level.orders))
    }

    /// All levels of one side, best first.
    package func allLevels(_ locate: UInt16, _ side: Side) -> [LevelSummary] {
        (0..<levelCount(locate, side)).map { level(locate, side, depth: $0)! }
    }

    /// The queue of the level at a distance from the touch, in time priority.
    package func queue(_ locate: UInt16, _ side: Side, depth: Int) -> [RestingOrder] {
        var queue: [RestingOrder] = []
        var handle = frontHandle(locate, side, depth: depth)
        while handle != 0 {
            let order = orders[handle].pointee
            queue.append(RestingOrder(reference: order.reference, shares: order.shares))
            handle = order.newer
        }
        return queue
    }

    /// The order that trades next on one side.
    package func frontOrder(_ locate: UInt16, _ side: Side) -> RestingOrder? {
        let handle = frontHandle(locate, side, depth: 0)
        guard handle != 0 else { return nil }
        let order = orders[handle].pointee
        return RestingOrder(reference: order.reference, shares: order.shares)
    }

    /// Distance from the touch of an order's level in filled levels, 0 being the best; nil for an unknown reference.
    package func depth(ofOrder reference: UInt64) -> Int? {
        let handle = references.handle(of: reference)
        guard handle != 0 else { return nil }
        let level = levels[orders[handle].pointee.level].pointee
        let ladder = ladders[level.ladder]
        return Int(ladder.count) - ladder.upperBound(level.key)
    }

    private func frontHandle(_ locate: UInt16, _ side: Side, depth: Int) -> UInt32 {
        let ladder = ladder(locate, side)
        guard depth >= 0, depth < Int(ladder.count) else { return 0 }
        return levels[ladder.rungs[Int(ladder.count) - 1 - depth].level].pointee.oldest
    }

    func ladder(_ locate: UInt16, _ side: Side) -> Ladder { ladders[UInt32(locate) << 1 | UInt32(side.rawValue)] }
}
