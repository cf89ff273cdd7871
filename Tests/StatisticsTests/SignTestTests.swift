import Statistics
import Testing

@Suite struct SignTestTests {
    private func split(below: Int, tied: Int, above: Int) -> [Double] {
        (0..<below).map { -1 - Double($0) } + Array(repeating: 0, count: tied) + (0..<above).map { 1 + Double($0) }
    }

    /// SciPy 1.17: `binomtest(k, n, 0.5).pvalue`.
    @Test(arguments: [
        (8, 10, 0.109375), (3, 10, 0.34375), (60, 100, 0.05688793364098089), (5, 10, 1.0), (0, 6, 0.03125),
    ])
    func pValuesAgreeWithSciPy(k: Int, n: Int, expected: Double) throws {
        let test = try #require(SignTest(split(below: n - k, tied: 0, above: k)))
        #expect(isClose(test.pValue(), expected))
    }

    /// Of 2¹⁶ splits of 16 values 697 have 3 or fewer below (1 + 16 + 120 + 560) and 2517 have 4 or fewer: at 95 % the
    /// ranks are 4 and 13, with 1 − 2·697/2¹⁶.
    @Test func theIntervalIsTheExactOneOfTheRanks() throws {
        let values = [
            46.9, 47.2, 49.1, 56.5, 56.8, 59.2, 59.9, 63.2, 63.3, 63.4, 63.7, 64.1, 67.1, 67.7, 73.3, 78.5,
        ]
        let interval = try #require(SignTest(values.reversed())?.interval(confidence: 0.95))
        #expect(interval.lower == 56.5 && interval.upper == 67.1)
        #expect(isClose(interval.confidence, 1 - 2 * 697 / 65536.0))
    }

    @Test func sixValuesAreNeededFor95Percent() throws {
        #expect(try #require(SignTest([1, 2, 3, 4, 5])).interval(confidence: 0.95) == nil)
        let six = try #require(SignTest([6, 1, 5, 2, 4, 3])?.interval(confidence: 0.95))
        #expect(six.lower == 1 && six.upper == 6 && six.confidence == 0.96875)
    }

    @Test func theIntervalLeavesOutExactlyWhatThePValueRejects() throws {
        var random = SeededGenerator(seed: 5)
        for n in [6, 9, 20, 51] {
            // Rounded, so that there are ties with each other and with the null.
            let test = try #require(SignTest((0..<n).map { _ in (4 * random.normal()).rounded() / 4 }))
            for confidence in [0.9, 0.95] {
                guard let interval = test.interval(confidence: confidence) else { continue }
                for null in stride(from: -2.0, through: 2, by: 0.125) {
                    #expect(
                        interval.contains(null) == (test.pValue(median: null) > 1 - confidence), "n \(n) null \(null)")
                }
            }
        }
    }

    @Test func valuesThatEqualTheNullSpeakForIt() throws {
        #expect(try #require(SignTest(split(below: 0, tied: 90, above: 10))).pValue() == 1)
        let allEqual = try #require(SignTest([Double](repeating: 0, count: 30)))
        #expect(allEqual.pValue() == 1 && allEqual.median == 0)
        let interval = try #require(allEqual.interval(confidence: 0.95))
        #expect(interval.lower == 0 && interval.upper == 0)
        #expect(try #require(SignTest([Double](repeating: 3, count: 30))).pValue() < 1e-8)
    }

    @Test func hostileValuesAreLeftOutAndCounted() throws {
        #expect(SignTest([]) == nil)
        #expect(SignTest(hostileValues) == nil)
        let test = try #require(SignTest([1, 2, 3] + hostileValues))
        #expect(test.count == 3 && test.median == 2)
        #expect(test.warnings.map(\.code) == [.unusableValues])
        #expect(test.warnings.first?.description == "4 of 7 values are not finite and were left out")
        #expect(try #require(SignTest([1])).interval(confidence: 0.95) == nil)
        for confidence in [0, 1, -1] + hostileValues {
            #expect(try #require(SignTest(Array(repeating: 1, count: 9))).interval(confidence: confidence) == nil)
        }
    }
}
