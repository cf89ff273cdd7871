/// Appends framed ITCH 5.0 messages to a byte array.
package struct ITCHWriter {
    package private(set) var bytes: [UInt8] = []
    package private(set) var messages = 0

    package init() {}

    package mutating func reserve(messages: Int) { bytes.reserveCapacity(messages * 34) }

    /// Ends the session: a zero length.
    package mutating func endSession() { append(0, 2) }

    package mutating func systemEvent(_ code: Character, at time: UInt64) {
        header(SystemEvent.self, 0, time)
        append(UInt64(code.asciiValue!), 1)
    }

    package mutating func directory(_ locate: UInt16, _ stock: StockSymbol, at time: UInt64) {
        header(StockDirectory.self, locate, time)
        append(stock.rawValue, 8)
        text("QN")
        append(100, 4)
        text("NCZ PNN1N")
        append(0, 4)
        text("N")
    }

    package mutating func add(
        _ locate: UInt16, _ stock: StockSymbol, reference: UInt64, side: Side, shares: UInt32, price: UInt32,
        attributed: Bool, at time: UInt64
    ) {
        if attributed {
            header(AddOrderWithAttribution.self, locate, time)
        } else {
            header(AddOrder.self, locate, time)
        }
        append(reference, 8)
        text(side == .bid ? "B" : "S")
        append(UInt64(shares), 4)
        append(stock.rawValue, 8)
        append(UInt64(price), 4)
        if attributed { text("TICK") }
    }

    package mutating func execute(
        _ locate: UInt16, reference: UInt64, shares: UInt32, match: UInt64, price: UInt32?, at time: UInt64
    ) {
        if price == nil {
            header(OrderExecuted.self, locate, time)
        } else {
            header(OrderExecutedWithPrice.self, locate, time)
        }
        append(reference, 8)
        append(UInt64(shares), 4)
        append(match, 8)
        if let price {
            text("Y")
            append(UInt64(price), 4)
        }
    }

    package mutating func cancel(_ locate: UInt16, reference: UInt64, shares: UInt32, at time: UInt64) {
        header(OrderCancel.self, locate, time)
        append(reference, 8)
        append(UInt64(shares), 4)
    }

    package mutating func delete(_ locate: UInt16, reference: UInt64, at time: UInt64) {
        header(OrderDelete.self, locate, time)
        append(reference, 8)
    }

    package mutating func replace(
        _ locate: UInt16, reference: UInt64, newReference: UInt64, shares: UInt32, price: UInt32, at time: UInt64
    ) {
        header(OrderReplace.self, locate, time)
        append(reference, 8)
        append(newReference, 8)
        append(UInt64(shares), 4)
        append(UInt64(price), 4)
    }

    package mutating func hiddenTrade(
        _ locate: UInt16, _ stock: StockSymbol, side: Side, shares: UInt32, price: UInt32, match: UInt64,
        at time: UInt64
    ) {
        header(Trade.self, locate, time)
        append(0, 8)
        text(side == .bid ? "B" : "S")
        append(UInt64(shares), 4)
        append(stock.rawValue, 8)
        append(UInt64(price), 4)
        append(match, 8)
    }

    private mutating func header<Message: ITCHMessage>(_: Message.Type, _ locate: UInt16, _ time: UInt64) {
        append(UInt64(Message.length), 2)
        append(UInt64(Message.type), 1)
        append(UInt64(locate), 2)
        append(0, 2)
        append(time, 6)
        messages += 1
    }

    private mutating func append(_ value: UInt64, _ count: Int) {
        for byte in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))) }
    }

    private mutating func text(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}
