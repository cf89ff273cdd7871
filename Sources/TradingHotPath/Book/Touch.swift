/// The best level of both sides of a book. A side without orders has 0 shares and price 0.
@usableFromInline
package struct Touch: Equatable, Sendable {
    @usableFromInline package var bidPrice: UInt32
    @usableFromInline package var askPrice: UInt32
    @usableFromInline package var bidShares: UInt64
    @usableFromInline package var askShares: UInt64

    @inlinable
    @inline(__always)
    package init(bidPrice: UInt32, bidShares: UInt64, askPrice: UInt32, askShares: UInt64) {
        self.bidPrice = bidPrice
        self.bidShares = bidShares
        self.askPrice = askPrice
        self.askShares = askShares
    }

    /// Both sides have orders.
    @inlinable
    @inline(__always)
    package var hasBoth: Bool { bidShares != 0 && askShares != 0 }
}

extension BookSet {
    @inline(__always)  // hot: per message
    package func touch(_ locate: UInt16) -> Touch {
        let bid = ladders.elements + Int(locate) << 1
        let ask = bid + 1
        var touch = Touch(bidPrice: 0, bidShares: 0, askPrice: 0, askShares: 0)
        if bid.pointee.count > 0 {
            let best = bid.pointee.rungs[Int(bid.pointee.count) &- 1]
            touch.bidPrice = best.key
            touch.bidShares = levels[best.level].pointee.shares
        }
        if ask.pointee.count > 0 {
            let best = ask.pointee.rungs[Int(ask.pointee.count) &- 1]
            touch.askPrice = ~best.key
            touch.askShares = levels[best.level].pointee.shares
        }
        return touch
    }
}
