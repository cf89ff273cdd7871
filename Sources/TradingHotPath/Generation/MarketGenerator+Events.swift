/// What can happen in a generated market, one message each.
extension MarketGenerator {
    /// A price tick is a cent.
    private static var tick: UInt32 { 100 }

    mutating func arrive() {
        let locate = pickSymbol()
        let side: Side = random.below(2) == 0 ? .bid : .ask
        let order = LiveOrder(
            locate: locate, side: side, shares: size(), price: placement(locate, side), due: nextDue(locate))
        let reference = takeReference()
        writer.add(
            locate, name(Int(locate)), reference: reference, side: side, shares: order.shares, price: order.price,
            attributed: random.below(1_000) < calibration.attributed, at: time)
        enter(reference, order)
    }

    /// The orders that rest all day, around a first order on each side.
    mutating func rest() {
        guard calibration.restingOrders > 0 else { return }
        for locate in 1...UInt16(configuration.symbols) {
            for index in 0..<calibration.restingOrders where writer.messages < configuration.messages - 3 {
                let side: Side = index % 2 == 0 ? .bid : .ask
                let behind = index < 2 ? 0 : Int(calibration.restingDistance.value(at: random.fraction()))
                let best = books.level(locate, side, depth: 0).map { Int($0.price / Self.tick) }
                let ticks = (best ?? middle(locate) + (side == .bid ? -1 : 1)) + (side == .bid ? -behind : behind)
                let order = LiveOrder(
                    locate: locate, side: side, shares: size(),
                    price: UInt32(max(2, min(ticks, 19_999_999))) * Self.tick, due: .max)
                let reference = takeReference()
                writer.add(
                    locate, name(Int(locate)), reference: reference, side: side, shares: order.shares,
                    price: order.price, attributed: false, at: time)
                enter(reference, order)
            }
        }
    }

    /// A price between $20 and $276 by symbol, in ticks.
    private func middle(_ locate: UInt16) -> Int { 2_000 + Int(locate) &* 7_919 % 25_600 }

    /// The order's time has come.
    mutating func endLife(_ reference: UInt64, _ order: LiveOrder) {
        var draw = Int(random.below(1_000))
        draw -= calibration.deletes
        if draw < 0 { return delete(reference, order) }
        draw -= calibration.replaces
        if draw < 0 { return replace(reference, order) }
        draw -= calibration.cancels
        if draw < 0 {
            // A single share cannot shrink.
            return order.shares > 1 ? cancel(reference, order) : delete(reference, order)
        }
        draw -= calibration.executionsWithPrice
        execute(order.locate, order.side, atAnotherPrice: draw < 0)
        // Unless it was the one that traded away, the order lives on.
        if var survivor = alive[reference], survivor.due == order.due {
            survivor.due = nextDue(order.locate)
            alive[reference] = survivor
            events.insert(EventQueue.Event(time: survivor.due, reference: reference))
        }
    }

    /// A match against a hidden order in the middle of the spread.
    mutating func tradeHidden() {
        let locate = pickSymbol()
        guard let bid = books.level(locate, .bid, depth: 0), let ask = books.level(locate, .ask, depth: 0) else {
            return
        }
        let price = bid.price / 2 + ask.price / 2
        let side: Side = random.below(2) == 0 ? .bid : .ask
        writer.hiddenTrade(
            locate, name(Int(locate)), side: side, shares: size(), price: price, match: takeMatch(), at: time)
    }

    private mutating func delete(_ reference: UInt64, _ order: LiveOrder) {
        writer.delete(order.locate, reference: reference, at: time)
        books.deleteOrder(reference: reference)
        alive[reference] = nil
    }

    private mutating func replace(_ reference: UInt64, _ order: LiveOrder) {
        let newReference = takeReference()
        var new = order
        new.shares = size()
        books.deleteOrder(reference: reference)
        alive[reference] = nil
        new.price = placement(order.locate, order.side)
        new.due = nextDue(order.locate)
        writer.replace(
            order.locate, reference: reference, newReference: newReference, shares: new.shares, price: new.price,
            at: time)
        enter(newReference, new)
    }

    private mutating func cancel(_ reference: UInt64, _ order: LiveOrder) {
        let cancelled = UInt32(1 + random.below(UInt64(order.shares) - 1))
        writer.cancel(order.locate, reference: reference, shares: cancelled, at: time)
        books.cancelShares(reference: reference, shares: cancelled)
        var rest = order
        rest.shares -= cancelled
        rest.due = nextDue(order.locate)
        alive[reference] = rest
        events.insert(EventQueue.Event(time: rest.due, reference: reference))
    }

    /// Trades against the front of the queue at the touch.
    private mutating func execute(_ locate: UInt16, _ side: Side, atAnotherPrice: Bool) {
        guard let front = books.frontOrder(locate, side), var order = alive[front.reference] else { return }
        let isFull = front.shares == 1 || random.below(1_000) < calibration.fullExecutions
        let shares = isFull ? front.shares : UInt32(1 + random.below(UInt64(front.shares) - 1))
        let price = atAnotherPrice ? (side == .bid ? order.price + Self.tick : order.price - Self.tick) : nil
        writer.execute(
            locate, reference: front.reference, shares: shares, match: takeMatch(), price: price, at: time)
        books.executeOrder(reference: front.reference, shares: shares, price: price, isPrintable: true)
        order.shares -= shares
        alive[front.reference] = isFull ? nil : order
    }

    private mutating func enter(_ reference: UInt64, _ order: LiveOrder) {
        books.addOrder(
            reference: reference, locate: order.locate, sideCode: UInt8(ascii: order.side == .bid ? "B" : "S"),
            shares: order.shares, price: order.price)
        alive[reference] = order
        events.insert(EventQueue.Event(time: order.due, reference: reference))
    }

    private mutating func size() -> UInt32 { UInt32(calibration.size.value(at: random.fraction())) }

    private mutating func takeMatch() -> UInt64 {
        lastMatch += 1
        return lastMatch
    }

    /// A price at or behind the best of the side, or inside the spread where there is room; never through the other
    /// side.
    private mutating func placement(_ locate: UInt16, _ side: Side) -> UInt32 {
        let own = books.level(locate, side, depth: 0).map { Int($0.price / Self.tick) }
        let other = books.level(locate, side == .bid ? .ask : .bid, depth: 0).map { Int($0.price / Self.tick) }
        let behind = Int(calibration.distance.value(at: random.fraction()))
        let improves = Int(random.below(1_000)) < calibration.improvements
        // In the direction of better prices.
        let sign = side == .bid ? 1 : -1
        let ticks: Int
        if let own {
            let room = other.map { sign * ($0 - own) - 1 } ?? 1
            if improves, room > 0 {
                ticks = own + sign * Int(1 + random.below(UInt64(min(room, 10))))
            } else {
                ticks = own - sign * behind
            }
        } else {
            // When neither side has an order, where the symbol starts.
            let start = other ?? middle(locate)
            ticks = start - sign * (2 + behind)
        }
        return UInt32(max(2, min(ticks, 19_999_999))) * Self.tick
    }
}
