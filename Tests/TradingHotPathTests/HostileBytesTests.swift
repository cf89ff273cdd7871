import Testing
import TradingHotPath

@Suite("Hostile bytes")
struct HostileBytesTests {
    private static let types = Array("AFECXDUPQBISRHYLVWKJhNO".utf8)
    private static let lengths = [
        36, 40, 31, 36, 23, 19, 35, 44, 40, 19, 50, 12, 39, 25, 20, 26, 35, 12, 28, 35, 21, 20, 48,
    ]

    @Test("100,000 random buffers are followed without a crash, and the books stay whole")
    func randomBuffers() {
        var random = RandomSource(seed: 99)
        let capacity = BookCapacity(orders: 64, levels: 48, rungs: 512, pages: 16, maximumReference: 1 << 16)
        var books = BookSet(capacity: capacity)
        var total = FramingCounts()
        for round in 0..<100_000 {
            var bytes: [UInt8] = []
            if round % 2 == 0 {
                for _ in 0..<random.below(80) { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
                // A length within reach, mostly.
                if round % 8 != 0, !bytes.isEmpty { bytes[0] = 0 }
            } else {
                // Well framed and mostly known, small numbers now and then, so that orders meet.
                for _ in 0..<3 {
                    let kind = Int(random.below(UInt64(round % 4 == 1 ? 7 : Self.types.count)))
                    let length = random.below(16) == 0 ? Int(random.below(60)) : Self.lengths[kind]
                    bytes += big(UInt16(length))
                    guard length > 0 else { continue }
                    bytes.append(Self.types[kind])
                    for offset in 1..<max(length, 1) {
                        let isHigh = offset < 17 || (19..<25).contains(offset)
                        let byte = random.below(20) == 0 ? random.next() : (isHigh ? 0 : random.below(4))
                        bytes.append(
                            offset == 19 && kind < 2 ? (byte & 1 == 0 ? 0x42 : 0x53) : UInt8(truncatingIfNeeded: byte))
                    }
                }
                bytes.removeLast(Int(random.below(3)))
            }
            total += decode(bytes, into: &books)
            if round % 5_000 == 0 { books.reset() }
        }
        #expect(total.messages > 50_000)
        #expect(total.unknownTypes > 1_000)
        #expect(total.malformed > 1_000)
        #expect(total.tornBytes > 1_000)
        #expect(books.liveOrders <= 64 && books.liveLevels <= 48)
        var orders = 0
        for locate in UInt16.min...UInt16.max {
            for side in Side.allCases {
                orders += books.allLevels(locate, side).reduce(0) { $0 + $1.orders }
            }
        }
        #expect(orders == books.liveOrders)
    }
}
