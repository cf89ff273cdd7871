internal import CZlib
internal import Glibc
internal import TradingHotPath

/// The streams that scenarios run on: generated from fixed seeds, or recorded ones where they are found.
enum Feeds {
    /// Messages of feeds of few symbols: what is done while they are made is not measured, but waited for.
    static let messages = 200_000

    /// A market of so many symbols, with activity by rank^-0.8.
    static func market(symbols: Int) -> [UInt8] {
        // More symbols need more messages to fill their books.
        let messages = symbols <= 100 ? Self.messages : symbols <= 500 ? 400_000 : 1_000_000
        return MarketGenerator.generate(.init(seed: 1, messages: messages, symbols: symbols))
    }

    static func profile(_ profile: MarketProfile, messages: Int = Feeds.messages) -> [UInt8] {
        MarketGenerator.generate(profile.configuration(seed: 1, messages: messages))
    }

    /// The folder of recorded market data; see docs/scenarios.md.
    static let recordings = getenv("TICKSCOPE_MARKET_DATA").map { String(cString: $0) }

    /// Names of recordings that are there, of these.
    static func found(_ recordings: [Recording]) -> [String] {
        recordings.filter { recording in
            Self.recordings.map { access("\($0)/\(recording.path)", R_OK) == 0 } ?? false
        }.map(\.rawValue)
    }

    /// Recordings that scenarios use when they are there.
    enum Recording: String, CaseIterable {
        case apple
        case bitcoin
        case arl
        case binance

        var path: String {
            switch self {
            case .apple: "itch50/aapl_20200130_locate13_10k.itch"
            case .bitcoin: "derived/btcusd_20260502_as_itch50.itch.gz"
            case .arl: "derived/arl_20250717_as_itch50.itch.gz"
            case .binance: "binance/spot_btcusdt_20240808.gz"
            }
        }
    }

    /// - Throws: ``ScenarioError`` when the stream has no whole message.
    static func loop(_ stream: [UInt8]) throws -> FeedLoop {
        let feed = FeedLoop(stream)
        guard feed.length > 0 else { throw ScenarioError("the feed has no message: is it framed ITCH 5.0?") }
        return feed
    }

    /// More is no recording of these.
    private static let largestRecording = 1 << 30

    /// - Throws: ``ScenarioError`` when it cannot be read.
    static func read(_ recording: Recording) throws -> [UInt8] {
        let path = "\(recordings ?? "")/\(recording.path)"
        guard let file = gzopen(path, "rb") else { throw ScenarioError("cannot read \(path)") }
        defer { gzclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = gzread(file, &block, UInt32(block.count))
            guard count >= 0 else { throw ScenarioError("cannot read \(path): it is damaged") }
            if count == 0 { return bytes }
            guard bytes.count < largestRecording else { throw ScenarioError("\(path) has more than 1 GiB") }
            bytes += block[..<Int(count)]
        }
    }
}

struct ScenarioError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
