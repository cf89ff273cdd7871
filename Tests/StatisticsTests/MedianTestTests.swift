import Statistics
import Testing

@Suite struct MedianTestTests {
    @Test func agreesWithCountsByHand() throws {
        // 21 values around a median of 10.5: 7, 3.5 and 0 of seven lie above, the median itself counting half.
        let groups = [
            [11.0, 12, 13, 14, 15, 16, 17], [10.5, 8, 9, 10, 18, 19, 20], [1.0, 2, 3, 4, 5, 6, 7],
        ]
        let test = try #require(MedianTest(groups))
        // Each expects 3.5 of 7 with variance 1.75: (3.5² + 0² + 3.5²)/1.75 = 14, whose χ² tail with 2 degrees is e⁻⁷.
        #expect(abs(test.statistic - 14) < 1e-12)
        #expect(test.degreesOfFreedom == 2)
        #expect(abs(test.pValue - 0.000_911_88) < 0.000_3)
    }

    @Test func rejectsAsOftenAsItSays() throws {
        var generator = SeededGenerator(seed: 7)
        var rejected = 0
        let trials = 2_000
        for _ in 0..<trials {
            let groups = (0..<8).map { _ in (0..<36).map { _ in Double.random(in: 0..<1, using: &generator) } }
            if try #require(MedianTest(groups)).pValue < 0.05 { rejected += 1 }
        }
        // Binomial(2000, 0.05) has a standard deviation of 9.7.
        #expect((60...140).contains(rejected))
    }

    @Test(arguments: [[], [[1, 2, 3, 4, 5]], [[1, 2, 3, 4, 5], [1, 2]], [[1, 2, 3, 4, .nan], [1, 2, 3, 4, 5]]])
    func declinesWhatItCannotTest(_ groups: [[Double]]) { #expect(MedianTest(groups) == nil) }
}
