import Glibc
import Statistics
import Testing

@Suite struct ChangePointsTests {
    @Test(arguments: SeriesKind.allCases)
    func seriesWithoutAStepHaveNone(kind: SeriesKind) {
        var random = SeededGenerator(seed: 51)
        for count in [30, 100, 300] {
            let trials = 400
            let alarms = (0..<trials).filter { _ in ChangePoints(kind.noise(count, &random)).segments.count != 1 }.count
            #expect(Double(alarms) <= (kind == .correlated ? 0.08 : 0.02) * Double(trials), "\(count) values")
        }
    }

    @Test(arguments: SeriesKind.allCases)
    func stepsOfTwoDeviationsAreFound(kind: SeriesKind) {
        var random = SeededGenerator(seed: 52)
        var (found, wrong, missed) = (0.0, 0.0, 0.0)
        for _ in 0..<200 {
            var series = kind.noise(100, &random)
            let at = 30 + Int(random.next() % 40)
            for i in at..<100 { series[i] += 2 * kind.deviation }
            let positions = ChangePoints(series).positions
            let isFound = positions.contains { abs($0 - at) <= 5 }
            found += isFound ? 1 : 0
            missed += isFound ? 0 : 1
            wrong += Double(positions.count) - (isFound ? 1 : 0)
        }
        let score = 2 * found / (2 * found + wrong + missed)
        #expect(score >= (kind == .correlated ? 0.75 : 0.95), "F1")
    }

    @Test func stepsAreFoundWhereTheyAre() {
        var random = SeededGenerator(seed: 53)
        let series = (0..<300).map { 100 + random.normal() + ($0 >= 120 ? 8 : 0) - ($0 >= 200 ? 15 : 0) }
        let changes = ChangePoints(series)
        #expect(changes.positions == [120, 200])
        #expect(changes.segments.map(\.range) == [0..<120, 120..<200, 200..<300])
        for (segment, level) in zip(changes.segments, [100.0, 108, 93]) { #expect(abs(segment.level - level) < 0.5) }
        #expect(abs(changes.noise - 1) < 0.15 && changes.warnings.isEmpty)
    }

    @Test func scaleAndOffsetDoNotMatter() {
        var random = SeededGenerator(seed: 54)
        let series = (0..<120).map { random.normal() + ($0 >= 70 ? 6 : 0) }
        let positions = ChangePoints(series).positions
        #expect(positions == [70])
        for (scale, offset) in [(1e-300, 0.0), (1e300, 0), (1, 1e9), (-3, 5)] {
            #expect(ChangePoints(series.map { scale * $0 + offset }).positions == positions)
        }
    }

    @Test func noiselessStepsAreFound() {
        #expect(ChangePoints([5, 5, 5, 5, 9, 9, 9, 9]).positions == [4])
        let long = [Double](repeating: 5, count: 50) + [Double](repeating: 9, count: 50)
        #expect(ChangePoints(long).positions == [50])
    }

    @Test func wildValuesAreNoSteps() {
        var random = SeededGenerator(seed: 55)
        var series = (0..<100).map { _ in random.normal() }
        for i in [0, 20, 50, 51, 80, 81, 82, 99] { series[i] += 1000 }
        #expect(ChangePoints(series).positions.isEmpty)
    }

    @Test func allEqualValuesAreOneSegment() {
        let changes = ChangePoints([Double](repeating: 7, count: 40))
        #expect(changes.segments == ChangePoints([Double](repeating: 7, count: 40)).segments)
        #expect(changes.positions.isEmpty && changes.noise == 0 && changes.segments.first?.level == 7)
    }

    @Test func hostileValuesAreLeftOutAndTheRestKeepTheirPlaces() {
        var random = SeededGenerator(seed: 56)
        var series = (0..<100).map { random.normal() + ($0 >= 60 ? 10 : 0) }
        for (i, value) in zip([0, 10, 59, 99], hostileValues) { series[i] = value }
        series[30] = .greatestFiniteMagnitude
        let changes = ChangePoints(series)
        #expect(changes.positions == [60])
        #expect(changes.segments.map(\.range) == [0..<60, 60..<100])
        #expect(changes.warnings.map(\.description) == ["5 of 100 values are not finite and were left out"])
        #expect(changes.noise.isFinite)
    }

    @Test func tooFewValues() {
        #expect(ChangePoints([]).segments.isEmpty)
        #expect(ChangePoints(hostileValues).segments.isEmpty)
        let few = ChangePoints([1, 1, 9, 9])
        #expect(few.positions.isEmpty && few.segments.count == 1 && few.warnings.map(\.code) == [.tooFewValues])
        #expect(
            ChangePoints([1, 9, 1, 9, 1, 9, 1, 9], minimumSegmentLength: -5, penaltyFactor: .nan).segments.count >= 1)
        #expect(ChangePoints([1, 2, 3, 4, 5, 6, 7, 8], minimumSegmentLength: .max).positions.isEmpty)
    }
}
