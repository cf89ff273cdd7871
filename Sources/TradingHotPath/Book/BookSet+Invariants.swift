/// A rule that a set of books broke, and where.
package struct BrokenInvariant: Error, Equatable, Sendable, CustomStringConvertible {
    package var description: String
}

extension BookSet {
    /// Checks everything that must hold between two messages. For a debug mode and for tests; not for the hot path.
    ///
    /// 1. The keys of a ladder ascend strictly, and it has no more rungs than room.
    /// 2. A rung and its level agree on the key; a level knows its ladder.
    /// 3. No level is empty; its shares and orders are the sum and length of its queue.
    /// 4. A queue runs the same way forward and backward, and its orders know their level.
    /// 5. No order is empty, and the reference table finds each one by its reference.
    /// 6. The sums over all books are the live orders and levels, and no more slots are in use than that.
    ///
    /// - Throws: the first rule that is broken.
    /// - Complexity: O(live orders + used books).
    package func checkInvariants() throws(BrokenInvariant) {
        var totalOrders = 0
        var totalLevels = 0
        for index in 0..<usedLadders {
            let ladder = ladders[UInt32(index)]
            try require(ladder.count <= ladder.capacity, "ladder \(index) has \(ladder.count) rungs in too little room")
            for position in 0..<Int(ladder.count) {
                let rung = ladder.rungs[position]
                try require(
                    position == 0 || ladder.rungs[position - 1].key < rung.key,
                    "ladder \(index) does not ascend at rung \(position)")
                totalOrders += try checkLevel(rung, ladder: UInt32(index))
            }
            totalLevels += Int(ladder.count)
        }
        try require(totalOrders == liveOrders, "\(totalOrders) orders in queues, \(liveOrders) counted")
        try require(totalLevels == liveLevels, "\(totalLevels) levels on ladders, \(liveLevels) counted")
        try require(orders.inUse == liveOrders, "\(orders.inUse) order slots in use for \(liveOrders) orders")
        try require(levels.inUse == liveLevels, "\(levels.inUse) level slots in use for \(liveLevels) levels")
        try require(references.liveCount == liveOrders, "\(references.liveCount) references for \(liveOrders) orders")
    }

    /// - Returns: the orders of the level.
    private func checkLevel(_ rung: Rung, ladder: UInt32) throws(BrokenInvariant) -> Int {
        let level = levels[rung.level].pointee
        try require(level.key == rung.key && level.ladder == ladder, "level \(rung.level) is on a wrong rung")
        var shares: UInt64 = 0
        var count = 0
        var older: UInt32 = 0
        var handle = level.oldest
        while handle != 0 {
            let order = orders[handle].pointee
            try require(order.level == rung.level, "order \(order.reference) is on a wrong level")
            try require(order.older == older, "the queue of level \(rung.level) does not run backward")
            try require(order.shares > 0, "order \(order.reference) is empty")
            try require(
                references.handle(of: order.reference) == handle, "order \(order.reference) is not found by reference")
            shares += UInt64(order.shares)
            count += 1
            try require(count <= liveOrders, "the queue of level \(rung.level) has no end")
            older = handle
            handle = order.newer
        }
        try require(level.newest == older, "the queue of level \(rung.level) ends elsewhere")
        try require(
            count > 0 && count == Int(level.orders) && shares == level.shares,
            "level \(rung.level) counts \(level.orders) orders of \(level.shares) shares; there are \(count) of \(shares)"
        )
        return count
    }

    private func require(_ condition: Bool, _ broken: @autoclosure () -> String) throws(BrokenInvariant) {
        guard condition else { throw BrokenInvariant(description: broken()) }
    }
}
