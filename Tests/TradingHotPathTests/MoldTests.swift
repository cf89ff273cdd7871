import Testing
import TradingHotPath

@Suite("MoldUDP64")
struct MoldTests {
    /// A packet of deletes whose references are their sequence numbers.
    private func packet(_ sequence: UInt64, _ count: Int, session: String = "000010059B") -> [UInt8] {
        var stream = TestBytes()
        for index in 0..<count { stream.delete(sequence + UInt64(index)) }
        return Array(session.utf8) + big(sequence) + big(UInt16(count)) + stream.bytes
    }

    private struct References: ITCHHandler {
        var seen: [UInt64] = []
        mutating func orderDelete(_ message: OrderDelete) { seen.append(message.reference) }
    }

    private func receive(_ bytes: [UInt8], _ receiver: inout MoldReceiver, _ handler: inout References)
        -> MoldReceiver.Outcome
    {
        let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { exact.deallocate() }
        exact.copyBytes(from: bytes)
        return receiver.receive(UnsafeRawBufferPointer(exact), into: &handler)
    }

    @Test("Two lines, one late and each with losses of its own, give every message once and in order")
    func arbitration() {
        var random = RandomSource(seed: 3)
        var receiver = MoldReceiver()
        var handler = References()
        var packets: [[UInt8]] = []
        var next: UInt64 = 1
        while next < 5_000 {
            let count = Int(random.below(38))
            packets.append(packet(next, count))
            next += UInt64(count)
        }
        // The other line brings each packet three packets later; a packet beyond a gap is held and offered again.
        var held: [[UInt8]] = []
        func offer(_ bytes: [UInt8]) {
            if case .gap = receive(bytes, &receiver, &handler) { held.append(bytes) }
            while let first = held.first {
                guard receiver.expected >= first[10..<18].reduce(0, { $0 << 8 | UInt64($1) }) else { return }
                held.removeFirst()
                _ = receive(first, &receiver, &handler)
            }
        }
        for index in 0..<packets.count + 3 {
            if index < packets.count, index % 7 != 3 { offer(packets[index]) }
            if index >= 3, index % 7 != 2 { offer(packets[index - 3]) }
        }
        #expect(handler.seen == Array(1..<next))
        #expect(receiver.counts.gaps > 30 && receiver.counts.missing == 0 && receiver.counts.malformedPackets == 0)
        #expect(receiver.counts.duplicates > 1_000)
    }

    @Test("A gap is reported with its bounds, waited for, and counted when given up")
    func gap() {
        var receiver = MoldReceiver()
        var handler = References()
        #expect(receive(packet(10, 2), &receiver, &handler) == .delivered)
        #expect(receive(packet(15, 2), &receiver, &handler) == .gap(from: 12, to: 15))
        // A number out of all reason must not carry the receiver away.
        #expect(receive(packet(.max - 5, 1), &receiver, &handler) == .gap(from: 12, to: .max - 5))
        #expect(receive(packet(15, 0), &receiver, &handler) == .gap(from: 12, to: 15))
        receiver.acceptGap()
        #expect(receive(packet(15, 2), &receiver, &handler) == .delivered)
        #expect(handler.seen == [10, 11, 15, 16])
        #expect(receiver.counts.gaps == 1 && receiver.counts.missing == 3 && receiver.expected == 17)
    }

    @Test("Overlapping packets hand on their new messages only")
    func overlap() {
        var receiver = MoldReceiver()
        var handler = References()
        #expect(receive(packet(1, 5), &receiver, &handler) == .delivered)
        #expect(receive(packet(3, 5), &receiver, &handler) == .delivered)
        #expect(receive(packet(2, 4), &receiver, &handler) == .duplicate)
        #expect(handler.seen == Array(1...7) && receiver.counts.duplicates == 7)
    }

