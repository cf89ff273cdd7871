internal import TradingHotPath

/// What one full pass over a stream needs and leaves behind.
struct ReplayPlan {
    /// Exactly the room that a pass uses.
    var capacity: BookCapacity
    /// The state after one pass, the same for every thread.
    var digest: StateDigest
    var framing: FramingCounts
    var counters: BookCounters
    var liveOrders: Int
    var liveLevels: Int

    /// Replays the stream once, without prefaulting, to find out.
    ///
    /// - Throws: an error when the stream is not ITCH 5.0.
    init(stream: UnsafeRawBufferPointer, name: String) throws(InputError) {
        let (survey, framing) = StreamSurvey.survey(stream)
        if name.hasSuffix(".gz"), stream.starts(with: [0x1F, 0x8B]) {
            throw InputError(description: "\(name) is compressed: unpack it first, with gunzip")
        }
        guard framing.malformed == 0, framing.messages > framing.unknownTypes else {
            throw InputError(
                description: """
                    \(name) is corrupt or not an ITCH 5.0 file: \(framing.messages) good messages, \
                    \(framing.malformed) of a wrong length, \(framing.unknownTypes) of an unknown type, \
                    \(framing.tornBytes) bytes left over
                    """)
        }
        var books = BookSet(capacity: survey.capacity(), prefault: false)
        var reader = ITCHStreamReader(stream)
        reader.replay(into: &books)
        self.framing = framing
        capacity = books.usedCapacity
        digest = books.stateDigest()
        counters = books.counters
        liveOrders = books.liveOrders
        liveLevels = books.liveLevels
    }
}
