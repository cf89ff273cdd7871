/// Measures the shape of a stream: the figures that ``MarketCalibration`` is made of.
///
/// Depth is counted in filled levels before the touch, at the moment of the message; lives and gaps are nanoseconds.
/// Not for the hot path: it keeps every observation.
package struct StreamShape: ITCHHandler, ~Copyable {
    private var books: BookSet
    private var births: [UInt64: UInt64] = [:]
    private var lastTime: UInt64?
    private var lastTouch: [UInt16: Touch] = [:]
    private var windowStart: UInt64 = 0
    private var windowCount = 0

    /// Messages by type.
    package private(set) var types: [UInt8: Int] = [:]
    package private(set) var sizes: [Double] = []
    package private(set) var lives: [Double] = []
    package private(set) var gaps: [Double] = []
    /// Where orders were placed.
    package private(set) var addDepths: [Double] = []
    /// Where anything happened.
    package private(set) var depths: [Double] = []
    package private(set) var bookMessages = 0
    /// Messages that changed a best price.
    package private(set) var touchChanges = 0
    package private(set) var mostAlive = 0
    package private(set) var mostLevels = 0
    /// Most messages that began within one millisecond of the first of them.
    package private(set) var busiestMillisecond = 0
    /// Messages whose time is that of the message before.
    package private(set) var sameTimes = 0

    package static func measure(_ stream: UnsafeRawBufferPointer) -> StreamShape {
        let (survey, _) = StreamSurvey.survey(stream)
        var shape = StreamShape(capacity: survey.capacity())
        var reader = ITCHStreamReader(stream)
        reader.read(into: &shape)
        return shape
    }

    private init(capacity: BookCapacity) { books = BookSet(capacity: capacity, prefault: false) }

    /// The value below which a share of the observations lies; nil without any.
    package static func quantile(_ values: [Double], _ probability: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        return values.sorted()[Int(Double(values.count - 1) * max(0, min(1, probability)))]
    }

    /// Share of all messages of these types, 0 to 1.
    package func share(_ codes: Character...) -> Double {
        let total = types.values.reduce(0, +)
        guard total > 0 else { return 0 }
        return Double(codes.reduce(0) { $0 + types[$1.asciiValue ?? 0, default: 0] }) / Double(total)
    }

    /// A calibration that generates streams of this shape; what was never observed stays as it is in the default.
    package func calibration() -> MarketCalibration {
        var calibration = MarketCalibration()
        let ends = "DUXEC".utf8.map { Double(types[$0, default: 0]) }
        let total = ends.reduce(0, +)
        if total > 0 {
            func perMille(_ count: Double) -> Int { Int((1_000 * count / total).rounded()) }
            calibration.replaces = perMille(ends[1])
            calibration.cancels = perMille(ends[2])
            calibration.executions = perMille(ends[3])
            calibration.executionsWithPrice = perMille(ends[4])
            calibration.deletes =
                1_000 - calibration.replaces - calibration.cancels - calibration.executions
                - calibration.executionsWithPrice
        }
        let messages = Double(types.values.reduce(0, +))
        if messages > 0 { calibration.hiddenTrades = Int((1_000 * share("P")).rounded()) }
        let adds = Double(types[UInt8(ascii: "A"), default: 0] + types[UInt8(ascii: "F"), default: 0])
        if adds > 0 {
            calibration.attributed = Int((1_000 * Double(types[UInt8(ascii: "F"), default: 0]) / adds).rounded())
        }
        calibration.size = Self.table(sizes) ?? calibration.size
        calibration.life = Self.table(lives) ?? calibration.life
        calibration.distance = Self.table(addDepths.map { $0 + 0.5 }) ?? calibration.distance
        // A new order follows about every other message.
        let arrivals = share("A", "F")
        if arrivals > 0 { calibration.arrivalGap = Self.table(gaps.map { $0 / arrivals }) ?? calibration.arrivalGap }
        return calibration
    }

    private static func table(_ values: [Double]) -> QuantileTable? {
        guard values.count >= 20 else { return nil }
        let sorted = values.sorted()
        let probabilities = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]
        return QuantileTable(probabilities.map { ($0, sorted[Int(Double(sorted.count - 1) * $0)]) })
    }

    // MARK: Observing

    private mutating func observe(_ message: some ITCHMessage, _ type: Character) {
        types[type.asciiValue!, default: 0] += 1
        let time = message.nanosecondsSinceMidnight
        if let lastTime, time >= lastTime {
            gaps.append(Double(time - lastTime))
            if time == lastTime { sameTimes += 1 }
        }
        lastTime = time
        if time >= windowStart + 1_000_000 || time < windowStart { (windowStart, windowCount) = (time, 0) }
        windowCount += 1
        busiestMillisecond = max(busiestMillisecond, windowCount)
    }

    private mutating func observeBook(_ locate: UInt16) {
        bookMessages += 1
        mostAlive = max(mostAlive, books.liveOrders)
        mostLevels = max(mostLevels, books.levelCount(locate, .bid), books.levelCount(locate, .ask))
        let touch = books.touch(locate)
        if let last = lastTouch[locate], last.bidPrice != touch.bidPrice || last.askPrice != touch.askPrice {
            touchChanges += 1
        }
        lastTouch[locate] = touch
    }

    private mutating func begin(_ reference: UInt64, _ shares: UInt32, _ time: UInt64) {
        guard let depth = books.depth(ofOrder: reference) else { return }
        births[reference] = time
        sizes.append(Double(shares))
        addDepths.append(Double(depth))
        depths.append(Double(depth))
    }

    private mutating func touchOrder(_ reference: UInt64) {
        if let depth = books.depth(ofOrder: reference) { depths.append(Double(depth)) }
    }

    private mutating func end(_ reference: UInt64, _ time: UInt64) {
        guard books.depth(ofOrder: reference) == nil, let birth = births.removeValue(forKey: reference), time >= birth
        else { return }
        lives.append(Double(time - birth))
    }

    package mutating func addOrder(_ message: AddOrder) {
        observe(message, "A")
        books.addOrder(message)
        begin(message.reference, message.shares, message.nanosecondsSinceMidnight)
        observeBook(message.locate)
    }

    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        observe(message, "F")
        books.addOrderWithAttribution(message)
        begin(message.reference, message.shares, message.nanosecondsSinceMidnight)
        observeBook(message.locate)
    }

    package mutating func orderExecuted(_ message: OrderExecuted) {
        observe(message, "E")
        touchOrder(message.reference)
        books.orderExecuted(message)
        end(message.reference, message.nanosecondsSinceMidnight)
        observeBook(message.locate)
    }

    package mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        observe(message, "C")
        touchOrder(message.reference)
        books.orderExecutedWithPrice(message)
        end(message.reference, message.nanosecondsSinceMidnight)
        observeBook(message.locate)
    }

    package mutating func orderCancel(_ message: OrderCancel) {
        observe(message, "X")
        touchOrder(message.reference)
        books.orderCancel(message)
        end(message.reference, message.nanosecondsSinceMidnight)
        observeBook(message.locate)
    }

    package mutating func orderDelete(_ message: OrderDelete) {
        observe(message, "D")
        touchOrder(message.reference)
        books.orderDelete(message)
        end(message.reference, message.nanosecondsSinceMidnight)
        observeBook(message.locate)
    }

    package mutating func orderReplace(_ message: OrderReplace) {
        observe(message, "U")
        touchOrder(message.oldReference)
        books.orderReplace(message)
        end(message.oldReference, message.nanosecondsSinceMidnight)
        begin(message.newReference, message.shares, message.nanosecondsSinceMidnight)
        observeBook(message.locate)
    }

    package mutating func trade(_ message: Trade) { observe(message, "P") }
    package mutating func crossTrade(_ message: CrossTrade) { observe(message, "Q") }
}
