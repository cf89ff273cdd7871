/// A feed without end: its messages, then a delete for every order that they leave, and from the start again.
///
/// What a book holds at the end of a round is what it held at the start, nothing, so a program can be measured for as
/// long as it takes on a stream that stays in memory. The deletes are the only messages that the feed did not have.
package struct FeedLoop: ~Copyable {
    @usableFromInline let bytes: UnsafeMutablePointer<UInt8>
    /// Bytes of a round.
    @usableFromInline package let length: Int
    /// Bytes of the feed's own messages, at the start of a round.
    package let feedLength: Int
    /// Where the next message begins.
    @usableFromInline package private(set) var position = 0
    /// Messages of the feed, and of a round.
    package let feedMessages: Int
    package let roundMessages: Int
    /// The room that a round needs, exactly.
    package let capacity: BookCapacity
    /// The state of the books after the feed's last message.
    package let digest: StateDigest
    /// Books with a locate up to the largest.
    package let books: Int
    /// Orders and levels alive then.
    package let liveOrders: Int
    package let liveLevels: Int

    /// - Parameter stream: a framed stream; what follows the first torn message or the end of the session is left out.
    package init(_ stream: some Collection<UInt8>) {
        var bytes = Array(stream)
        bytes.removeSubrange(Self.wholeMessages(bytes)...)
        let (survey, counts) = bytes.withUnsafeBytes { StreamSurvey.survey($0) }
        var books = BookSet(capacity: survey.capacity(), prefault: false)
        bytes.withUnsafeBytes {
            var reader = ITCHStreamReader($0)
            reader.replay(into: &books)
        }
        digest = books.stateDigest()
        liveOrders = books.liveOrders
        liveLevels = books.liveLevels
        capacity = books.usedCapacity
        self.books = Int(survey.largestLocate)
        let deletes = books.deletes()
        feedLength = bytes.count
        feedMessages = Int(counts.messages &+ counts.unknownTypes &+ counts.malformed)
        roundMessages = feedMessages + deletes.messages
        bytes += deletes.bytes
        length = bytes.count
        self.bytes = .allocate(capacity: max(1, bytes.count))
        self.bytes.initialize(from: bytes, count: bytes.count)
    }

    deinit { bytes.deallocate() }

    private static func wholeMessages(_ bytes: [UInt8]) -> Int {
        var position = 0
        while position + 2 <= bytes.count {
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            guard length > 0, position + 2 + length <= bytes.count else { break }
            position += 2 + length
        }
        return position
    }

    /// The feed's own messages, framed.
    package var feedBytes: [UInt8] { Array(UnsafeBufferPointer(start: bytes, count: feedLength)) }

    /// The deletes that end a round, framed.
    package var deleteBytes: [UInt8] {
        Array(UnsafeBufferPointer(start: bytes + feedLength, count: length - feedLength))
    }

    /// Begins a round, whatever is left of this one.
    package mutating func rewind() { position = 0 }

    /// Whether a new round begins with the next message.
    @inlinable
    package var isAtStart: Bool { position == 0 }

    /// The next message, with its length in front.
    @inlinable
    package var next: UnsafeRawPointer { UnsafeRawPointer(bytes + position) }

    /// Hands the next message to a handler.
    ///
    /// - Precondition: the feed has a message, here and in all that steps; ``length`` says so.
    @inlinable @inline(__always)  // hot: per message
    package mutating func step<Handler: ITCHHandler & ~Copyable>(into handler: inout Handler) {
        let message = next
        let length = Int(message.bigEndianUInt16(at: 0))
        _ = decodeMessage(message + 2, length: length, into: &handler)
        advance(length)
    }

    @inlinable @inline(__always)
    mutating func advance(_ messageLength: Int) {
        let after = position &+ 2 &+ messageLength
        position = after == length ? 0 : after
    }

    /// Hands on messages up to the end of the feed, where the books have the state of ``digest``.
    @inlinable
    package mutating func finish<Handler: ITCHHandler & ~Copyable>(into handler: inout Handler) {
        repeat { step(into: &handler) } while position != feedLength % length
    }

    /// The next message, for the product's books: compiled here, where everything inlines.
    @inline(never)  // hot: per message
    package mutating func step(into books: inout BookSet) {
        let message = next
        let length = Int(message.bigEndianUInt16(at: 0))
        _ = decodeMessage(message + 2, length: length, into: &books)
        advance(length)
    }

    /// The next message, through the whole path.
    @inline(never)  // hot: per message
    package mutating func step(into pipeline: inout Pipeline<NoMarks>) {
        let message = next
        let length = Int(message.bigEndianUInt16(at: 0))
        _ = decodeMessage(message + 2, length: length, into: &pipeline)
        advance(length)
    }
}

extension BookSet {
    /// A delete for every order alive, by ascending reference: the order decides in which order slots are taken again.
    package func deletes() -> (bytes: [UInt8], messages: Int) {
        var alive: [(reference: UInt64, locate: UInt16)] = []
        alive.reserveCapacity(liveOrders)
        for locate in 0..<UInt16(clamping: (usedLadders + 1) / 2) {
            for side in Side.allCases {
                for depth in 0..<levelCount(locate, side) {
                    alive += queue(locate, side, depth: depth).map { ($0.reference, locate) }
                }
            }
        }
        alive.sort { $0.reference < $1.reference }
        var writer = ITCHWriter()
        writer.reserve(messages: alive.count)
        for order in alive { writer.delete(order.locate, reference: order.reference, at: 72_400_000_000_000) }
        return (writer.bytes, writer.messages)
    }
}