    @Test("Heartbeats, the end of a session and packets of another session")
    func control() {
        var receiver = MoldReceiver()
        var handler = References()
        #expect(receive(packet(7, 0), &receiver, &handler) == .delivered)
        #expect(receiver.expected == 7 && receiver.counts.heartbeats == 1)
        #expect(receive(packet(7, 1, session: "SESSION  B"), &receiver, &handler) == .malformed)
        #expect(receive(Array(packet(7, 0).dropLast(2)) + [0xFF, 0xFF], &receiver, &handler) == .endOfSession)
        #expect(handler.seen.isEmpty)
    }

    @Test("A packet cut or stretched anywhere is malformed, and what is whole in it counts")
    func truncation() {
        let whole = packet(1, 3)
        for length in 0..<whole.count {
            var receiver = MoldReceiver()
            var handler = References()
            #expect(receive(Array(whole.prefix(length)), &receiver, &handler) == .malformed)
            #expect(handler.seen == Array(1..<UInt64(1 + max(0, length - 20) / 21)))
            #expect(receiver.counts.malformedPackets == 1)
        }
        var receiver = MoldReceiver()
        var handler = References()
        #expect(receive(whole + [0], &receiver, &handler) == .malformed)
        #expect(handler.seen == [1, 2, 3])
    }

    @Test("Generated packets carry the generated stream, whatever the bursts")
    func generated() {
        let bytes = MarketGenerator.generate(.init(seed: 9, messages: 20_000, symbols: 5))
        let packets = MoldWriter.packets(bytes, session: "TICKSCOPE1", firstSequence: 100, messagesPerPacket: 38)
        var receiver = MoldReceiver()
        var handler = TypeCounter()
        for packet in packets {
            #expect(packet.count <= 1_480)
            _ = packet.withUnsafeBytes { receiver.receive($0, into: &handler) }
        }
        var expected = TypeCounter()
        let counts = decode(bytes, into: &expected)
        #expect(handler.counts == expected.counts && receiver.counts.messages == counts.messages)
        #expect(receiver.expected == 100 + counts.messages)
    }
}

@Suite("SoupBinTCP")
struct SoupTests {
    private func packet(_ type: Character, _ payload: String = "") -> [UInt8] {
        big(UInt16(payload.utf8.count + 1)) + [type.asciiValue!] + Array(payload.utf8)
    }

    @Test("A stream in pieces of any size gives the same packets and sequence")
    func pieces() {
        let bytes =
            packet("A", "SESSION001" + "                 117") + packet("H") + packet("S", "one") + packet("U", "x")
            + packet("S", "") + [0, 0] + packet("?", "skipped") + packet("+", "debug") + packet("Z")
        for size in 1...bytes.count {
            var reader = SoupReader()
            var buffer: [UInt8] = []
            var names: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                buffer += bytes[start..<min(start + size, bytes.count)]
                let read = buffer.withUnsafeBytes { input in
                    reader.read(input) { packet in
                        switch packet {
                        case .sequenced(let range): names.append("S" + String(decoding: input[range], as: UTF8.self))
                        case .unsequenced(let range): names.append("U" + String(decoding: input[range], as: UTF8.self))
                        case .loginAccepted(let next): names.append("A\(next ?? 0)")
                        default: names.append("\(packet)")
                        }
                    }
                }
                buffer.removeFirst(read)
            }
            #expect(names == ["A117", "heartbeat", "Sone", "Ux", "S", "other(43)", "endOfSession"])
            #expect(reader.nextSequence == 119 && reader.malformed == 2 && reader.isEnded)
        }
    }

    @Test("A login without a number, a long heartbeat and a short rejection are malformed or say so")
    func malformed() {
        var reader = SoupReader()
        let bytes =
            packet("A", "SESSION001" + "99999999999999999999") + packet("H", "x") + packet("J") + packet("J", "A")
        var packets: [SoupPacket] = []
        _ = bytes.withUnsafeBytes { reader.read($0) { packets.append($0) } }
        #expect(packets == [.loginAccepted(nextSequence: nil), .loginRejected(0x41)])
        #expect(reader.malformed == 2)
    }
}
