import Testing
import TradingHotPath

@Suite("Framing")
struct FramingTests {
    @Test("A zero length ends the session, whatever follows")
    func zeroLength() {
        var stream = TestBytes()
        stream.delete(1)
        stream.bytes += [0, 0]
        stream.delete(2)
        var counter = TypeCounter()
        let counts = decode(stream.bytes, into: &counter)
        #expect(counts.messages == 1 && counts.sessionEnded && counts.tornBytes == 0)
    }

    @Test("A stream cut anywhere yields its whole messages and counts the rest")
    func tornTail() {
        var stream = TestBytes()
        stream.add(1, "B", 100, 10_000)
        stream.delete(1)
        let first = 2 + 36
        let whole = first + 2 + 19
        for length in 0..<stream.bytes.count {
            var counter = TypeCounter()
            let counts = decode(Array(stream.bytes.prefix(length)), into: &counter)
            #expect(counts.messages == (length < first ? 0 : 1))
            #expect(counts.tornBytes == UInt64(length < first ? length : length - first))
            #expect(!counts.sessionEnded)
        }
        #expect(stream.bytes.count == whole)
    }

    @Test("Unknown types are skipped by their length")
    func unknownType() {
        var stream = TestBytes()
        stream.bytes += [0, 3] + Array("z12".utf8)
        stream.delete(7)
        stream.bytes += [0, 1, 0x61]
        var counter = TypeCounter()
        let counts = decode(stream.bytes, into: &counter)
        #expect(counts.unknownTypes == 2 && counts.messages == 1 && counter.counts == ["D": 1])
    }

    @Test("Reading in blocks of any size gives the same messages")
    func blocks() {
        let bytes = MarketGenerator.generate(.init(seed: 3, messages: 2_000, symbols: 3))
        var whole = TypeCounter()
        let expected = decode(bytes, into: &whole)
        for block in [1, 2, 3, 37, 1_000, 1 << 20] {
            var counter = TypeCounter()
            bytes.withUnsafeBytes { stream in
                var reader = ITCHStreamReader(stream)
                while !reader.isAtEnd { reader.read(upTo: block, into: &counter) }
                #expect(reader.counts == expected)
                #expect(reader.position == stream.count)
            }
            #expect(counter.counts == whole.counts)
        }
    }

    @Test("An empty stream is at its end")
    func empty() {
        var counter = TypeCounter()
        #expect(decode([], into: &counter) == FramingCounts())
    }
}
