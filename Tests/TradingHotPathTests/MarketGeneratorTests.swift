import Testing
import TradingHotPath

@Suite("Market generator")
struct MarketGeneratorTests {
    @Test("The same configuration gives the same bytes, and another seed others")
    func determinism() {
        let one = MarketGenerator.generate(.init(seed: 1, messages: 5_000, symbols: 3))
        #expect(one == MarketGenerator.generate(.init(seed: 1, messages: 5_000, symbols: 3)))
        #expect(one != MarketGenerator.generate(.init(seed: 2, messages: 5_000, symbols: 3)))
    }

    @Test("The stream has the asked length and the frame of a day", arguments: [(8, 1), (1_000, 20), (70_000, 65_535)])
    func frame(messages: Int, symbols: Int) {
        let bytes = MarketGenerator.generate(.init(seed: 1, messages: messages, symbols: symbols))
        var counter = TypeCounter()
        let counts = decode(bytes, into: &counter)
        #expect(counts.messages == UInt64(messages) && counts.sessionEnded)
        #expect(counts.malformed == 0 && counts.unknownTypes == 0 && counts.tornBytes == 0)
        #expect(counter.counts["R"] == symbols && counter.counts["S"] == 6)
    }

    @Test("The message mix is Nasdaq's: within 1.5 points of 2019-12-30")
    func mix() {
        let bytes = MarketGenerator.generate(.init(seed: 4, messages: 400_000, symbols: 20))
        var counter = TypeCounter()
        decode(bytes, into: &counter)
        func percent(_ types: Character...) -> Double {
            types.reduce(0) { $0 + Double(counter.counts[$1] ?? 0) } / 4_000
        }
        #expect(abs(percent("A", "F") - 44.1) < 1.5)
        #expect(abs(percent("D") - 42.6) < 1.5)
        #expect(abs(percent("U") - 8.0) < 1.5)
        #expect(abs(percent("E", "C", "X") - 3.2) < 1)
        #expect(percent("C") > 0.1 && percent("X") > 0.3 && percent("F") > 0.5 && percent("P") > 1)
    }

    @Test("One symbol has AAPL's shape", arguments: [1, 2, 3])
    func singleSymbolShape(seed: UInt64) {
        let bytes = MarketGenerator.generate(.init(seed: seed, messages: 10_000, symbols: 1))
        var observer = ShapeObserver()
        decode(bytes, into: &observer)
        // Measured: 30 and 100 shares.
        #expect((20...40).contains(quantile(observer.sizes, 0.5)) && (80...150).contains(quantile(observer.sizes, 0.9)))
        // Measured: 5.5 s and 103 s of life.
        #expect((3e9...8e9).contains(Double(quantile(observer.lives, 0.5))))
        #expect((50e9...200e9).contains(Double(quantile(observer.lives, 0.9))))
        // Measured: 44 µs, 43 ms and 4.3 s between messages.
        #expect((5e3...1e6).contains(Double(quantile(observer.gaps, 0.1))))
        #expect((15e6...150e6).contains(Double(quantile(observer.gaps, 0.5))))
        #expect((2e9...9e9).contains(Double(quantile(observer.gaps, 0.9))))
        // Measured: 29 % at the touch, 77 % within 3 levels, 94 % within 9.
        func within(_ depth: Int) -> Int { observer.depths.count { $0 <= depth } * 100 / observer.depths.count }
        #expect((19...39).contains(within(0)))
        #expect((67...87).contains(within(3)))
        #expect((89...99).contains(within(9)))
        // Measured: 132 orders alive, 216 at most.
        #expect((60...260).contains(observer.mostAlive))
        #expect(observer.timesDescend == 0)
        #expect(observer.isLocked == false)
    }

    @Test("References are 1 modulo 4, ascending, and stay in a day's range")
    func references() {
        for (messages, symbols) in [(10_000, 1), (300_000, 20), (100_000, 8_000)] {
            let bytes = MarketGenerator.generate(.init(seed: 1, messages: messages, symbols: symbols))
            var observer = ShapeObserver()
            decode(bytes, into: &observer)
            #expect(observer.references.allSatisfy { $0 % 4 == 1 })
            #expect(zip(observer.references, observer.references.dropFirst()).allSatisfy { $0 < $1 })
            #expect(observer.references.last! < 1 << 31)
        }
    }

