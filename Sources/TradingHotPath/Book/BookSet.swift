/// The limit order books of all instruments of one feed: every order in its price-time queue.
///
/// Books are found by locate, orders by reference, levels by the handle in the order. Everything is reserved when the
/// set is made; afterwards no message allocates, counts a reference, checks exclusivity or calls the system. One
/// thread owns a set.
///
/// ```
/// locate ─▶ Ladder (bid), Ladder (ask) ─▶ Rung {key, level} ─▶ PriceLevel ─▶ Order ⇄ Order ⇄ …
///                                                                 ▲            ▲
/// reference ─▶ ReferenceTable ─────────────────────────────────── │ ───────────┘
///                                                    Order.level ─┘
/// ```
///
/// A message that contradicts the book is counted in ``counters`` and otherwise ignored; an order's own book governs,
/// not the locate of a later message about it. The set declines to check that the sides do not cross: feeds cross
/// for an instant.
package struct BookSet: ~Copyable {
    /// Two sides for each of the 65,536 locates.
    static let ladderCount = 2 << 16

    private(set) var references: ReferenceTable
    private(set) var orders: Pool<Order>
    private(set) var levels: Pool<PriceLevel>
    private(set) var ladders: Table<Ladder>
    private var arena: LadderArena
    /// Ladders from here on were never used.
    private(set) var usedLadders = 0
    private(set) package var liveOrders = 0
    private(set) package var liveLevels = 0
    private(set) package var counters = BookCounters()

    package mutating func resetCounters() { counters = BookCounters() }
    private let maximumReference: UInt64

    /// - Parameter prefault: touches all the memory now; false leaves first touches to the messages.
    package init(capacity: BookCapacity, prefault: Bool = true) {
        references = ReferenceTable(
            maximumReference: capacity.maximumReference, pageCapacity: capacity.pages, prefault: prefault)
        orders = Pool(capacity: capacity.orders, prefault: prefault)
        levels = Pool(capacity: capacity.levels, prefault: prefault)
        arena = LadderArena(rungCapacity: capacity.rungs, prefault: prefault)
        // Zero bytes: no rungs, no room.
        ladders = Table(count: Self.ladderCount, prefault: true)
        maximumReference = capacity.maximumReference
    }

    /// The smallest capacity with which the messages so far would have gone the same way.
    package var usedCapacity: BookCapacity {
        BookCapacity(
            orders: orders.highWater, levels: levels.highWater, rungs: arena.highWater,
            pages: references.highWater, maximumReference: maximumReference)
    }

    /// Empties all books and counters, keeping the memory.
    ///
    /// - Complexity: O(live orders + used books).
    package mutating func reset() {
        for index in 0..<usedLadders {
            let ladder = ladders.elements + index
            for rung in 0..<Int(ladder.pointee.count) {
                var handle = levels[ladder.pointee.rungs[rung].level].pointee.oldest
                while handle != 0 {
                    references.remove(orders[handle].pointee.reference)
                    handle = orders[handle].pointee.newer
                }
            }
            ladder.pointee.count = 0
        }
        orders.reset()
        levels.reset()
        liveOrders = 0
        liveLevels = 0
        counters = BookCounters()
    }

    // MARK: Operations
    //
    // All of them are inlined into the replaying loop, which takes a tenth off a message; the debug information keeps a
    // line of a profile for each.

    /// A new order joins the end of its queue.
    @inline(__always)  // hot: per message
    mutating func addOrder(reference: UInt64, locate: UInt16, sideCode: UInt8, shares: UInt32, price: UInt32) {
        // `B` is 0x42 and `S` is 0x53: the lowest bit is the side, without a branch that is taken half the time.
        let side = UInt32(sideCode) & 1
        guard UInt32(sideCode) == 0x42 &+ 0x11 &* side, shares > 0 else {
            counters.invalidOrders &+= 1
            return
        }
        insert(
            reference: reference, ladder: UInt32(locate) << 1 | side, shares: shares,
            key: Ladder.key(price: price, sideBit: side))
    }

    /// Shares of an order trade, at its own price or at `price`.
    @inline(__always)  // hot: per message
    mutating func executeOrder(reference: UInt64, shares: UInt32, price: UInt32?, isPrintable: Bool) {
        let handle = references.handle(of: reference)
        guard handle != 0 else {
            counters.unknownReferences &+= 1
            return
        }
        let level = levels[orders[handle].pointee.level]
        let tradePrice = price ?? Ladder.price(key: level.pointee.key, sideBit: level.pointee.ladder & 1)
        let traded = reduce(handle, by: shares)
        if isPrintable {
            counters.executedShares &+= UInt64(traded)
            counters.executedValue &+= UInt64(traded) &* UInt64(tradePrice)
        }
    }

    /// Part of an order leaves; the rest keeps its place in the queue.
    @inline(__always)  // hot: per message
    mutating func cancelShares(reference: UInt64, shares: UInt32) {
        let handle = references.handle(of: reference)
        guard handle != 0 else {
            counters.unknownReferences &+= 1
            return
        }
        _ = reduce(handle, by: shares)
    }

    @inline(__always)  // hot: per message
    mutating func deleteOrder(reference: UInt64) {
        let handle = references.handle(of: reference)
        guard handle != 0 else {
            counters.unknownReferences &+= 1
            return
        }
        remove(handle)
    }

    /// An order leaves and another joins the end of the queue at the new price, on the same side of the same book.
    @inline(__always)  // hot: per message
    mutating func replaceOrder(reference: UInt64, newReference: UInt64, shares: UInt32, price: UInt32) {
        let handle = references.handle(of: reference)
        guard handle != 0 else {
            counters.unknownReferences &+= 1
            return
        }
        let ladder = levels[orders[handle].pointee.level].pointee.ladder
        remove(handle)
        guard shares > 0 else {
            counters.invalidOrders &+= 1
            return
        }
        insert(
            reference: newReference, ladder: ladder, shares: shares,
            key: Ladder.key(price: price, sideBit: ladder & 1))
    }

    // MARK: Steps

    @inline(__always)
    private mutating func insert(reference: UInt64, ladder: UInt32, shares: UInt32, key: UInt32) {
        let handle = orders.take()
        let placement = handle == 0 ? .full : references.insert(reference, handle)
        guard placement == .placed else {
            if handle != 0 { orders.giveBack(handle) }
            if placement == .duplicate {
                counters.duplicateReferences &+= 1
            } else {
                counters.capacityRejections &+= 1
            }
            return
        }
        let level = findOrMakeLevel(ladder, key)
        guard level != 0 else {
            references.remove(reference)
            orders.giveBack(handle)
            counters.capacityRejections &+= 1
            return
        }
        let queue = levels[level]
        let older = queue.pointee.newest
        orders[handle].pointee = Order(newer: 0, older: older, shares: shares, level: level, reference: reference)
        // Slot 0 takes the write when there is no neighbor: a branch less, and one that could not be foreseen.
        orders[older].pointee.newer = handle
        queue.pointee.oldest = older == 0 ? handle : queue.pointee.oldest
        queue.pointee.newest = handle
        queue.pointee.orders &+= 1
        queue.pointee.shares &+= UInt64(shares)
        liveOrders &+= 1
    }

    /// Handle of the level with this key, made empty when it was not there; 0 for want of room.
    @inline(__always)
    private mutating func findOrMakeLevel(_ index: UInt32, _ key: UInt32) -> UInt32 {
        let ladder = ladders.elements + Int(index)
        let position = ladder.pointee.upperBound(key)
        if position > 0 {
            let rung = ladder.pointee.rungs[position &- 1]
            if rung.key == key { return rung.level }
        }
        if ladder.pointee.count == ladder.pointee.capacity {
            usedLadders = max(usedLadders, Int(index) &+ 1)
            guard arena.grow(&ladder.pointee) else { return 0 }
        }
        let level = levels.take()
        guard level != 0 else { return 0 }
        levels[level].pointee = PriceLevel(shares: 0, key: key, orders: 0, oldest: 0, newest: 0, ladder: index)
        ladder.pointee.insert(Rung(key: key, level: level), at: position)
        liveLevels &+= 1
        return level
    }

    /// Takes shares off an order, and the order out of the book when none are left.
    ///
    /// - Returns: the shares taken, at most what was open.
    @inline(__always)
    private mutating func reduce(_ handle: UInt32, by shares: UInt32) -> UInt32 {
        let order = orders[handle]
        let open = order.pointee.shares
        guard shares < open else {
            if shares > open { counters.excessiveQuantities &+= 1 }
            remove(handle)
            return open
        }
        order.pointee.shares = open &- shares
        levels[order.pointee.level].pointee.shares &-= UInt64(shares)
        return shares
    }

    @inline(__always)
    private mutating func remove(_ handle: UInt32) {
        let order = orders[handle].pointee
        let level = levels[order.level]
        if level.pointee.orders == 1 {
            ladders.elements[Int(level.pointee.ladder)].remove(level.pointee.key)
            levels.giveBack(order.level)
            liveLevels &-= 1
        } else {
            orders[order.older].pointee.newer = order.newer
            orders[order.newer].pointee.older = order.older
            level.pointee.oldest = order.older == 0 ? order.newer : level.pointee.oldest
            level.pointee.newest = order.newer == 0 ? order.older : level.pointee.newest
            level.pointee.orders &-= 1
            level.pointee.shares &-= UInt64(order.shares)
        }
        references.remove(order.reference)
        orders.giveBack(handle)
        liveOrders &-= 1
    }
}
