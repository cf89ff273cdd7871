/// One price of an aggregated book: both numbers in 1/100,000,000.
package struct AggregateLevel: BitwiseCopyable, Equatable, Sendable {
    package var price: Int64
    package var quantity: Int64

    @inline(__always)
    package init(price: Int64, quantity: Int64) {
        self.price = price
        self.quantity = quantity
    }
}

/// A book of quantities by price, as exchanges that send aggregated depth keep it: a change sets the quantity of a
/// price, and quantity 0 takes it out.
///
/// Levels are sorted with the best at the back, like a ``Ladder``: searched one by one near the touch and by halves
/// beyond. The room is reserved at the start; when it is used up the worst level of the side makes way, and is counted.
package struct AggregateBook: ~Copyable {
    private let bids: Table<AggregateLevel>
    private let asks: Table<AggregateLevel>
    private var bidCount = 0
    private var askCount = 0
    private let capacity: Int
    /// Levels that made way for better ones, and worse ones that found no room.
    package private(set) var dropped: UInt64 = 0

    /// - Parameter levels: of one side at once.
    package init(levels: Int) {
        capacity = max(levels, 1)
        bids = Table(count: capacity, prefault: true)
        asks = Table(count: capacity, prefault: true)
    }

    package mutating func removeAll() {
        bidCount = 0
        askCount = 0
    }

    package func count(_ side: Side) -> Int { side == .bid ? bidCount : askCount }

    /// The level at a distance from the touch; nil past the last.
    package func level(_ side: Side, depth: Int) -> AggregateLevel? {
        let (table, count) = side == .bid ? (bids.elements, bidCount) : (asks.elements, askCount)
        return depth >= 0 && depth < count ? table[count - 1 - depth] : nil
    }

    @inline(__always)  // hot: per level
    package mutating func set(_ side: Side, _ level: AggregateLevel) {
        if side == .bid {
            Self.change(bids.elements, &bidCount, capacity, &dropped, level, sign: 1)
        } else {
            Self.change(asks.elements, &askCount, capacity, &dropped, level, sign: -1)
        }
    }

    /// `sign` makes better prices the larger ones.
    @inline(__always)
    private static func change(
        _ levels: UnsafeMutablePointer<AggregateLevel>, _ count: inout Int, _ capacity: Int, _ dropped: inout UInt64,
        _ level: AggregateLevel, sign: Int64
    ) {
        let key = level.price &* sign
        let index = upperBound(levels, count, key, sign)
        let isThere = index > 0 && levels[index &- 1].price == level.price
        if level.quantity == 0 {
            guard isThere else { return }
            (levels + (index - 1)).update(from: levels + index, count: count &- index)
            count &-= 1
        } else if isThere {
            levels[index &- 1].quantity = level.quantity
        } else if count < capacity {
            (levels + (index + 1)).update(from: levels + index, count: count &- index)
            levels[index] = level
            count &+= 1
        } else {
            dropped &+= 1
            guard index > 0 else { return }
            levels.update(from: levels + 1, count: index &- 1)
            levels[index &- 1] = level
        }
    }

    /// Levels whose price is at most as good.
    @inline(__always)
    private static func upperBound(
        _ levels: UnsafeMutablePointer<AggregateLevel>, _ count: Int, _ key: Int64, _ sign: Int64
    ) -> Int {
        var index = count
        let scanEnd = max(count &- 8, 0)
        while index > scanEnd {
            if levels[index &- 1].price &* sign <= key { return index }
            index &-= 1
        }
        var low = 0
        while low < index {
            let middle = (low &+ index) >> 1
            if levels[middle].price &* sign <= key { low = middle &+ 1 } else { index = middle }
        }
        return low
    }

    /// FNV-1a over the counts and all levels, best first, as ``StateDigest`` folds words.
    package var digest: UInt64 {
        var hash: UInt64 = 14_695_981_039_346_656_037
        func combine(_ word: UInt64) {
            for byte in 0..<8 { hash = (hash ^ (word >> (8 * UInt64(byte)) & 0xFF)) &* 1_099_511_628_211 }
        }
        for side in Side.allCases {
            combine(UInt64(count(side)))
            for depth in 0..<count(side) {
                let level = level(side, depth: depth)!
                combine(UInt64(bitPattern: level.price))
                combine(UInt64(bitPattern: level.quantity))
            }
        }
        return hash
    }
}
