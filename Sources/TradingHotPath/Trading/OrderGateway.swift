/// What became of one of our orders.
package enum OrderState: UInt8, Sendable {
    case free
    /// Sent, not yet acknowledged.
    case sent
    case live
    /// A replacement was sent; the exchange answers for the new reference.
    case replacing
}

/// Responses of an OUCH 5.0 session and how they were understood.
package struct GatewayCounts: Equatable, Sendable {
    package var accepted: UInt64 = 0
    package var replaced: UInt64 = 0
    package var canceled: UInt64 = 0
    package var executions: UInt64 = 0
    package var rejected: UInt64 = 0
    /// Responses about orders that are not ours, or no more.
    package var unknownReferences: UInt64 = 0
    /// Executions beyond the open shares; the position takes all of them, since the exchange says they happened.
    package var excessiveExecutions: UInt64 = 0
    package var unknownTypes: UInt64 = 0
    package var malformed: UInt64 = 0

    package init() {}
}

/// Our orders at one exchange: numbers them, remembers them until they are done, and keeps positions by what the
/// exchange says.
///
/// Slots are found by user reference modulo the capacity, a power of two; a reference whose slot is still taken by an
/// older order cannot be issued, so the gateway never mistakes one for another. Nothing is allocated after start.
///
/// Responses are read at these offsets (type at 0, nanoseconds (8) at 1, user reference (4) at 9): accepted `A` 64 bytes
/// or more with shares (4) at 14 and state at 47; replaced `U` 68 with the new reference (4) at 13, shares (4) at 18 and
/// state at 51; canceled `C` 18 with shares (4) at 13; executed `E` 36 with shares (4) at 13 and price (8) at 17;
/// rejected `J` 29. Source: Nasdaq, *OUCH 5.0* specification.
package struct OrderGateway: ~Copyable {
    private struct Slot: BitwiseCopyable {
        var reference: UInt32
        var open: UInt32
        var price: UInt32
        var locate: UInt16
        var side: UInt8
        var state: UInt8
    }

    /// Shares held, and open in orders to buy and to sell.
    private struct Exposure: BitwiseCopyable {
        var position: Int64
        var buying: Int64
        var selling: Int64
    }

    private let slots: Table<Slot>
    private let exposures: Table<Exposure>
    private let mask: UInt32
    private var lastReference: UInt32 = 0
    package private(set) var counts = GatewayCounts()
    /// Locates from here on never had an order of ours in this session.
    private var usedLocates = 0
    /// Orders that are not done.
    package private(set) var openOrders = 0

    /// - Parameter orders: open at once at most; rounded up to a power of two.
    package init(orders: Int) {
        var capacity = 16
        while capacity < orders { capacity *= 2 }
        mask = UInt32(capacity - 1)
        slots = Table(count: capacity, filledWith: Slot(reference: 0, open: 0, price: 0, locate: 0, side: 0, state: 0))
        exposures = Table(count: 1 << 16, filledWith: Exposure(position: 0, buying: 0, selling: 0))
    }

    /// Forgets all orders and positions, as at the start of a day; references go on.
    ///
    /// - Complexity: O(capacity) when orders are open, and O(largest locate that had one).
    package mutating func beginSession() {
        if openOrders > 0 {
            for slot in 0..<slots.count { slots.elements[slot].state = OrderState.free.rawValue }
            openOrders = 0
        }
        for locate in 0..<usedLocates {
            exposures.elements[locate] = Exposure(position: 0, buying: 0, selling: 0)
        }
        usedLocates = 0
    }

    /// Shares held in one symbol; negative when short.
    package func position(_ locate: UInt16) -> Int64 { exposures[UInt32(locate)].position }

    /// Shares held in the direction of a side and asked for on it: what one more order adds to.
    @inline(__always)  // hot: per order
    package func exposure(_ locate: UInt16, _ side: Side) -> Int64 {
        let exposure = exposures[UInt32(locate)]
        return side == .bid
            ? exposure.position &+ exposure.buying : exposure.selling &- exposure.position
    }

    package func state(_ reference: UInt32) -> OrderState {
        let slot = slots[reference & mask]
        return slot.reference == reference ? OrderState(rawValue: slot.state) ?? .free : .free
    }

    package func openShares(_ reference: UInt32) -> UInt32 {
        let slot = slots[reference & mask]
        return slot.reference == reference && slot.state != OrderState.free.rawValue ? slot.open : 0
    }

    /// Numbers a new order and encodes it.
    ///
    /// - Parameter output: ``OuchWriter/enterLength`` writable bytes.
    /// - Returns: the user reference, or 0 when too many orders are open.
    @inline(__always)  // hot: per order
    package mutating func enter(
        _ output: UnsafeMutableRawPointer, locate: UInt16, symbol: StockSymbol, side: Side, shares: UInt32,
        price: UInt32, timeInForce: UInt8
    ) -> UInt32 {
        let reference = lastReference &+ 1
        guard reference != 0, slots[reference & mask].state == OrderState.free.rawValue else { return 0 }
        lastReference = reference
        open(reference, locate, side, shares, price)
        OuchWriter.enter(
            output, reference: reference, side: side, shares: shares, symbol: symbol, price: price,
            timeInForce: timeInForce)
        return reference
    }

    /// Asks for an order to be replaced. Until the exchange answers, both the old and the new shares count.
    ///
    /// - Parameter output: ``OuchWriter/replaceLength`` writable bytes.
    /// - Returns: the new user reference, or 0 when the order is not live or too many are open.
    package mutating func replace(
        _ output: UnsafeMutableRawPointer, reference: UInt32, shares: UInt32, price: UInt32, timeInForce: UInt8
    ) -> UInt32 {
        let old = slots[reference & mask]
        let new = lastReference &+ 1
        guard state(reference) == .live, new != 0, slots[new & mask].state == OrderState.free.rawValue else { return 0 }
        lastReference = new
        slots[reference & mask].state = OrderState.replacing.rawValue
        open(new, old.locate, old.side == 0 ? .bid : .ask, shares, price)
        OuchWriter.replace(
            output, reference: reference, newReference: new, shares: shares, price: price, timeInForce: timeInForce)
        return new
    }

    /// Asks for an order to be canceled; it stays open until the exchange says otherwise.
    ///
    /// - Parameter output: ``OuchWriter/cancelLength`` writable bytes.
    /// - Returns: false when the order is not open.
    package mutating func cancel(_ output: UnsafeMutableRawPointer, reference: UInt32) -> Bool {
        guard state(reference) != .free else { return false }
        OuchWriter.cancel(output, reference: reference, remaining: 0)
        return true
    }

    /// Takes one response of the exchange into account.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 10, let message = bytes.baseAddress else {
            counts.malformed &+= 1
            return
        }
        let type = message.byte(at: 0)
        guard let length = Self.length(of: type) else {
            counts.unknownTypes &+= 1
            return
        }
        guard bytes.count >= length else {
            counts.malformed &+= 1
            return
        }
        // A system event concerns no order.
        guard type != UInt8(ascii: "S") else { return }
        let reference = message.bigEndianUInt32(at: 9)
        guard state(reference) != .free else {
            counts.unknownReferences &+= 1
            return
        }
        respond(type, reference, message)
    }

    private static func length(of type: UInt8) -> Int? {
        switch type {
        case UInt8(ascii: "A"): 64
        case UInt8(ascii: "U"): 68
        case UInt8(ascii: "C"): 18
        case UInt8(ascii: "E"): 36
        case UInt8(ascii: "J"): 29
        case UInt8(ascii: "S"): 10
        default: nil
        }
    }

    private mutating func respond(_ type: UInt8, _ reference: UInt32, _ message: UnsafeRawPointer) {
        switch type {
        case UInt8(ascii: "A"):
            counts.accepted &+= 1
            confirm(reference, shares: message.bigEndianUInt32(at: 14), isDead: message.byte(at: 47) == 0x44)
        case UInt8(ascii: "U"):
            counts.replaced &+= 1
            close(reference)
            let new = message.bigEndianUInt32(at: 13)
            guard state(new) != .free else {
                counts.unknownReferences &+= 1
                return
            }
            confirm(new, shares: message.bigEndianUInt32(at: 18), isDead: message.byte(at: 51) == 0x44)
        case UInt8(ascii: "C"):
            counts.canceled &+= 1
            reduce(reference, by: message.bigEndianUInt32(at: 13))
        case UInt8(ascii: "E"):
            counts.executions &+= 1
            fill(reference, shares: message.bigEndianUInt32(at: 13))
        default:
            counts.rejected &+= 1
            close(reference)
        }
    }

    // MARK: Steps

    @inline(__always)
    private mutating func open(_ reference: UInt32, _ locate: UInt16, _ side: Side, _ shares: UInt32, _ price: UInt32) {
        slots[reference & mask] = Slot(
            reference: reference, open: shares, price: price, locate: locate, side: side.rawValue,
            state: OrderState.sent.rawValue)
        ask(locate, side.rawValue, Int64(shares))
        usedLocates = max(usedLocates, Int(locate) &+ 1)
        openOrders &+= 1
    }

    @inline(__always)
    private func ask(_ locate: UInt16, _ side: UInt8, _ shares: Int64) {
        if side == 0 {
            exposures[UInt32(locate)].buying &+= shares
        } else {
            exposures[UInt32(locate)].selling &+= shares
        }
    }

    /// The exchange may have taken fewer shares than asked for.
    private mutating func confirm(_ reference: UInt32, shares: UInt32, isDead: Bool) {
        let slot = slots[reference & mask]
        if shares < slot.open { reduce(reference, by: slot.open - shares) }
        guard state(reference) != .free else { return }
        slots[reference & mask].state = OrderState.live.rawValue
        if isDead { close(reference) }
    }

    private mutating func fill(_ reference: UInt32, shares: UInt32) {
        let slot = slots[reference & mask]
        if shares > slot.open { counts.excessiveExecutions &+= 1 }
        exposures[UInt32(slot.locate)].position &+= slot.side == 0 ? Int64(shares) : -Int64(shares)
        reduce(reference, by: shares)
    }

    private mutating func reduce(_ reference: UInt32, by shares: UInt32) {
        let slot = slots[reference & mask]
        guard shares < slot.open else { return close(reference) }
        slots[reference & mask].open = slot.open - shares
        ask(slot.locate, slot.side, -Int64(shares))
    }

    private mutating func close(_ reference: UInt32) {
        let slot = slots[reference & mask]
        ask(slot.locate, slot.side, -Int64(slot.open))
        slots[reference & mask].open = 0
        slots[reference & mask].state = OrderState.free.rawValue
        openOrders &-= 1
    }
}
