import Testing
import TradingHotPath

@Suite("Market profiles and the shape of streams")
struct ProfileTests {
    private func shape(_ bytes: [UInt8], _ look: (borrowing StreamShape) -> Void) {
        bytes.withUnsafeBytes { look(StreamShape.measure($0)) }
    }

    private func generate(_ profile: MarketProfile, _ messages: Int) -> [UInt8] {
        MarketGenerator.generate(profile.configuration(seed: 6, messages: messages))
    }

    @Test(
        "Every profile gives a stream of the asked length that contradicts nothing", arguments: MarketProfile.allCases)
    func consistency(profile: MarketProfile) throws {
        let messages = profile == .liquid ? 20_000 : 60_000
        let bytes = generate(profile, messages)
        #expect(bytes == generate(profile, messages))
        let capacity = bytes.withUnsafeBytes { StreamSurvey.survey($0).0.capacity() }
        var books = MonitoredBooks(capacity: capacity, prefault: false)
        let counts = decode(bytes, into: &books)
        #expect(counts.messages == UInt64(messages) && counts.sessionEnded)
        #expect(books.books.counters.anomalies == 0 && books.anomalies == FeedAnomalies())
        try books.books.checkInvariants()
    }

    @Test("Deep: 9,800 orders on hundreds of levels a side, from the open to the close")
    func deep() {
        shape(generate(.deep, 60_000)) { shape in
            #expect(shape.mostAlive > 9_800 && shape.mostAlive < 11_500)
            #expect((300...700).contains(shape.mostLevels))
        }
    }

    @Test("Thin: few orders alive, silence, and bursts")
    func thin() {
        shape(generate(.thin, 6_000)) { shape in
            // Measured: 84 alive, 90 at most; A 50 %, D 50 %; 42 messages in a millisecond.
            #expect((40...250).contains(shape.mostAlive))
            #expect(abs(shape.share("A") - 0.5) < 0.03 && abs(shape.share("D") - 0.5) < 0.03)
            #expect(shape.busiestMillisecond >= 30)
            #expect(StreamShape.quantile(shape.gaps, 0.9)! > 1e9)
        }
    }

    @Test("Whole market: dense references")
    func wholeMarket() {
        let bytes = generate(.wholeMarket, 200_000)
        let survey = bytes.withUnsafeBytes { StreamSurvey.survey($0).0 }
        #expect(survey.largestLocate == 8_000)
        #expect(survey.largestReference == UInt64(4 * survey.newOrders + 1))
    }

    @Test("A calibration measured on a stream generates streams of that shape")
    func roundTrip() {
        var configuration = MarketProfile.thin.configuration(seed: 3, messages: 8_000)
        shape(MarketGenerator.generate(configuration)) { first in
            configuration.calibration = first.calibration()
            shape(MarketGenerator.generate(configuration)) { second in
                #expect(abs(first.share("A") - second.share("A")) < 0.03)
                #expect(abs(first.share("D") - second.share("D")) < 0.03)
                for (one, two) in [(first.sizes, second.sizes), (first.lives, second.lives)] {
                    for probability in [0.25, 0.5, 0.75] {
                        let (expected, value) = (
                            StreamShape.quantile(one, probability)!, StreamShape.quantile(two, probability)!
                        )
                        #expect(value > expected * 0.5 && value < expected * 2)
                    }
                }
            }
        }
    }

    @Test(
        "AAPL's measured figures come out of its file",
        .enabled(
            if: RealFileTests.isThere("itch50/aapl_20200130_locate13_10k.itch"),
            "no market data: set TICKSCOPE_MARKET_DATA"))
    func apple() throws {
        shape(try RealFileTests.bytes("itch50/aapl_20200130_locate13_10k.itch")) { shape in
            #expect(shape.mostAlive == 216)
            #expect(StreamShape.quantile(shape.sizes, 0.5) == 30 && StreamShape.quantile(shape.sizes, 0.9) == 100)
            #expect((5e9...6e9).contains(StreamShape.quantile(shape.lives, 0.5)!))
            #expect((95e9...110e9).contains(StreamShape.quantile(shape.lives, 0.9)!))
            let atTouch = Double(shape.depths.count { $0 == 0 }) / Double(shape.depths.count)
            #expect((0.25...0.33).contains(atTouch))
            #expect((0.18...0.21).contains(Double(shape.touchChanges) / Double(shape.bookMessages)))
            let calibration = shape.calibration()
            #expect(calibration.deletes > 780 && calibration.executions > 150 && calibration.replaces < 5)
        }
    }
}
