/// Writes a consistent ITCH 5.0 stream: the same bytes for the same configuration, on every machine.
///
/// New orders arrive at random; each gets a life, and at its end is deleted, replaced, partly cancelled, or sets off an
/// execution at the touch. The generator follows its own stream with a ``BookSet``: new orders are placed relative to
/// the touch of that moment, and every execution meets the front of a queue. When a stream does not fit the trading
/// day at measured speed, gaps and lives shrink by one factor, ``timeCompression``, which leaves the shape alone.
package struct MarketGenerator: ~Copyable {
    package struct Configuration: Sendable {
        package var seed: UInt64
        /// Messages in all, with the day's frame: six S and one R a symbol.
        package var messages: Int
        package var symbols: Int
        package var calibration = MarketCalibration()

        package init(seed: UInt64, messages: Int, symbols: Int) {
            self.seed = seed
            self.messages = messages
            self.symbols = symbols
        }

        /// Messages below this leave no room for an order.
        package var frameMessages: Int { symbols + 6 }
        /// Locates are 16 bits wide, and names have four letters.
        package static let maximumSymbols = 65_535
        /// 4 GiB or so of bytes, and references below 2³².
        package static let maximumMessages = 100_000_000

        package var isValid: Bool {
            (1...Self.maximumSymbols).contains(symbols) && messages > frameMessages
                && messages <= Self.maximumMessages
        }
    }

    struct LiveOrder {
        var locate: UInt16
        var side: Side
        var shares: UInt32
        var price: UInt32
        /// When something happens to it; an event of another time is stale.
        var due: UInt64
    }

    let configuration: Configuration
    var calibration: MarketCalibration { configuration.calibration }
    /// Factor on gaps and lives, at most 1.
    package let timeCompression: Double
    var random: RandomSource
    var writer = ITCHWriter()
    var books: BookSet
    var alive: [UInt64: LiveOrder] = [:]
    var events = EventQueue()
    var time: UInt64
    var lastReference: UInt64 = 1
    var lastMatch: UInt64 = 0
    /// By symbol: activity of this and all better ranks, and the factor on life.
    private let cumulativeActivity: [Double]
    private let lifeFactor: [Double]
    private let meanReferenceStep: UInt64

    private init(_ configuration: Configuration) {
        precondition(configuration.isValid)
        self.configuration = configuration
        random = RandomSource(seed: configuration.seed)
        let activities = (1...configuration.symbols).map { MarketCalibration.activity(rank: $0) }
        var total = 0.0
        cumulativeActivity = activities.map { activity in
            total += activity
            return total
        }
        // A thin symbol's orders live longer: between equal lives and equally many live orders.
        lifeFactor = activities.map { 1 / $0.squareRoot() }
        let calibration = configuration.calibration
        let arrivals = Double(configuration.messages - configuration.frameMessages) * 0.45
        let span = arrivals * calibration.arrivalGap.mean / total
        timeCompression = min(1, Double(calibration.close - calibration.open) * 0.98 / span)
        // Of the day's references the symbols not generated take theirs: 845 to a message for AAPL alone.
        meanReferenceStep =
            calibration.hasForeignReferences ? UInt64(max(1, min(211 / total, 160_000_000 / (arrivals * 1.2)))) : 1
        time = calibration.open
        let references = UInt64(arrivals * 1.6 + 1_000) * meanReferenceStep * 8
        books = BookSet(
            capacity: BookCapacity(
                orders: configuration.messages, levels: configuration.messages,
                rungs: 4 * configuration.messages + 32 * (configuration.symbols + 1),
                pages: min(
                    configuration.messages, Int(references >> UInt64(ReferenceTable.referencesPerPageShift)) + 1),
                maximumReference: references),
            prefault: false)
    }

    /// - Precondition: the configuration is valid.
    /// - Returns: a framed stream of exactly `configuration.messages` messages, ended by a zero length.
    package static func generate(_ configuration: Configuration) -> [UInt8] {
        var generator = MarketGenerator(configuration)
        return generator.run()
    }

    private mutating func run() -> [UInt8] {
        writer.reserve(messages: configuration.messages)
        let early: UInt64 = 11_000_000_000_000
        writer.systemEvent("O", at: early)
        for symbol in 1...configuration.symbols { writer.directory(UInt16(symbol), name(symbol), at: early) }
        writer.systemEvent("S", at: 14_400_000_000_000)
        writer.systemEvent("Q", at: calibration.open)
        rest()
        var nextArrival = time
        while writer.messages < configuration.messages - 3 {
            if let event = events.first, event.time <= nextArrival {
                events.removeFirst()
                guard let order = alive[event.reference], order.due == event.time else { continue }
                advance(to: event.time)
                endLife(event.reference, order)
            } else {
                advance(to: nextArrival)
                arrive()
                if calibration.bursts > 0, random.below(1_000) < calibration.bursts { burst() }
                nextArrival = max(nextArrival, time) + arrivalGap()
            }
            if writer.messages < configuration.messages - 3, random.below(1_000) < calibration.hiddenTrades {
                tradeHidden()
            }
        }
        writer.systemEvent("M", at: max(time, calibration.close))
        writer.systemEvent("E", at: 72_000_000_000_000)
        writer.systemEvent("C", at: 72_300_000_000_000)
        writer.endSession()
        return writer.bytes
    }

    /// Many orders within microseconds of each other.
    private mutating func burst() {
        for _ in 0..<random.below(UInt64(max(calibration.burstLength, 1)))
        where writer.messages < configuration.messages - 3 {
            advance(to: time + UInt64(calibration.burstGap.value(at: random.fraction())))
            arrive()
        }
    }

    /// Time stands still at the close, should chance carry a stream past it.
    private mutating func advance(to moment: UInt64) { time = max(time, min(moment, calibration.close)) }

    private mutating func arrivalGap() -> UInt64 {
        UInt64(calibration.arrivalGap.value(at: random.fraction()) * timeCompression / cumulativeActivity.last!)
    }

    /// The moment at which something happens next to an order of a symbol.
    mutating func nextDue(_ locate: UInt16) -> UInt64 {
        let factor = timeCompression * lifeFactor[Int(locate) - 1]
        return time + 1 + UInt64(calibration.life.value(at: random.fraction()) * factor)
    }

    mutating func pickSymbol() -> UInt16 {
        let target = random.fraction() * cumulativeActivity.last!
        var (low, high) = (0, cumulativeActivity.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulativeActivity[middle] <= target { low = middle + 1 } else { high = middle }
        }
        return UInt16(low + 1)
    }

    mutating func takeReference() -> UInt64 {
        lastReference += 4 * (1 + random.below(2 * meanReferenceStep - 1))
        return lastReference
    }

    /// AAAA, BAAA, CAAA … with the rank.
    func name(_ symbol: Int) -> StockSymbol {
        var rest = symbol - 1
        var name: UInt64 = 0
        for _ in 0..<4 {
            name = name << 8 | UInt64(UInt8(ascii: "A")) + UInt64(rest % 26)
            rest /= 26
        }
        return StockSymbol(rawValue: name << 32 | 0x2020_2020)
    }
}
