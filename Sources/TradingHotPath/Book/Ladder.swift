/// One rung: 8 bytes, so a scan of eight levels reads one cache line.
struct Rung: BitwiseCopyable {
    var key: UInt32
    /// Handle of the ``PriceLevel``.
    var level: UInt32
}

/// The filled price levels of one side, sorted by ascending key with the best price at the back.
///
/// ```
///  worst                                best
/// ┌──────┬──────┬──────┬─ … ─┬──────┬──────┐┄┄┄┄┄┄┄┐
/// │ rung │ rung │ rung │     │ rung │ rung │  room  │
/// └──────┴──────┴──────┴─ … ─┴──────┴──────┘┄┄┄┄┄┄┄┘
/// ```
///
/// Most messages concern the few levels near the touch, where inserting and removing moves a rung or two. Further
/// away the search is binary, and the cost that grows with depth is one block move of 8 bytes for each better level.
struct Ladder: BitwiseCopyable {
    /// Undefined while ``capacity`` is 0.
    var rungs: UnsafeMutablePointer<Rung>
    var count: UInt32
    /// Rungs there is room for; 0 or a power of two.
    var capacity: UInt32

    /// Rungs scanned one by one, from the best, before the search turns binary: two cache lines.
    @inline(__always)
    static var scanned: Int { 16 }

    /// A number that is larger for better prices, so both sides share one code path: bids by price, asks by its
    /// complement. `sideBit` is 0 for a bid and 1 for an ask.
    @inline(__always)
    static func key(price: UInt32, sideBit: UInt32) -> UInt32 { price ^ (0 &- sideBit) }

    @inline(__always)
    static func price(key: UInt32, sideBit: UInt32) -> UInt32 { key ^ (0 &- sideBit) }

    /// The number of rungs whose key is at most `key`: the rung with this key, if any, is the one before.
    ///
    /// - Complexity: O(distance from the best) up to ``scanned``, then O(log count).
    @inline(__always)  // hot: per message
    func upperBound(_ key: UInt32) -> Int {
        var index = Int(count)
        let scanEnd = max(index &- Self.scanned, 0)
        while index > scanEnd {
            if rungs[index &- 1].key <= key { return index }
            index &-= 1
        }
        var low = 0
        while low < index {
            let middle = (low &+ index) >> 1
            if rungs[middle].key <= key { low = middle &+ 1 } else { index = middle }
        }
        return low
    }

    /// - Precondition: `count < capacity`.
    @inline(__always)  // hot: per message
    mutating func insert(_ rung: Rung, at index: Int) {
        var moving = Int(count)
        if moving &- index <= Self.scanned {
            while moving > index {
                rungs[moving] = rungs[moving &- 1]
                moving &-= 1
            }
        } else {
            (rungs + index + 1).update(from: rungs + index, count: moving - index)
        }
        rungs[index] = rung
        count &+= 1
    }

    /// Takes out the rung with this key.
    ///
    /// - Precondition: there is one.
    @inline(__always)  // hot: per message
    mutating func remove(_ key: UInt32) {
        var index = upperBound(key) &- 1
        let last = Int(count) &- 1
        if last &- index <= Self.scanned {
            while index < last {
                rungs[index] = rungs[index &+ 1]
                index &+= 1
            }
        } else {
            (rungs + index).update(from: rungs + index + 1, count: last - index)
        }
        count = UInt32(truncatingIfNeeded: last)
    }
}
