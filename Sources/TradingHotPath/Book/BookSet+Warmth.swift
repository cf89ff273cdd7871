extension BookSet {
    /// Reads what the next message about a book is likely to need: the best levels of both sides, the orders at their
    /// ends, what finds those, and the slots that will be taken next. A few dozen cache lines, nothing changes.
    ///
    /// - Returns: a sum of what was read, so that reading cannot be left out.
    package func warm(_ locate: UInt16, levels depth: Int = 4) -> UInt64 {
        var sum = UInt64(orders[orders.upcoming].pointee.shares) &+ self.levels[self.levels.upcoming].pointee.shares
        for side in Side.allCases {
            let ladder = ladder(locate, side)
            let count = Int(ladder.count)
            for index in max(0, count - depth)..<count {
                let level = self.levels[ladder.rungs[index].level].pointee
                for handle in [level.oldest, level.newest] {
                    let order = orders[handle].pointee
                    sum &+= UInt64(references.handle(of: order.reference))
                }
            }
        }
        return sum
    }
}
