/// Writes Binance streams of one symbol that a book can follow: a snapshot, then depth updates, book tickers and trades.
///
/// The shape is that of the spot recording of BTCUSDT of 2024-08-08: of the messages one in twelve is a depth update, with
/// some tens of levels on each side at most, two in three are book tickers, the rest are trades; prices have two decimals
/// and are written with eight, quantities with eight.
package enum DepthGenerator {
    /// - Parameters:
    ///   - messages: at least 1; the first is the snapshot.
    ///   - levels: of each side in the snapshot, at most 5,000.
    /// - Returns: one JSON text a message.
    package static func messages(seed: UInt64, messages: Int, levels: Int = 1_000) -> [[UInt8]] {
        var state = State(seed: seed)
        var texts = [Array(state.snapshot(levels: min(max(levels, 1), 5_000)).utf8)]
        texts.reserveCapacity(messages)
        while texts.count < messages {
            let draw = state.random.below(60)
            let text = draw < 5 ? state.depthUpdate() : draw < 46 ? state.bookTicker() : state.trade()
            texts.append(Array(text.utf8))
        }
        return texts
    }

    private struct State {
        var random: RandomSource
        var update: UInt64 = 40_000_000_000
        var time: UInt64 = 1_723_100_000_000
        /// The middle of the spread, in hundredths.
        var middle: Int64 = 6_173_763
        var tradeNumber: UInt64 = 3_700_000_000

        init(seed: UInt64) { random = RandomSource(seed: seed) }

        mutating func snapshot(levels: Int) -> String {
            let bids = (0..<levels).map { "[\"\(price(middle - 1 - Int64($0)))\",\"\(quantity())\"]" }
            let asks = (0..<levels).map { "[\"\(price(middle + 1 + Int64($0)))\",\"\(quantity())\"]" }
            return "{\"lastUpdateId\":\(update),\"bids\":[\(bids.joined(separator: ","))],\"asks\":"
                + "[\(asks.joined(separator: ","))]}"
        }

        mutating func depthUpdate() -> String {
            time += 100
            middle += Int64(random.below(21)) - 10
            let first = update + 1
            update += 1 + random.below(200)
            func side(_ sign: Int64) -> String {
                // Most changes lie near the touch; what was passed by the price is removed.
                let count = 1 + Int(random.below(30))
                return (0..<count).map { index -> String in
                    let near = random.below(10) < 7
                    let distance = 1 + Int64(random.below(near ? 30 : 900))
                    let isGone = random.below(3) == 0
                    return "[\"\(price(middle + sign * distance))\",\"\(isGone ? "0.00000000" : quantity())\"]"
                }.joined(separator: ",")
            }
            let bids = side(-1)
            return
                "{\"stream\":\"btcusdt@depth@100ms\",\"data\":{\"e\":\"depthUpdate\",\"E\":\(time),\"s\":\"BTCUSDT\","
                + "\"U\":\(first),\"u\":\(update),\"b\":[\(bids)],\"a\":[\(side(1))]}}"
        }

        mutating func bookTicker() -> String {
            "{\"stream\":\"btcusdt@bookTicker\",\"data\":{\"u\":\(update),\"s\":\"BTCUSDT\",\"b\":\"\(price(middle - 1))\","
                + "\"B\":\"\(quantity())\",\"a\":\"\(price(middle + 1))\",\"A\":\"\(quantity())\"}}"
        }

        mutating func trade() -> String {
            tradeNumber += 1
            return "{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":\(time),\"s\":\"BTCUSDT\","
                + "\"t\":\(tradeNumber),\"p\":\"\(price(middle))\",\"q\":\"\(quantity())\",\"T\":\(time),\"m\":true,\"M\":true}}"
        }

        func price(_ hundredths: Int64) -> String {
            let rest = hundredths % 100
            return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)000000"
        }

        mutating func quantity() -> String {
            let whole = random.below(4) == 0 ? random.below(12) : 0
            let digits = String(1 + random.below(99_999))
            return "\(whole).\(String(repeating: "0", count: 5 - digits.count))\(digits)000"
        }
    }
}
