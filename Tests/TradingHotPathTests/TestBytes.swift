import TradingHotPath

/// Builds framed streams from fields, independently of the product's writer.
struct TestBytes {
    var bytes: [UInt8] = []

    /// A message with its length in front; `body` starts at byte 11.
    mutating func message(_ type: Character, locate: UInt16 = 1, time: UInt64 = 0, _ body: [[UInt8]]) {
        let content = [type.asciiValue!] + big(locate) + [0, 0] + big(time).suffix(6) + body.flatMap { $0 }
        bytes += big(UInt16(content.count)) + content
    }

    mutating func add(_ reference: UInt64, _ side: Character, _ shares: UInt32, _ price: UInt32, locate: UInt16 = 1) {
        message(
            "A", locate: locate,
            [big(reference), [side.asciiValue!], big(shares), Array("TEST    ".utf8), big(price)])
    }

    mutating func execute(_ reference: UInt64, _ shares: UInt32) {
        message("E", [big(reference), big(shares), big(UInt64(1))])
    }

    mutating func execute(_ reference: UInt64, _ shares: UInt32, at price: UInt32, printable: Character = "Y") {
        message("C", [big(reference), big(shares), big(UInt64(1)), [printable.asciiValue!], big(price)])
    }

    mutating func cancel(_ reference: UInt64, _ shares: UInt32) { message("X", [big(reference), big(shares)]) }

    mutating func delete(_ reference: UInt64) { message("D", [big(reference)]) }

    mutating func replace(_ old: UInt64, _ new: UInt64, _ shares: UInt32, _ price: UInt32) {
        message("U", [big(old), big(new), big(shares), big(price)])
    }
}

func big<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// Room enough for small tests.
let smallCapacity = BookCapacity(
    orders: 20_000, levels: 20_000, rungs: 100_000, pages: 5_000, maximumReference: 1 << 24)

/// Decodes a stream into a handler that lies exactly at the end of its allocation.
///
/// - Returns: what the framing counted.
@discardableResult
func decode<Handler: ITCHHandler & ~Copyable>(_ bytes: [UInt8], into handler: inout Handler) -> FramingCounts {
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { exact.deallocate() }
    exact.copyBytes(from: bytes)
    var reader = ITCHStreamReader(UnsafeRawBufferPointer(exact))
    reader.read(into: &handler)
    return reader.counts
}

/// Counts every message by its type byte.
struct TypeCounter: ITCHHandler {
    var counts: [Character: Int] = [:]

    private mutating func count(_ type: Character) { counts[type, default: 0] += 1 }

    mutating func addOrder(_ message: AddOrder) { count("A") }
    mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) { count("F") }
    mutating func orderExecuted(_ message: OrderExecuted) { count("E") }
    mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) { count("C") }
    mutating func orderCancel(_ message: OrderCancel) { count("X") }
    mutating func orderDelete(_ message: OrderDelete) { count("D") }
    mutating func orderReplace(_ message: OrderReplace) { count("U") }
    mutating func trade(_ message: Trade) { count("P") }
    mutating func crossTrade(_ message: CrossTrade) { count("Q") }
    mutating func brokenTrade(_ message: BrokenTrade) { count("B") }
    mutating func orderImbalance(_ message: OrderImbalance) { count("I") }
    mutating func retailInterest(_ message: RetailInterest) { count("N") }
    mutating func systemEvent(_ message: SystemEvent) { count("S") }
    mutating func stockDirectory(_ message: StockDirectory) { count("R") }
    mutating func tradingAction(_ message: TradingAction) { count("H") }
    mutating func regSHORestriction(_ message: RegSHORestriction) { count("Y") }
    mutating func marketParticipantPosition(_ message: MarketParticipantPosition) { count("L") }
    mutating func circuitBreakerLevels(_ message: CircuitBreakerLevels) { count("V") }
    mutating func circuitBreakerStatus(_ message: CircuitBreakerStatus) { count("W") }
    mutating func ipoQuotingPeriod(_ message: IPOQuotingPeriod) { count("K") }
    mutating func auctionCollar(_ message: AuctionCollar) { count("J") }
    mutating func operationalHalt(_ message: OperationalHalt) { count("h") }
    mutating func directListing(_ message: DirectListing) { count("O") }
}
