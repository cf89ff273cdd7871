/// What a ``DepthFeed`` read.
package struct DepthCounts: Equatable, Sendable {
    package var depthUpdates: UInt64 = 0
    package var levels: UInt64 = 0
    package var bookTickers: UInt64 = 0
    package var trades: UInt64 = 0
    package var snapshots: UInt64 = 0
    /// Updates from before the snapshot, which it contains.
    package var outdated: UInt64 = 0
    /// Updates that do not follow the one before: the book is stale until the next snapshot.
    package var gaps: UInt64 = 0
    /// Updates while the book was stale, kept for the snapshot that they may continue.
    package var whileStale: UInt64 = 0
    /// Messages of another kind.
    package var others: UInt64 = 0
    /// Texts that are not JSON, or not as documented, or with more levels than there is room for.
    package var malformed: UInt64 = 0

    package init() {}
}

/// Keeps the aggregated book of one Binance symbol from its JSON streams: depth updates, book tickers, trades, and the
/// snapshots that updates continue.
///
/// ```
/// {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","U":…,"u":…,"b":[["61737.63000000","0.00000000"],…],"a":[…]}}
/// {"lastUpdateId":…,"bids":[…],"asks":[…]}
/// ```
///
/// A text is read whole before the book changes, so one that breaks off changes nothing. An update follows when its `pu`
/// is the last `u` (futures), or its `U` the last `u` + 1 (spot); the first after a snapshot must enclose the snapshot's
/// number. Updates that come while the book is stale wait for the snapshot. After start nothing is allocated. Source: Binance, *Web Socket Streams* and *How to manage a local order
/// book correctly*, for spot and for USD-M futures.
package struct DepthFeed: ~Copyable {
    package private(set) var book: AggregateBook
    package private(set) var counts = DepthCounts()
    /// The book is complete up to ``lastUpdate``.
    package private(set) var isCurrent = false
    package private(set) var lastUpdate: UInt64 = 0
    /// Price and quantity of the last trade.
    package private(set) var lastTrade = AggregateLevel(price: 0, quantity: 0)
    package private(set) var bestBid = AggregateLevel(price: 0, quantity: 0)
    package private(set) var bestAsk = AggregateLevel(price: 0, quantity: 0)

    private let changes: Table<AggregateLevel>
    private var isFirstAfterSnapshot = false

    private struct WaitingUpdate: BitwiseCopyable {
        var fields: Fields
        var start: Int
    }

    /// Updates since the book went stale, for the next snapshot.
    private let waiting: Table<WaitingUpdate>
    private let waitingLevels: Table<AggregateLevel>
    private var waitingCount = 0
    private var waitingLevelCount = 0

    private struct Fields: BitwiseCopyable {
        var kind: UInt64 = 0
        var first: UInt64 = 0
        var last: UInt64 = 0
        var previous: UInt64 = 0
        var hasPrevious = false
        var snapshot: UInt64 = 0
        var isSnapshot = false
        var bids = 0
        var asks = 0
        var bid = AggregateLevel(price: 0, quantity: 0)
        var ask = AggregateLevel(price: 0, quantity: 0)
        var trade = AggregateLevel(price: 0, quantity: 0)
    }

    /// Levels that one message may carry on each side.
    private static var largestMessage: Int { 8_192 }

    /// - Parameter levels: of one side at once.
    package init(levels: Int = 16_384) {
        book = AggregateBook(levels: levels)
        changes = Table(count: 2 * Self.largestMessage, prefault: true)
        waiting = Table(count: 1_024, prefault: true)
        waitingLevels = Table(count: 8 * Self.largestMessage, prefault: true)
    }

    /// One message.
    package mutating func receive(_ text: UnsafeRawBufferPointer) {  // hot: per message
        var cursor = JSONCursor(text)
        var fields = Fields()
        readObject(&cursor, &fields)
        cursor.skipSpace()
        guard !cursor.isBroken, cursor.isAtEnd else {
            counts.malformed &+= 1
            return
        }
        if fields.isSnapshot { return replace(fields.snapshot, fields) }
        switch fields.kind {
        case Self.depthUpdate: update(fields)
        case Self.trade:
            counts.trades &+= 1
            lastTrade = fields.trade
        case _ where fields.bid.price != 0 && fields.ask.price != 0:
            counts.bookTickers &+= 1
            bestBid = fields.bid
            bestAsk = fields.ask
        default: counts.others &+= 1
        }
    }

    // MARK: Reading

    /// The kinds by their first eight letters.
    private static var depthUpdate: UInt64 { name("depthUpd") }
    private static var trade: UInt64 { name("trade") }

    @inline(__always)
    private static func name(_ text: StaticString) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<text.utf8CodeUnitCount { value |= UInt64(text.utf8Start[index]) << (8 * UInt64(index)) }
        return value
    }

    private func readObject(_ cursor: inout JSONCursor, _ fields: inout Fields) {
        cursor.expect(UInt8(ascii: "{"))
        if cursor.take(UInt8(ascii: "}")) { return }
        repeat {
            let key = cursor.shortString()
            cursor.expect(UInt8(ascii: ":"))
            if cursor.isBroken { return }
            readValue(key, &cursor, &fields)
        } while cursor.take(UInt8(ascii: ",")) && !cursor.isBroken
        cursor.expect(UInt8(ascii: "}"))
    }

    @inline(__always)
    private func readValue(_ key: UInt64, _ cursor: inout JSONCursor, _ fields: inout Fields) {
        switch key {
        case Self.name("data"): readData(&cursor, &fields)
        case Self.name("bids"): fields.bids = readLevels(&cursor, 0)
        case Self.name("asks"): fields.asks = readLevels(&cursor, Self.largestMessage)
        case 0:
            // A name of more than eight letters: of those only the snapshot's is of use.
            readLongName(&cursor, &fields)
        default: cursor.skipValue()
        }
    }

    /// The value behind a long name, if it is a bare number and so the number of a snapshot.
    private func readLongName(_ cursor: inout JSONCursor, _ fields: inout Fields) {
        cursor.skipSpace()
        guard cursor.byte &- 0x30 < 10 else { return cursor.skipValue() }
        fields.snapshot = cursor.integer()
        fields.isSnapshot = true
    }

    @inline(__always)
    private func readData(_ cursor: inout JSONCursor, _ fields: inout Fields) {
        cursor.expect(UInt8(ascii: "{"))
        if cursor.take(UInt8(ascii: "}")) { return }
        repeat {
            let key = cursor.shortString()
            cursor.expect(UInt8(ascii: ":"))
            if cursor.isBroken { return }
            cursor.skipSpace()
            let isString = cursor.byte == UInt8(ascii: "\"")
            switch key {
            case Self.name("e"): fields.kind = kind(&cursor)
            case Self.name("U"): fields.first = cursor.integer()
            case Self.name("u"): fields.last = cursor.integer()
            case Self.name("pu"):
                fields.previous = cursor.integer()
                fields.hasPrevious = true
            case Self.name("b"):
                if isString { fields.bid.price = cursor.decimalString() } else { fields.bids = readLevels(&cursor, 0) }
            case Self.name("a"):
                if isString {
                    fields.ask.price = cursor.decimalString()
                } else {
                    fields.asks = readLevels(&cursor, Self.largestMessage)
                }
            case Self.name("B") where isString: fields.bid.quantity = cursor.decimalString()
            case Self.name("A") where isString: fields.ask.quantity = cursor.decimalString()
            case Self.name("p") where isString: fields.trade.price = cursor.decimalString()
            case Self.name("q") where isString: fields.trade.quantity = cursor.decimalString()
            default: cursor.skipValue()
            }
        } while cursor.take(UInt8(ascii: ",")) && !cursor.isBroken
        cursor.expect(UInt8(ascii: "}"))
    }

    /// Long kinds come back as the one of interest that they are, told by their length.
    @inline(__always)
    private func kind(_ cursor: inout JSONCursor) -> UInt64 {
        let start = cursor.position
        let short = cursor.shortString()
        if short != 0 { return short }
        // "depthUpdate" with its quotation marks.
        return cursor.position &- start == 13 ? Self.depthUpdate : 0
    }

    /// `[["price","quantity"], …]` into the table of changes.
    ///
    /// - Returns: how many.
    @inline(__always)
    private func readLevels(_ cursor: inout JSONCursor, _ start: Int) -> Int {
        cursor.expect(UInt8(ascii: "["))
        if cursor.take(UInt8(ascii: "]")) { return 0 }
        var count = 0
        repeat {
            guard count < Self.largestMessage else {
                cursor.fail()
                return 0
            }
            cursor.expect(UInt8(ascii: "["))
            let price = cursor.decimalString()
            cursor.expect(UInt8(ascii: ","))
            let quantity = cursor.decimalString()
            cursor.expect(UInt8(ascii: "]"))
            changes.elements[start &+ count] = AggregateLevel(price: price, quantity: quantity)
            count &+= 1
        } while cursor.take(UInt8(ascii: ",")) && !cursor.isBroken
        cursor.expect(UInt8(ascii: "]"))
        return count
    }

    // MARK: Applying

    private mutating func replace(_ snapshot: UInt64, _ fields: Fields) {
        counts.snapshots &+= 1
        book.removeAll()
        apply(fields, bids: changes.elements, asks: changes.elements + Self.largestMessage)
        lastUpdate = snapshot
        isCurrent = true
        isFirstAfterSnapshot = true
        // What came while the snapshot was on its way.
        for index in 0..<waitingCount where isCurrent {
            let update = waiting[UInt32(index)]
            let bids = waitingLevels.elements + update.start
            follow(update.fields, bids: bids, asks: bids + update.fields.bids)
        }
        (waitingCount, waitingLevelCount) = (0, 0)
    }

    @inline(__always)
    private mutating func update(_ fields: Fields) {
        counts.depthUpdates &+= 1
        let (bids, asks) = (changes.elements, changes.elements + Self.largestMessage)
        if isCurrent { follow(fields, bids: bids, asks: asks) }
        if !isCurrent { wait(fields, bids: bids, asks: asks) }
    }

    /// Keeps an update for the next snapshot to be continued with; when the room is used up, from the newest on.
    private mutating func wait(
        _ fields: Fields, bids: UnsafePointer<AggregateLevel>, asks: UnsafePointer<AggregateLevel>
    ) {
        counts.whileStale &+= 1
        let levels = fields.bids + fields.asks
        if waitingCount == waiting.count || waitingLevelCount + levels > waitingLevels.count {
            (waitingCount, waitingLevelCount) = (0, 0)
        }
        let start = waitingLevels.elements + waitingLevelCount
        start.update(from: bids, count: fields.bids)
        (start + fields.bids).update(from: asks, count: fields.asks)
        waiting[UInt32(waitingCount)] = WaitingUpdate(fields: fields, start: waitingLevelCount)
        waitingCount += 1
        waitingLevelCount += levels
    }

    @inline(__always)
    private mutating func follow(
        _ fields: Fields, bids: UnsafePointer<AggregateLevel>, asks: UnsafePointer<AggregateLevel>
    ) {
        guard fields.last > lastUpdate else {
            counts.outdated &+= 1
            return
        }
        let follows =
            fields.hasPrevious ? fields.previous == lastUpdate : fields.first == lastUpdate &+ 1
        let isNext = follows || isFirstAfterSnapshot && fields.first <= lastUpdate &+ 1
        guard isNext else {
            counts.gaps &+= 1
            isCurrent = false
            return
        }
        isFirstAfterSnapshot = false
        apply(fields, bids: bids, asks: asks)
        lastUpdate = fields.last
    }

    @inline(__always)
    private mutating func apply(
        _ fields: Fields, bids: UnsafePointer<AggregateLevel>, asks: UnsafePointer<AggregateLevel>
    ) {
        for index in 0..<fields.bids { book.set(.bid, bids[index]) }
        for index in 0..<fields.asks { book.set(.ask, asks[index]) }
        counts.levels &+= UInt64(fields.bids &+ fields.asks)
    }
}
