// Binance lines (local nanoseconds, a space, JSON) through our scanner and through Foundation's decoder.
internal import Foundation
internal import TradingHotPath

/// The JSON of each line.
private func texts(_ stream: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    stream.split(separator: UInt8(ascii: "\n")).map { line in
        let start = (line.firstIndex(of: UInt8(ascii: " ")) ?? line.startIndex) + 1
        return UnsafeRawBufferPointer(rebasing: stream[start..<line.endIndex])
    }
}

func measureDepth(_ name: String, _ stream: UnsafeRawBufferPointer, _ passes: Int) {
    let texts = texts(stream)
    var feed = DepthFeed()
    measure(name, passes: passes) {
        for text in texts { feed.receive(text) }
        return UInt64(texts.count)
    } drain: {
        feed = DepthFeed()
        return 0
    } digest: {
        feed.book.digest
    }
}

private struct Message: Decodable {
    struct Data: Decodable {
        var e: String?
        var U: UInt64?
        var u: UInt64?
        var b: Levels?
        var a: Levels?
    }

    /// An array in a depth update, and one price in a book ticker.
    enum Levels: Decodable {
        case levels([[String]])
        case price(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let levels = try? container.decode([[String]].self) {
                self = .levels(levels)
            } else {
                self = .price(try container.decode(String.self))
            }
        }

        var levels: [[String]] {
            if case .levels(let levels) = self { return levels }
            return []
        }
    }

    var data: Data?
    var lastUpdateId: UInt64?
    var bids: [[String]]?
    var asks: [[String]]?
}

func measureFoundation(_ name: String, _ stream: UnsafeRawBufferPointer, _ passes: Int) {
    let texts = texts(stream).map { Data($0) }
    let decoder = JSONDecoder()
    var book = AggregateBook(levels: 16_384)
    var last: UInt64?
    var waiting: [Message.Data] = []
    func apply(_ side: Side, _ levels: [[String]]) {
        for level in levels {
            let numbers = level.map { Int64((Double($0)! * 1e8).rounded()) }
            book.set(side, AggregateLevel(price: numbers[0], quantity: numbers[1]))
        }
    }
    func follow(_ data: Message.Data) {
        guard let before = last, let number = data.u, number > before else { return }
        apply(.bid, data.b?.levels ?? [])
        apply(.ask, data.a?.levels ?? [])
        last = number
    }
    measure(name, passes: passes) {
        for text in texts {
            guard let message = try? decoder.decode(Message.self, from: text) else { continue }
            if let snapshot = message.lastUpdateId {
                book.removeAll()
                apply(.bid, message.bids ?? [])
                apply(.ask, message.asks ?? [])
                last = snapshot
                waiting.forEach(follow)
                waiting = []
            } else if let data = message.data, data.e == "depthUpdate" {
                if last == nil { waiting.append(data) } else { follow(data) }
            }
        }
        return UInt64(texts.count)
    } drain: {
        book.removeAll()
        last = nil
        return 0
    } digest: {
        book.digest
    }
}
