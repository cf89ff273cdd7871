import Testing
import TradingHotPath

@Suite("Three implementations of one book")
struct ThreeBooksTests {
    /// The stream through each, and that all agree.
    static func expectAgreement(_ bytes: [UInt8]) throws -> StateDigest {
        let capacity = bytes.withUnsafeBytes { StreamSurvey.survey($0).0.capacity() }
        var flat = BookSet(capacity: capacity, prefault: false)
        decode(bytes, into: &flat)
        var values = ValueBooks()
        decode(bytes, into: &values)
        var idiomatic = IdiomaticBooks()
        decode(bytes, into: &idiomatic)
        #expect(values.stateDigest() == flat.stateDigest())
        #expect(idiomatic.stateDigest() == flat.stateDigest())
        #expect(values.counters == flat.counters && idiomatic.counters == flat.counters)
        #expect(values.liveOrders == flat.liveOrders && idiomatic.liveOrders == flat.liveOrders)
        for locate: UInt16 in 0...20 {
            for side in Side.allCases {
                for depth in 0..<4 {
                    let queue = flat.queue(locate, side, depth: depth)
                    #expect(values.queue(locate, side, depth: depth) == queue)
                    #expect(idiomatic.queue(locate, side, depth: depth) == queue)
                }
            }
        }
        try flat.checkInvariants()
        return flat.stateDigest()
    }

    @Test("Generated streams", arguments: [1, 20, 500])
    func generated(symbols: Int) throws {
        _ = try Self.expectAgreement(MarketGenerator.generate(.init(seed: 31, messages: 30_000, symbols: symbols)))
    }

    @Test("Streams that contradict themselves are followed and counted the same way", arguments: [41, 42, 43])
    func contradictions(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        var stream = TestBytes()
        for _ in 0..<20_000 {
            let reference = random.below(40)
            let other = random.below(40)
            let shares = UInt32(random.below(5))
            let price = random.below(10) == 0 ? UInt32.max : UInt32(random.below(5))
            switch random.below(7) {
            case 0, 1: stream.add(reference, ["B", "S", "Z"][Int(random.below(3))], shares, price)
            case 2: stream.execute(reference, shares)
            case 3: stream.execute(reference, shares, at: price, printable: random.below(2) == 0 ? "Y" : "N")
            case 4: stream.cancel(reference, shares)
            case 5: stream.replace(reference, other, shares, price)
            default: stream.delete(reference)
            }
        }
        _ = try Self.expectAgreement(stream.bytes)
    }
}
