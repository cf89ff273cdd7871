internal import TradingHotPath

extension FuzzTarget {
    /// Framed ITCH, through the books and what watches them.
    static let itch = FuzzTarget("itch") { bytes in
        var books = MonitoredBooks(capacity: smallBooks, prefault: false)
        var reader = ITCHStreamReader(bytes)
        reader.read(into: &books)
        check(books)
    }

    /// MoldUDP64 packets, each with its length (2) in front, from two lines.
    static let mold = FuzzTarget("mold") { bytes in
        var books = MonitoredBooks(capacity: smallBooks, prefault: false)
        var receiver = MoldReceiver()
        var arbiter = LineArbiter(patience: 20)
        var input = FuzzInput(bytes)
        var time: UInt64 = 0
        while !input.rest.isEmpty {
            let packet = input.take(input.small() % 1_500)
            time += 1
            if case .gap = receiver.receive(packet, into: &books) {
                receiver.acceptGap()
                books.markAllStale()
            }
            if case .lost(let from, let to) = arbiter.receive(packet, at: time, into: &books) {
                precondition(from < to, "nothing is missing")
            }
        }
        check(books)
    }

    static let soup = FuzzTarget("soup") { bytes in
        var reader = SoupReader()
        let read = reader.read(bytes) { packet in
            if case .sequenced(let range) = packet { precondition(range.upperBound <= bytes.count, "beyond the input") }
        }
        precondition(read <= bytes.count, "more read than there is")
    }

    /// A snapshot and a few updates, one text a line.
    static let depthJSON = FuzzTarget("depth-json") { bytes in
        var feed = DepthFeed(levels: 8)
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            feed.receive(UnsafeRawBufferPointer(rebasing: line))
        }
        precondition(feed.book.count(.bid) <= 8 && feed.book.count(.ask) <= 8, "more levels than room")
    }

    private static var smallBooks: BookCapacity {
        BookCapacity(orders: 64, levels: 48, rungs: 512, pages: 16, maximumReference: 1 << 16)
    }

    private static func check(_ books: borrowing MonitoredBooks) {
        do {
            try books.books.checkInvariants()
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
