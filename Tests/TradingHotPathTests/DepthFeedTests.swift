import Foundation
import Testing
import TradingHotPath

@Suite("Binance depth")
struct DepthFeedTests {
    private func receive(_ text: String, _ feed: inout DepthFeed) {
        let bytes = Array(text.utf8)
        let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { exact.deallocate() }
        exact.copyBytes(from: bytes)
        feed.receive(UnsafeRawBufferPointer(exact))
    }

    private static let snapshot = """
        {"lastUpdateId":100,"bids":[["10.00","1"],["9.5","2.5"]],"asks":[["10.10000000","3.00000001"]]}
        """

    @Test("A snapshot and the updates that continue it make the book")
    func updates() {
        var feed = DepthFeed(levels: 16)
        receive(Self.snapshot, &feed)
        receive(
            #"{"stream":"x@depth","data":{"e":"depthUpdate","E":1,"s":"X","U":99,"u":101,"b":[["9.5","0"],["9.7","4"]],"a":[]}}"#,
            &feed)
        receive(
            #" { "data" : { "e" : "depthUpdate", "x":{"y":[1,"\"}",null,-2.5e3]}, "U" : 102, "u" : 103 , "b":[], "a":[ ["10.05","7"] ] } } "#,
            &feed)
        #expect(feed.isCurrent && feed.lastUpdate == 103 && feed.counts.malformed == 0)
        #expect(feed.book.count(.bid) == 2 && feed.book.count(.ask) == 2)
        #expect(feed.book.level(.bid, depth: 1) == AggregateLevel(price: 970_000_000, quantity: 400_000_000))
        #expect(feed.book.level(.ask, depth: 0) == AggregateLevel(price: 1_005_000_000, quantity: 700_000_000))
        #expect(feed.book.level(.ask, depth: 1) == AggregateLevel(price: 1_010_000_000, quantity: 300_000_001))
    }

