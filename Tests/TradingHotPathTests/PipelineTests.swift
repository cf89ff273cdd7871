import Testing
import TradingHotPath

@Suite("Signal, risk and encoding")
struct PipelineTests {
    private func written(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) -> [UInt8] {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { bytes.deallocate() }
        body(bytes.baseAddress!)
        return Array(bytes)
    }

    private func symbol(_ name: String) -> StockSymbol {
        StockSymbol(rawValue: Array(name.utf8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    @Test("OUCH requests, byte for byte")
    func encoding() {
        let enter = written(OuchWriter.enterLength) {
            OuchWriter.enter(
                $0, reference: 0x00AB_F09C, side: .ask, shares: 225, symbol: symbol("CVLT    "), price: 630_200,
                timeInForce: OuchWriter.day)
        }
        // As Nasdaq's own traffic has it, up to the client's order id: T for short sales aside.
        let fields: [[UInt8]] = [
            [0x4F], [0x00, 0xAB, 0xF0, 0x9C], [0x53], [0x00, 0x00, 0x00, 0xE1], Array("CVLT    ".utf8),
            [0, 0, 0, 0, 0, 0x09, 0x9D, 0xB8], Array("0YPNN".utf8), Array("00ABF09C      ".utf8), [0, 0],
        ]
        #expect(enter == fields.flatMap { $0 })
        let replace = written(OuchWriter.replaceLength) {
            OuchWriter.replace(
                $0, reference: 1, newReference: 2, shares: 3, price: 4, timeInForce: OuchWriter.immediateOrCancel)
        }
        #expect(
            replace
                == [0x55, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4]
                + Array("3YN00000002      ".utf8) + [0, 0])
        #expect(
            written(OuchWriter.cancelLength) { OuchWriter.cancel($0, reference: 7, remaining: 5) }
                == [0x58, 0, 0, 0, 7, 0, 0, 0, 5])
    }

    @Test("The identifier is the reference in hexadecimal")
    func identifier() {
        var random = RandomSource(seed: 5)
        for _ in 0..<2_000 {
            let reference = UInt32(truncatingIfNeeded: random.next())
            let bytes = written(OuchWriter.enterLength) {
                OuchWriter.enter(
                    $0, reference: reference, side: .bid, shares: 1, symbol: symbol("A       "), price: 1,
                    timeInForce: OuchWriter.day)
            }
            let digits = String(reference, radix: 16, uppercase: true)
            #expect(
                String(decoding: bytes[31..<45], as: UTF8.self)
                    == String(repeating: "0", count: 8 - digits.count) + digits + "      ")
        }
    }

    @Test("Each limit refuses what lies beyond it, and nothing at it")
    func limits() {
        var limits = RiskLimits()
        limits.shares = 100
        limits.notional = 100 * 1_024_000
        limits.collar = 10
        limits.position = 1_000
        var gate = RiskGate(limits: limits)
        func check(
            _ side: Side = .bid, _ shares: UInt32 = 10, _ price: UInt32 = 1_024_000, exposure: Int64 = 0,
            reference: UInt32 = 1_024_000
        ) -> RiskVerdict {
            gate.check(
                side: side, shares: shares, price: price, reference: reference, exposure: exposure, time: 1 << 44)
        }
        #expect(check() == .accepted)
        #expect(check(.bid, 100) == .accepted && check(.bid, 101) == .size && check(.bid, 0) == .size)
        #expect(check(.bid, 100, 1_024_001) == .notional)
        #expect(check(.bid, 10, 1_034_000) == .accepted && check(.bid, 10, 1_034_001) == .collar)
        #expect(check(.ask, 10, 1_014_000) == .accepted && check(.ask, 10, 1_013_999) == .collar)
        #expect(check(.ask, 10, 0, reference: 0) == .collar)
        #expect(check(exposure: 990) == .accepted && check(exposure: 991) == .position)
        #expect(check(exposure: -5_000) == .accepted)
        gate.isKilled = true
        #expect(check() == .killed)
        #expect(gate.count(.accepted) == 6 && gate.count(.size) == 2 && gate.count(.collar) == 3)
    }

    @Test("Orders come at the allowed rate, with a burst, and a clock that runs backward earns nothing")
    func rate() {
        var limits = RiskLimits()
        limits.burst = 3
        limits.nanosecondsPerOrder = 1_000
        var gate = RiskGate(limits: limits)
        func accepted(at time: UInt64, of count: Int) -> Int {
            (0..<count).count { _ in
                gate.check(side: .bid, shares: 1, price: 100, reference: 100, exposure: 0, time: time) == .accepted
            }
        }
        #expect(accepted(at: 50_000, of: 10) == 3)
        #expect(accepted(at: 50_999, of: 5) == 0)
        #expect(accepted(at: 51_000, of: 5) == 1)
        #expect(accepted(at: 10_000, of: 5) == 0)
        #expect(accepted(at: 60_000, of: 5) == 3)
        #expect(gate.count(.rate) == 7 + 5 + 4 + 5 + 2)
    }

