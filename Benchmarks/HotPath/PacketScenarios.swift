internal import Tickscope
internal import TradingHotPath

/// Scenarios in which an operation is a packet.
enum PacketScenarios {
    @BenchmarkBuilder static var benchmarks: [Benchmark] {
        for multiple in [1, 2, 8] {
            Benchmark(
                "open-auction", arguments: [multiple],
                .openLoop(perSecond: Double(multiple) * openingRate / messagesPerPacket, arrival: .recorded),
                .throughput(.messages(messagesPerPacket)), .tags("packets")
            ) { run, _ in try auction(run) }
        }
        Benchmark("packet-path", .throughput(.messages(1)), .tags("packets", "quick")) { try arbitration($0) }
    }

    /// Messages a second over the first 39 seconds after the open, all of Nasdaq, 2023-08-22.
    private static let openingRate = 109_000.0
    private static let messagesPerPacket = 38.0

    /// The opening of 8,000 books in full packets, at the distances at which their first messages came. An operation is a
    /// packet.
    private static func auction(_ run: Measurement) throws {
        let feed = FeedLoop(Feeds.profile(.wholeMarket, messages: 400_000))
        let opening = MoldWriter.packets(feed.feedBytes, session: "OPENING", isPacked: true)
        let packets = Packets(
            opening
                + MoldWriter.packets(
                    feed.deleteBytes, session: "OPENING", firstSequence: UInt64(feed.feedMessages + 1),
                    isPacked: true))
        run.setArrivalGaps(packets.gaps)
        var engine = Engine(feed.capacity)
        var receiver = MoldReceiver()
        var next = 0
        func step() {
            if next == packets.count {
                next = 0
                receiver = MoldReceiver()
                engine.pipeline.beginSession()
            }
            _ = receiver.receive(packets[next], into: &engine.pipeline)
            engine.answer()
            next += 1
        }
        for _ in 0..<packets.count { step() }
        try run.measure { step() }
        while next != packets.count { step() }
        let anomalies = engine.pipeline.core.books.counters.anomalies
        engine.pipeline.core.books.resetCounters()
        repeat { step() } while next != opening.count
        try feed.expect(
            engine.pipeline.core.books.stateDigest(),
            anomalies: anomalies + engine.pipeline.core.books.counters.anomalies)
        feed.report(run)
    }

    /// Two lines of one stream: one loses a packet in a hundred and repeats one in fifty, the other is 166 µs behind, a
    /// quarter of all packets are heartbeats. An operation is a packet of either.
    private static func arbitration(_ run: Measurement) throws {
        let feed = FeedLoop(Feeds.market(symbols: 20))
        let day = MoldWriter.packets(feed.feedBytes, session: "TWO LINES")
        let night = MoldWriter.packets(
            feed.deleteBytes, session: "TWO LINES", firstSequence: UInt64(feed.feedMessages + 1))
        let arrivals = TwoLines(day, seed: 1)
        let rest = TwoLines(night, seed: 2, after: arrivals.times.last!)
        let times = arrivals.times + rest.times
        let packets = Packets(arrivals.packets + rest.packets)
        var engine = Engine(feed.capacity)
        var arbiter = LineArbiter(patience: 1_000_000_000)
        var next = 0
        func step() {
            if next == packets.count {
                next = 0
                arbiter.beginSession()
                engine.pipeline.beginSession()
            }
            _ = arbiter.receive(packets[next], at: times[next], into: &engine.pipeline)
            engine.answer()
            next += 1
        }
        for _ in 0..<packets.count { step() }
        try run.measure { step() }
        while next != packets.count { step() }
        let anomalies = engine.pipeline.core.books.counters.anomalies
        engine.pipeline.core.books.resetCounters()
        repeat { step() } while next != arrivals.packets.count
        try feed.expect(
            engine.pipeline.core.books.stateDigest(),
            anomalies: anomalies + engine.pipeline.core.books.counters.anomalies)
        feed.report(run)
        let counts = arbiter.receiver.counts
        guard counts.missing == 0, arbiter.counts.notHeld == 0 else {
            throw ScenarioError("\(counts.missing) messages came on neither line")
        }
        run.record("gaps filled by the other line", Double(counts.gaps))
        run.record("duplicates", Double(counts.duplicates), unit: "messages")
        run.record("new messages a packet", Double(feed.feedMessages) / Double(arrivals.packets.count))
    }
}

/// Packets one after the other in memory.
struct Packets: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    private let starts: [Int]
    let gaps: [Double]

    var count: Int { starts.count - 1 }

    init(_ packets: [[UInt8]]) {
        var starts = [0]
        for packet in packets { starts.append(starts.last! + packet.count) }
        memory = .allocate(byteCount: max(1, starts.last!), alignment: 64)
        var times: [UInt64] = []
        var isDay: [Bool] = []
        for (index, packet) in packets.enumerated() {
            memory.baseAddress!.advanced(by: starts[index]).copyMemory(
                from: packet, byteCount: packet.count)
            // The time of the first message, where there is one.
            let first = UnsafeRawPointer(memory.baseAddress! + starts[index])
            // The directory before the open and the deletes after the close have no pace of their own.
            isDay.append(packet.count > 33 && ![0x44, 0x52, 0x53].contains(first.byte(at: 22)))
            times.append(packet.count > 33 ? first.bigEndianUInt48(at: 20 + 2 + 5) : times.last ?? 0)
        }
        self.starts = starts
        let distances = zip(times, times.dropFirst()).map { $1 > $0 ? Double($1 - $0) : 0 }
        let usual = max(1, distances.sorted()[distances.count / 2])
        gaps = distances.indices.map { index in
            // Pauses count as 20 times the usual distance.
            isDay[index] && isDay[index + 1] ? min(distances[index], 20 * usual) : usual
        }
    }

    deinit { memory.deallocate() }

    @inline(__always)
    subscript(index: Int) -> UnsafeRawBufferPointer {
        let start = starts[index]
        return UnsafeRawBufferPointer(start: memory.baseAddress! + start, count: starts[index + 1] - start)
    }
}

/// The packets of two lines in the order in which they arrive.
struct TwoLines {
    let packets: [[UInt8]]
    /// Nanoseconds.
    let times: [UInt64]

    init(_ stream: [[UInt8]], seed: UInt64, after start: UInt64 = 0) {
        var random = RandomSource(seed: seed)
        var arrivals: [(time: UInt64, packet: [UInt8])] = []
        var sent = start
        for packet in stream {
            // Tens of microseconds apart, so that the second line is some packets behind.
            sent += 5_000 + random.below(40_000)
            if random.below(100) != 0 { arrivals.append((sent, packet)) }
            if random.below(50) == 0 { arrivals.append((sent + 1, packet)) }
            arrivals.append((sent + 166_000, packet))
            if random.below(3) == 0 {
                arrivals.append((sent + 166_001, Self.heartbeat(after: packet)))
                arrivals.append((sent + 166_002, Self.heartbeat(after: packet)))
            }
        }
        arrivals.sort { $0.time < $1.time }
        packets = arrivals.map(\.packet)
        times = arrivals.map(\.time)
    }

    /// Announces the number of the message that comes next.
    private static func heartbeat(after packet: [UInt8]) -> [UInt8] {
        let sequence = packet[10..<18].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let next = sequence + (UInt64(packet[18]) << 8 | UInt64(packet[19]))
        return Array(packet[0..<10]) + (0..<8).map { UInt8(truncatingIfNeeded: next >> (56 - 8 * UInt64($0))) } + [
            0, 0,
        ]
    }
}