    @Test("An update that does not follow makes the book stale until a snapshot")
    func gap() {
        var feed = DepthFeed(levels: 16)
        let update = #"{"data":{"e":"depthUpdate","U":%d,"u":%d,"b":[["9","1"]],"a":[]}}"#
        func send(_ first: Int, _ last: Int) { receive(String(format: update, first, last), &feed) }
        send(1, 2)
        receive(Self.snapshot, &feed)
        send(90, 100)
        send(95, 105)
        send(107, 108)
        #expect(!feed.isCurrent && feed.lastUpdate == 105)
        send(109, 110)
        receive(Self.snapshot, &feed)
        receive(#"{"data":{"e":"depthUpdate","U":101,"u":102,"pu":100,"b":[],"a":[]}}"#, &feed)
        receive(#"{"data":{"e":"depthUpdate","U":103,"u":104,"pu":101,"b":[],"a":[]}}"#, &feed)
        #expect(!feed.isCurrent && feed.counts.gaps == 2)
        // Again the same: now what waited continues it, up to the update whose predecessor is another.
        receive(Self.snapshot, &feed)
        #expect(feed.lastUpdate == 102 && !feed.isCurrent)
        let counts = feed.counts
        #expect(counts.gaps == 3 && counts.whileStale == 5 && counts.outdated == 2 && counts.snapshots == 3)
    }

    @Test("Book tickers and trades")
    func others() {
        var feed = DepthFeed(levels: 16)
        receive(#"{"data":{"u":5,"s":"X","b":"61837.63000000","B":"3.78826000","a":"61837.64","A":"1.5"}}"#, &feed)
        receive(#"{"data":{"e":"trade","t":1,"p":"61800.30","q":"0.006","X":"MARKET","m":false}}"#, &feed)
        receive(#"{"result":null,"id":1}"#, &feed)
        #expect(feed.bestBid == AggregateLevel(price: 6_183_763_000_000, quantity: 378_826_000))
        #expect(feed.bestAsk == AggregateLevel(price: 6_183_764_000_000, quantity: 150_000_000))
        #expect(feed.lastTrade == AggregateLevel(price: 6_180_030_000_000, quantity: 600_000))
        #expect(feed.counts.bookTickers == 1 && feed.counts.trades == 1 && feed.counts.others == 1)
    }

    @Test("A text cut anywhere is malformed and changes nothing")
    func truncation() {
        let update =
            #"{"stream":"x","data":{"e":"depthUpdate","U":101,"u":101,"b":[["9.5","0"],["9.7","4"]],"a":[["11","1.123456789"]]}}"#
        var feed = DepthFeed(levels: 16)
        receive(Self.snapshot, &feed)
        let digest = feed.book.digest
        for length in 0..<update.utf8.count {
            receive(String(update.prefix(length)), &feed)
            #expect(feed.book.digest == digest && feed.counts.malformed == UInt64(length + 1))
        }
        receive(update, &feed)
        #expect(feed.book.digest != digest)
    }

    @Test("Hostile texts are malformed, not fatal")
    func hostile() {
        var feed = DepthFeed(levels: 4)
        for text in [
            "", " ", "{", "[]", "{}}", #"{"a"}"#, #"{"data":[]}"#, #"{"bids":[["1","2","3"]]}"#,
            #"{"bids":[["","2"]]}"#,
            #"{"bids":[["99999999999","2"]]}"#, #"{"bids":[["1.","2"]]}"#, #"{"x":"\"#,
            #"{"x":"# + String(repeating: "[", count: 5_000), #"{"lastUpdateId":99999999999999999999}"#,
            #"{"bids":["# + Array(repeating: #"["1","1"]"#, count: 9_000).joined(separator: ",") + "]}",
        ] {
            let before = feed.counts.malformed
            receive(text, &feed)
            #expect(feed.counts.malformed == before + 1, "\(text.prefix(40))")
        }
        var random = RandomSource(seed: 4)
        let seed = Array(Self.snapshot.utf8)
        for _ in 0..<200_000 {
            var bytes = seed
            for _ in 0...random.below(4) {
                bytes[Int(random.below(UInt64(bytes.count)))] = UInt8(truncatingIfNeeded: random.next())
            }
            bytes.withUnsafeBytes { feed.receive($0) }
            #expect(feed.book.count(.bid) <= 4 && feed.book.count(.ask) <= 4)
        }
        #expect(feed.counts.malformed > 50_000 && feed.counts.snapshots > 10_000)
    }

    @Test("When the room is used up the worst level makes way")
    func capacity() {
        var book = AggregateBook(levels: 3)
        for price: Int64 in [5, 3, 4, 2, 6] { book.set(.bid, AggregateLevel(price: price, quantity: 1)) }
        for price: Int64 in [5, 3, 4, 2, 6] { book.set(.ask, AggregateLevel(price: price, quantity: 1)) }
        #expect((0..<3).map { book.level(.bid, depth: $0)!.price } == [6, 5, 4])
        #expect((0..<3).map { book.level(.ask, depth: $0)!.price } == [2, 3, 4])
        #expect(book.dropped == 4)
    }

    /// A book made by Foundation's decoder and a dictionary a side.
    private struct FoundationBook {
        var bids: [Decimal: Decimal] = [:]
        var asks: [Decimal: Decimal] = [:]
        var lastUpdate: UInt64?
        var waiting: [Update] = []

        struct Update: Decodable {
            var e: String?
            var U: UInt64?
            var u: UInt64?
            var pu: UInt64?
            var b: [[String]]?
            var a: [[String]]?
        }
        struct Message: Decodable { var data: Update }
        struct Snapshot: Decodable {
            var lastUpdateId: UInt64
            var bids: [[String]]
            var asks: [[String]]
        }

        mutating func receive(_ data: Data) throws {
            let decoder = JSONDecoder()
            if let snapshot = try? decoder.decode(Snapshot.self, from: data) {
                (bids, asks) = ([:], [:])
                apply(snapshot.bids, snapshot.asks)
                lastUpdate = snapshot.lastUpdateId
                for update in waiting where update.u! > lastUpdate! {
                    apply(update.b!, update.a!)
                    lastUpdate = update.u!
                }
            } else if let update = try? decoder.decode(Message.self, from: data).data, update.e == "depthUpdate" {
                guard let last = lastUpdate else { return waiting.append(update) }
                guard update.u! > last else { return }
                apply(update.b!, update.a!)
                lastUpdate = update.u!
            }
        }

        private mutating func apply(_ newBids: [[String]], _ newAsks: [[String]]) {
            for pair in newBids {
                let quantity = Decimal(string: pair[1])!
                bids[Decimal(string: pair[0])!] = quantity == 0 ? nil : quantity
            }
            for pair in newAsks {
                let quantity = Decimal(string: pair[1])!
                asks[Decimal(string: pair[0])!] = quantity == 0 ? nil : quantity
            }
        }
    }

    @Test(
        "Real streams: the same book as Foundation's decoder and dictionaries make",
        .enabled(
            if: RealFileTests.isThere("binance/spot_btcusdt_20240808.gz"),
            "no market data: set TICKSCOPE_MARKET_DATA"),
        arguments: ["spot_btcusdt", "usdm_ethusdt"])
    func realStream(name: String) throws {
        let bytes = try RealFileTests.bytes("binance/\(name)_20240808.gz")
        var feed = DepthFeed()
        var foundation = FoundationBook()
        var lines = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(20_000) {
            let text = line.dropFirst(line.firstIndex(of: UInt8(ascii: " "))! - line.startIndex + 1)
            text.withUnsafeBytes { feed.receive($0) }
            if !text.starts(with: Array(#"{"stream":"\#(name.suffix(7))@t"#.utf8)) {
                try foundation.receive(Data(text))
            }
            lines += 1
        }
        #expect(lines == 20_000 && feed.counts.malformed == 0 && feed.counts.others == 0)
        #expect(feed.isCurrent && feed.counts.gaps == 0 && feed.lastUpdate == foundation.lastUpdate)
        for (side, levels) in [(Side.bid, foundation.bids), (.ask, foundation.asks)] {
            let sorted = levels.sorted { side == .bid ? $0.key > $1.key : $0.key < $1.key }
            #expect(feed.book.count(side) == sorted.count && sorted.count > 900)
            let isEqual = sorted.enumerated().allSatisfy { depth, level in
                let scale: Decimal = 100_000_000
                let ours = feed.book.level(side, depth: depth)!
                return Decimal(ours.price) == level.key * scale && Decimal(ours.quantity) == level.value * scale
            }
            #expect(isEqual)
        }
    }
}