    @Test("The gateway follows acknowledgements, fills, cancels and replaces, and keeps the position")
    func gateway() {
        var gateway = OrderGateway(orders: 16)
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 1)
        defer { scratch.deallocate() }
        func respond(_ type: Character, _ reference: UInt32, _ body: [[UInt8]], padded length: Int) {
            let message = [type.asciiValue!] + big(UInt64(1)) + big(reference) + body.flatMap { $0 }
            let bytes = message + Array(repeating: UInt8(ascii: "L"), count: length - message.count)
            bytes.withUnsafeBytes { gateway.receive($0) }
        }
        func enter(_ side: Side, _ shares: UInt32) -> UInt32 {
            gateway.enter(
                scratch, locate: 9, symbol: symbol("AAPL    "), side: side, shares: shares, price: 10,
                timeInForce: OuchWriter.day)
        }
        let first = enter(.bid, 100)
        #expect(gateway.state(first) == .sent && gateway.exposure(9, .bid) == 100 && gateway.exposure(9, .ask) == 0)
        respond("A", first, [[0x42], big(UInt32(80))], padded: 64)
        #expect(gateway.state(first) == .live && gateway.openShares(first) == 80)
        respond("E", first, [big(UInt32(30)), big(UInt64(10))], padded: 36)
        #expect(gateway.position(9) == 30 && gateway.exposure(9, .bid) == 80 && gateway.exposure(9, .ask) == -30)
        let second = gateway.replace(scratch, reference: first, shares: 60, price: 11, timeInForce: OuchWriter.day)
        #expect(gateway.exposure(9, .bid) == 30 + 50 + 60)
        respond("U", first, [big(second), [0x42], big(UInt32(60))], padded: 68)
        #expect(gateway.state(first) == .free && gateway.openShares(second) == 60 && gateway.openOrders == 1)
        let (isCanceled, isCanceledAgain) = (
            gateway.cancel(scratch, reference: second), gateway.cancel(scratch, reference: first)
        )
        #expect(isCanceled && !isCanceledAgain)
        respond("C", second, [big(UInt32(60)), [0x55]], padded: 18)
        #expect(gateway.openOrders == 0 && gateway.exposure(9, .bid) == 30)
        let third = enter(.ask, 50)
        respond("A", third, [[0x53], big(UInt32(50))], padded: 64)
        respond("E", third, [big(UInt32(70)), big(UInt64(10))], padded: 36)
        #expect(gateway.position(9) == -40 && gateway.counts.excessiveExecutions == 1 && gateway.openOrders == 0)
        respond("E", third, [big(UInt32(1)), big(UInt64(10))], padded: 36)
        respond("J", enter(.bid, 5), [], padded: 29)
        respond("?", 1, [], padded: 29)
        respond("A", 1, [], padded: 63)
        #expect(gateway.counts.unknownReferences == 1 && gateway.counts.rejected == 1)
        #expect(gateway.counts.unknownTypes == 1 && gateway.counts.malformed == 1 && gateway.exposure(9, .bid) == -40)
        for _ in 0..<16 { #expect(enter(.bid, 1) != 0) }
        #expect(enter(.bid, 1) == 0)
    }

    @Test("Microprice and average are the formulas, in fixed point")
    func signal() {
        var state = SignalState()
        var random = RandomSource(seed: 8)
        var average = 0.0
        for step in 0..<5_000 {
            let bid = UInt32(1_000_000 + random.below(500))
            let touch = Touch(
                bidPrice: bid, bidShares: 1 + random.below(1 << (1 + random.below(40))),
                askPrice: bid + 100 + UInt32(random.below(300)),
                askShares: 1 + random.below(1 << (1 + random.below(40))))
            guard state.update(touch) else { continue }
            let total = Double(touch.bidShares + touch.askShares)
            let exact =
                (Double(touch.bidPrice) * Double(touch.askShares) + Double(touch.askPrice) * Double(touch.bidShares))
                / total
            #expect(abs(Double(state.microprice) / 256 - exact) < 0.02)
            average = step == 0 ? exact : average + (exact - average) / 16
            #expect(abs(Double(state.average) / 256 - average) < 0.2)
            let isNewAgain = state.update(touch)
            #expect(!isNewAgain)
        }
    }

    /// Counts the marks and checks their order.
    private struct Marks: StageMarker {
        var counts: [Stage: UInt64] = [:]
        var last: Stage = .signal
        var isOrdered = true

        mutating func mark(_ stage: Stage) {
            let starts = stage == .decode && last != .decode && last != .book
            isOrdered = isOrdered && (starts || stage.rawValue == last.rawValue + 1)
            counts[stage, default: 0] += 1
            last = stage
        }
    }

    @Test("A feed goes through all stages: marks in order, orders as counted, the same books")
    func stages() {
        let bytes = MarketGenerator.generate(.init(seed: 2, messages: 60_000, symbols: 10))
        var pipeline = Pipeline(TradingCore(capacity: smallCapacity), marker: Marks())
        decode(bytes, into: &pipeline)
        var books = BookSet(capacity: smallCapacity)
        decode(bytes, into: &books)
        #expect(pipeline.core.books.stateDigest() == books.stateDigest())
        let (counts, marks) = (pipeline.core.counts, pipeline.marker)
        #expect(marks.isOrdered && marks.counts[.signal] == marks.counts[.decode])
        #expect(marks.counts[.risk] == counts.decisions && marks.counts[.encode] == counts.orders + counts.gatewayFull)
        #expect(counts.orders > 100 && counts.orders < counts.signals / 5)
        #expect(pipeline.core.gateway.openOrders == Int(counts.orders))
        var lengths: [Int] = []
        pipeline.core.takeOutput { output in
            lengths.append(output.count)
            for start in stride(from: 0, to: output.count, by: 47) { #expect(output[start] == UInt8(ascii: "O")) }
        }
        pipeline.core.takeOutput { lengths.append($0.count) }
        #expect(lengths[0] % 47 == 0 && lengths[0] > 0 && lengths[1] == 0)
    }
}