    @Test("A symbol's activity falls with its rank to the power of -0.8")
    func activity() {
        // 10^-0.8 and 8000^-0.8
        #expect(abs(MarketCalibration.activity(rank: 10) - 0.158_489_319) < 1e-9)
        #expect(abs(MarketCalibration.activity(rank: 8_000) - 0.000_754_24) < 1e-7)
        let bytes = MarketGenerator.generate(.init(seed: 1, messages: 300_000, symbols: 20))
        var observer = ShapeObserver()
        decode(bytes, into: &observer)
        let ratio = Double(observer.addsByLocate[10]!) / Double(observer.addsByLocate[1]!)
        #expect(abs(ratio - 0.158) < 0.02)
    }

    private func quantile(_ values: [UInt64], _ probability: Double) -> UInt64 {
        values.sorted()[Int(Double(values.count - 1) * probability)]
    }
}

/// Measures a stream the way the calibration figures were measured.
private struct ShapeObserver: ITCHHandler, ~Copyable {
    var books = BookSet(capacity: StreamObservation.capacity, prefault: false)
    var sizes: [UInt64] = []
    var lives: [UInt64] = []
    var gaps: [UInt64] = []
    var depths: [Int] = []
    var references: [UInt64] = []
    var addsByLocate: [UInt16: Int] = [:]
    var mostAlive = 0
    var timesDescend = 0
    /// A bid met or crossed an ask.
    var isLocked = false
    private var births: [UInt64: UInt64] = [:]
    private var last: UInt64?

    private mutating func observe(_ message: some ITCHMessage) {
        let time = message.nanosecondsSinceMidnight
        if let last {
            if time < last { timesDescend += 1 } else { gaps.append(time - last) }
        }
        last = time
        mostAlive = max(mostAlive, books.liveOrders)
        if let bid = books.level(message.locate, .bid, depth: 0), let ask = books.level(message.locate, .ask, depth: 0)
        {
            isLocked = isLocked || bid.price >= ask.price
        }
    }

    private mutating func end(_ reference: UInt64, at time: UInt64) {
        if books.depth(ofOrder: reference) == nil { lives.append(time - births[reference]!) }
    }

    private mutating func begin(_ reference: UInt64, _ shares: UInt32, _ locate: UInt16, at time: UInt64) {
        births[reference] = time
        references.append(reference)
        sizes.append(UInt64(shares))
        depths.append(books.depth(ofOrder: reference)!)
        addsByLocate[locate, default: 0] += 1
    }

    mutating func addOrder(_ message: AddOrder) {
        books.addOrder(message)
        begin(message.reference, message.shares, message.locate, at: message.nanosecondsSinceMidnight)
        observe(message)
    }

    mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        books.addOrderWithAttribution(message)
        begin(message.reference, message.shares, message.locate, at: message.nanosecondsSinceMidnight)
        observe(message)
    }

    mutating func orderExecuted(_ message: OrderExecuted) {
        depths.append(books.depth(ofOrder: message.reference)!)
        books.orderExecuted(message)
        end(message.reference, at: message.nanosecondsSinceMidnight)
        observe(message)
    }

    mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        depths.append(books.depth(ofOrder: message.reference)!)
        books.orderExecutedWithPrice(message)
        end(message.reference, at: message.nanosecondsSinceMidnight)
        observe(message)
    }

    mutating func orderCancel(_ message: OrderCancel) {
        depths.append(books.depth(ofOrder: message.reference)!)
        books.orderCancel(message)
        observe(message)
    }

    mutating func orderDelete(_ message: OrderDelete) {
        depths.append(books.depth(ofOrder: message.reference)!)
        books.orderDelete(message)
        end(message.reference, at: message.nanosecondsSinceMidnight)
        observe(message)
    }

    mutating func orderReplace(_ message: OrderReplace) {
        depths.append(books.depth(ofOrder: message.oldReference)!)
        books.orderReplace(message)
        end(message.oldReference, at: message.nanosecondsSinceMidnight)
        begin(message.newReference, message.shares, message.locate, at: message.nanosecondsSinceMidnight)
        observe(message)
    }
}

private enum StreamObservation {
    static let capacity = BookCapacity(
        orders: 200_000, levels: 200_000, rungs: 1_500_000, pages: 200_000, maximumReference: 1 << 31)
}
