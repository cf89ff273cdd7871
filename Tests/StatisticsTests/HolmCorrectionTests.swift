import Statistics
import Testing

@Suite struct HolmCorrectionTests {
    /// statsmodels 0.15: `multipletests(p, method='holm')[1]`.
    @Test func adjustedPValuesAgreeWithStatsmodels() {
        let correction = HolmCorrection(pValues: [0.01, 0.04, 0.03, 0.005, 0.5])
        for (entry, expected) in zip(correction.entries, [0.04, 0.09, 0.09, 0.025, 0.5]) {
            #expect(isClose(entry.adjustedPValue, expected))
            #expect(entry.isRejected == (expected <= 0.05))
        }
        #expect(isClose(correction.simultaneousConfidence, 0.99))
    }

    @Test func anIntervalAtItsLevelLeavesOutTheNullExactlyWhenRejected() throws {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<200 {
            let tests = try (0..<8).map { index in
                try #require(SignTest((0..<24).map { _ in random.normal() + (index < 4 ? 0.8 : 0) }))
            }
            for (test, entry) in zip(tests, HolmCorrection(tests).entries) {
                let interval = test.interval(confidence: entry.confidence)
                #expect((interval?.contains(0) == false) == entry.isRejected)
            }
        }
    }

    @Test func theFamilyErrorIsKept() throws {
        var random = SeededGenerator(seed: 29)
        let trials = 1500
        var (corrected, bare) = (0, 0)
        for _ in 0..<trials {
            let tests = try (0..<10).map { _ in try #require(SignTest((0..<30).map { _ in random.normal() })) }
            if HolmCorrection(tests).entries.contains(where: \.isRejected) { corrected += 1 }
            if tests.contains(where: { $0.pValue() <= 0.05 }) { bare += 1 }
        }
        #expect(Double(corrected) <= mostPlausible(trials, 0.05))
        #expect(Double(bare) > 0.2 * Double(trials), "without a correction it would not be")
    }

    @Test func hostileInput() {
        #expect(HolmCorrection(pValues: []).entries.isEmpty)
        #expect(HolmCorrection(pValues: []).simultaneousConfidence == 0.95)
        let correction = HolmCorrection(pValues: [.nan, 0, -1, 2, .infinity])
        #expect(correction.entries.map(\.adjustedPValue) == [1, 0, 1, 1, 1])
        #expect(HolmCorrection(pValues: [0, 1], familyError: .nan).entries.map(\.isRejected) == [true, false])
        #expect(HolmCorrection(pValues: [0.9, 1], familyError: 7).entries.map(\.isRejected) == [true, true])
    }
}
