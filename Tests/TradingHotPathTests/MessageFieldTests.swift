import Testing
import TradingHotPath

/// Every field of every message, at the offset and width of the specification's tables.
///
/// Byte i of a message under test holds i, so a field of n bytes at offset o must read o, o + 1 … o + n - 1.
@Suite("Message fields")
struct MessageFieldTests {
    /// The number that n ramp bytes from an offset make.
    private static func ramp(_ offset: Int, _ count: Int) -> UInt64 {
        (offset..<offset + count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static let lengths: [Character: Int] = [
        "A": 36, "F": 40, "E": 31, "C": 36, "X": 23, "D": 19, "U": 35, "P": 44,
        "Q": 40, "B": 19, "I": 50, "N": 20, "S": 12, "R": 39, "H": 25, "Y": 20,
        "L": 26, "V": 35, "W": 12, "K": 28, "J": 35, "h": 21, "O": 48,
    ]

    @Test("Each type is read at its offsets", arguments: lengths.keys.sorted())
    func fields(type: Character) throws {
        let length = try #require(Self.lengths[type])
        let message = [type.asciiValue!] + (1..<length).map { UInt8($0) }
        var recorder = FieldRecorder()
        #expect(decode(big(UInt16(length)) + message, into: &recorder).messages == 1)
        let expected = try #require(FieldRecorder.layout[type])
        #expect(recorder.fields.count == expected.count + 3)
        #expect(recorder.fields["locate"] == Self.ramp(1, 2))
        #expect(recorder.fields["trackingNumber"] == Self.ramp(3, 2))
        #expect(recorder.fields["timestamp"] == Self.ramp(5, 6))
        for (field, place) in expected {
            #expect(recorder.fields[field] == Self.ramp(place.0, place.1), "\(field)")
        }
    }

    @Test("A known type of any other length is malformed", arguments: lengths.keys.sorted())
    func wrongLength(type: Character) throws {
        let length = try #require(Self.lengths[type])
        for wrong in [1, 10, length - 1, length + 1, 200] {
            var counter = TypeCounter()
            let message = [type.asciiValue!] + Array(repeating: 0, count: wrong - 1)
            let counts = decode(big(UInt16(wrong)) + message, into: &counter)
            #expect(counts.malformed == 1 && counts.messages == 0 && counter.counts.isEmpty)
        }
    }

    @Test("An add of hand-written bytes")
    func addOrder() {
        struct Reader: ITCHHandler {
            var text = ""
            mutating func addOrder(_ message: AddOrder) {
                text = """
                    \(message.locate) \(message.trackingNumber) \(message.nanosecondsSinceMidnight) \
                    \(message.reference) \(message.side) \(message.shares) \(message.stock) \(message.price)
                    """
            }
        }
        let bytes: [UInt8] = [
            0x00, 0x24, 0x41, 0x00, 0x0D, 0x00, 0x02, 0x1F, 0x1A, 0xCE, 0xD8, 0x1B, 0x2A,  // header
            0x00, 0x00, 0x00, 0x00, 0x26, 0x71, 0xDE, 0x39, 0x53, 0x00, 0x00, 0x00, 0x64,  // reference, S, 100
            0x54, 0x49, 0x43, 0x4B, 0x20, 0x20, 0x20, 0x20, 0x00, 0x2D, 0xC6, 0xC0,  // TICK, $300
        ]
        var reader = Reader()
        decode(bytes, into: &reader)
        #expect(reader.text == "13 2 34199999879978 644996665 83 100 TICK 3000000")
    }
}

/// Keeps the fields of the last message as numbers.
private struct FieldRecorder: ITCHHandler {
    /// Offset and width of each field, from the specification.
    static let layout: [Character: [String: (Int, Int)]] = [
        "A": ["reference": (11, 8), "side": (19, 1), "shares": (20, 4), "stock": (24, 8), "price": (32, 4)],
        "F": [
            "reference": (11, 8), "side": (19, 1), "shares": (20, 4), "stock": (24, 8), "price": (32, 4),
            "attribution": (36, 4),
        ],
        "E": ["reference": (11, 8), "shares": (19, 4), "matchNumber": (23, 8)],
        "C": ["reference": (11, 8), "shares": (19, 4), "matchNumber": (23, 8), "printable": (31, 1), "price": (32, 4)],
        "X": ["reference": (11, 8), "cancelledShares": (19, 4)],
        "D": ["reference": (11, 8)],
        "U": ["oldReference": (11, 8), "newReference": (19, 8), "shares": (27, 4), "price": (31, 4)],
        "P": [
            "reference": (11, 8), "side": (19, 1), "shares": (20, 4), "stock": (24, 8), "price": (32, 4),
            "matchNumber": (36, 8),
        ],
        "Q": ["shares": (11, 8), "stock": (19, 8), "price": (27, 4), "matchNumber": (31, 8), "crossType": (39, 1)],
        "B": ["matchNumber": (11, 8)],
        "I": [
            "pairedShares": (11, 8), "imbalanceShares": (19, 8), "direction": (27, 1), "stock": (28, 8),
            "farPrice": (36, 4), "nearPrice": (40, 4), "referencePrice": (44, 4), "crossType": (48, 1),
            "priceVariation": (49, 1),
        ],
        "N": ["stock": (11, 8), "interest": (19, 1)],
        "S": ["code": (11, 1)],
        "R": [
            "stock": (11, 8), "marketCategory": (19, 1), "financialStatus": (20, 1), "roundLotSize": (21, 4),
            "roundLotsOnly": (25, 1), "issueClassification": (26, 1), "issueSubtype": (27, 2), "authenticity": (29, 1),
            "shortSaleThreshold": (30, 1), "ipoFlag": (31, 1), "luldTier": (32, 1), "etpFlag": (33, 1),
            "etpLeverage": (34, 4), "inverse": (38, 1),
        ],
        "H": ["stock": (11, 8), "state": (19, 1), "reason": (21, 4)],
        "Y": ["stock": (11, 8), "action": (19, 1)],
        "L": [
            "participant": (11, 4), "stock": (15, 8), "primaryMarketMaker": (23, 1), "mode": (24, 1), "state": (25, 1),
        ],
        "V": ["level1": (11, 8), "level2": (19, 8), "level3": (27, 8)],
        "W": ["breachedLevel": (11, 1)],
        "K": ["stock": (11, 8), "releaseSecondsSinceMidnight": (19, 4), "qualifier": (23, 1), "price": (24, 4)],
        "J": [
            "stock": (11, 8), "referencePrice": (19, 4), "upperPrice": (23, 4), "lowerPrice": (27, 4),
            "extensionCount": (31, 4),
        ],
        "h": ["stock": (11, 8), "market": (19, 1), "action": (20, 1)],
        "O": [
            "stock": (11, 8), "eligible": (19, 1), "minimumPrice": (20, 4), "maximumPrice": (24, 4),
            "nearPrice": (28, 4), "nearNanosecondsSinceMidnight": (32, 8), "lowerCollar": (40, 4),
            "upperCollar": (44, 4),
        ],
    ]

    var fields: [String: UInt64] = [:]

    private mutating func record(_ message: some ITCHMessage, _ fields: [String: UInt64]) {
        self.fields = fields
        self.fields["locate"] = UInt64(message.locate)
        self.fields["trackingNumber"] = UInt64(message.trackingNumber)
        self.fields["timestamp"] = message.nanosecondsSinceMidnight
    }

    mutating func addOrder(_ m: AddOrder) {
        record(
            m,
            [
                "reference": m.reference, "side": UInt64(m.side), "shares": UInt64(m.shares), "stock": m.stock.rawValue,
                "price": UInt64(m.price),
            ])
    }
    mutating func addOrderWithAttribution(_ m: AddOrderWithAttribution) {
        record(
            m,
            [
                "reference": m.reference, "side": UInt64(m.side), "shares": UInt64(m.shares), "stock": m.stock.rawValue,
                "price": UInt64(m.price), "attribution": UInt64(m.attribution),
            ])
    }
    mutating func orderExecuted(_ m: OrderExecuted) {
        record(m, ["reference": m.reference, "shares": UInt64(m.shares), "matchNumber": m.matchNumber])
    }
    mutating func orderExecutedWithPrice(_ m: OrderExecutedWithPrice) {
        record(
            m,
            [
                "reference": m.reference, "shares": UInt64(m.shares), "matchNumber": m.matchNumber,
                "printable": UInt64(m.printable), "price": UInt64(m.price),
            ])
    }
    mutating func orderCancel(_ m: OrderCancel) {
        record(m, ["reference": m.reference, "cancelledShares": UInt64(m.cancelledShares)])
    }
    mutating func orderDelete(_ m: OrderDelete) {
        record(m, ["reference": m.reference])
    }
    mutating func orderReplace(_ m: OrderReplace) {
        record(
            m,
            [
                "oldReference": m.oldReference, "newReference": m.newReference, "shares": UInt64(m.shares),
                "price": UInt64(m.price),
            ])
    }
    mutating func trade(_ m: Trade) {
        record(
            m,
            [
                "reference": m.reference, "side": UInt64(m.side), "shares": UInt64(m.shares), "stock": m.stock.rawValue,
                "price": UInt64(m.price), "matchNumber": m.matchNumber,
            ])
    }
    mutating func crossTrade(_ m: CrossTrade) {
        record(
            m,
            [
                "shares": m.shares, "stock": m.stock.rawValue, "price": UInt64(m.price), "matchNumber": m.matchNumber,
                "crossType": UInt64(m.crossType),
            ])
    }
    mutating func brokenTrade(_ m: BrokenTrade) {
        record(m, ["matchNumber": m.matchNumber])
    }
    mutating func orderImbalance(_ m: OrderImbalance) {
        record(
            m,
            [
                "pairedShares": m.pairedShares, "imbalanceShares": m.imbalanceShares, "direction": UInt64(m.direction),
                "stock": m.stock.rawValue, "farPrice": UInt64(m.farPrice), "nearPrice": UInt64(m.nearPrice),
                "referencePrice": UInt64(m.referencePrice), "crossType": UInt64(m.crossType),
                "priceVariation": UInt64(m.priceVariation),
            ])
    }
    mutating func retailInterest(_ m: RetailInterest) {
        record(m, ["stock": m.stock.rawValue, "interest": UInt64(m.interest)])
    }
    mutating func systemEvent(_ m: SystemEvent) {
        record(m, ["code": UInt64(m.code)])
    }
    mutating func stockDirectory(_ m: StockDirectory) {
        record(
            m,
            [
                "stock": m.stock.rawValue, "marketCategory": UInt64(m.marketCategory),
                "financialStatus": UInt64(m.financialStatus), "roundLotSize": UInt64(m.roundLotSize),
                "roundLotsOnly": UInt64(m.roundLotsOnly), "issueClassification": UInt64(m.issueClassification),
                "issueSubtype": UInt64(m.issueSubtype), "authenticity": UInt64(m.authenticity),
                "shortSaleThreshold": UInt64(m.shortSaleThreshold), "ipoFlag": UInt64(m.ipoFlag),
                "luldTier": UInt64(m.luldTier), "etpFlag": UInt64(m.etpFlag), "etpLeverage": UInt64(m.etpLeverage),
                "inverse": UInt64(m.inverse),
            ])
    }
    mutating func tradingAction(_ m: TradingAction) {
        record(m, ["stock": m.stock.rawValue, "state": UInt64(m.state), "reason": UInt64(m.reason)])
    }
    mutating func regSHORestriction(_ m: RegSHORestriction) {
        record(m, ["stock": m.stock.rawValue, "action": UInt64(m.action)])
    }
    mutating func marketParticipantPosition(_ m: MarketParticipantPosition) {
        record(
            m,
            [
                "participant": UInt64(m.participant), "stock": m.stock.rawValue,
                "primaryMarketMaker": UInt64(m.primaryMarketMaker), "mode": UInt64(m.mode), "state": UInt64(m.state),
            ])
    }
    mutating func circuitBreakerLevels(_ m: CircuitBreakerLevels) {
        record(m, ["level1": m.level1, "level2": m.level2, "level3": m.level3])
    }
    mutating func circuitBreakerStatus(_ m: CircuitBreakerStatus) {
        record(m, ["breachedLevel": UInt64(m.breachedLevel)])
    }
    mutating func ipoQuotingPeriod(_ m: IPOQuotingPeriod) {
        record(
            m,
            [
                "stock": m.stock.rawValue, "releaseSecondsSinceMidnight": UInt64(m.releaseSecondsSinceMidnight),
                "qualifier": UInt64(m.qualifier), "price": UInt64(m.price),
            ])
    }
    mutating func auctionCollar(_ m: AuctionCollar) {
        record(
            m,
            [
                "stock": m.stock.rawValue, "referencePrice": UInt64(m.referencePrice),
                "upperPrice": UInt64(m.upperPrice), "lowerPrice": UInt64(m.lowerPrice),
                "extensionCount": UInt64(m.extensionCount),
            ])
    }
    mutating func operationalHalt(_ m: OperationalHalt) {
        record(m, ["stock": m.stock.rawValue, "market": UInt64(m.market), "action": UInt64(m.action)])
    }
    mutating func directListing(_ m: DirectListing) {
        record(
            m,
            [
                "stock": m.stock.rawValue, "eligible": UInt64(m.eligible), "minimumPrice": UInt64(m.minimumPrice),
                "maximumPrice": UInt64(m.maximumPrice), "nearPrice": UInt64(m.nearPrice),
                "nearNanosecondsSinceMidnight": m.nearNanosecondsSinceMidnight, "lowerCollar": UInt64(m.lowerCollar),
                "upperCollar": UInt64(m.upperCollar),
            ])
    }
}
