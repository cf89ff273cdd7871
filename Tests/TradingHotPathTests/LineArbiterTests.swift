import Testing
import TradingHotPath

@Suite("Two lines as one")
struct LineArbiterTests {
    private struct References: ITCHHandler {
        var seen: [UInt64] = []
        mutating func orderDelete(_ message: OrderDelete) { seen.append(message.reference) }
    }

    /// A packet of deletes whose references are their sequence numbers.
    private func packet(_ sequence: UInt64, _ count: Int) -> [UInt8] {
        var stream = TestBytes()
        for index in 0..<count { stream.delete(sequence + UInt64(index)) }
        return Array("SESSION 01".utf8) + big(sequence) + big(UInt16(count)) + stream.bytes
    }

    private func receive(
        _ bytes: [UInt8], _ arbiter: inout LineArbiter, _ handler: inout References, at time: UInt64
    ) -> LineArbiter.Outcome {
        bytes.withUnsafeBytes { arbiter.receive($0, at: time, into: &handler) }
    }

    @Test("What one line loses the other brings, in order and once", arguments: [1, 2, 3])
    func losses(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var arrivals: [(time: UInt64, packet: [UInt8])] = []
        var next: UInt64 = 1
        for index in 0..<2_000 {
            let count = 1 + Int(random.below(5))
            let bytes = packet(next, count)
            next += UInt64(count)
            let sent = UInt64(index) * 20_000
            // Never lost on both.
            let loss = random.below(20)
            if loss != 0 { arrivals.append((sent + random.below(3) * 10_000, bytes)) }
            if loss != 1 { arrivals.append((sent + 166_000 + random.below(3) * 10_000, bytes)) }
        }
        arrivals.sort { $0.time < $1.time }
        // The session begins with its first packet.
        arrivals.insert((0, packet(1, 0)), at: 0)
        var arbiter = LineArbiter(patience: 10_000_000)
        var handler = References()
        for arrival in arrivals {
            #expect(receive(arrival.packet, &arbiter, &handler, at: arrival.time) == .read)
        }
        #expect(handler.seen == Array(1..<next))
        #expect(arbiter.waiting == 0 && arbiter.counts.held > 50)
        #expect(arbiter.receiver.counts.missing == 0 && arbiter.counts.abandonedGaps == 0)
    }

    @Test("What neither line brings is given up after a while, and told")
    func patience() {
        var arbiter = LineArbiter(patience: 1_000)
        var handler = References()
        #expect(receive(packet(1, 2), &arbiter, &handler, at: 0) == .read)
        #expect(receive(packet(5, 1), &arbiter, &handler, at: 10) == .read)
        #expect(receive(packet(6, 1), &arbiter, &handler, at: 1_010) == .read)
        #expect(handler.seen == [1, 2] && arbiter.waiting == 2)
        #expect(receive(packet(7, 1), &arbiter, &handler, at: 1_011) == .lost(from: 3, to: 5))
        #expect(handler.seen == [1, 2, 5, 6, 7])
        #expect(arbiter.receiver.counts.missing == 2 && arbiter.counts.abandonedGaps == 1 && arbiter.waiting == 0)
    }

    @Test("More than can wait gives the gap up; what is too long is counted")
    func bounds() {
        var arbiter = LineArbiter(patience: .max)
        var handler = References()
        _ = receive(packet(1, 1), &arbiter, &handler, at: 0)
        var long = packet(500, 1)
        long += [UInt8](repeating: 0, count: LineArbiter.slotBytes)
        _ = receive(long, &arbiter, &handler, at: 0)
        #expect(arbiter.counts.notHeld == 1 && arbiter.waiting == 0)
        for index in 0..<LineArbiter.slots {
            #expect(receive(packet(UInt64(3 + index), 1), &arbiter, &handler, at: 0) == .read)
        }
        #expect(arbiter.waiting == LineArbiter.slots && handler.seen == [1])
        let last = UInt64(3 + LineArbiter.slots)
        #expect(receive(packet(last, 1), &arbiter, &handler, at: 0) == .lost(from: 2, to: 3))
        #expect(handler.seen == [1] + Array(3...last))
    }
}
