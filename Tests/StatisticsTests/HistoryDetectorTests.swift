import Glibc
import Statistics
import Testing

@Suite struct HistoryDetectorTests {
    @Test(arguments: SeriesKind.allCases)
    func historiesWithoutAStepHaveNone(kind: SeriesKind) {
        var random = SeededGenerator(seed: 151)
        for (count, trials) in [(30, 400), (300, 400)] {
            let alarms = (0..<trials).filter { _ in !HistoryChanges(kind.noise(count, &random)).changes.isEmpty }.count
            // Short series tell little of their own correlation.
            let rate = count < 100 && kind == .correlated ? 0.03 : HistoryDetector.usualFalseAlarmRate
            #expect(Double(alarms) <= mostPlausible(trials, rate), "\(count) values")
        }
    }

    @Test(arguments: SeriesKind.allCases)
    func stepsOfTwoDeviationsAreFoundWithTheirInterval(kind: SeriesKind) {
        var random = SeededGenerator(seed: 152)
        var (found, wrong, held) = (0.0, 0.0, 0.0)
        let trials = 200.0
        for _ in 0..<Int(trials) {
            var series = kind.noise(300, &random)
            let at = 50 + Int(random.next() % 200)
            for i in at..<300 { series[i] += 2 * kind.deviation }
            let changes = HistoryChanges(series).changes
            let hit = changes.first { abs($0.index - at) <= 5 }
            found += hit == nil ? 0 : 1
            wrong += Double(changes.count) - (hit == nil ? 0 : 1)
            held += changes.contains { $0.interval.contains(at) } ? 1 : 0
        }
        let score = 2 * found / (found + wrong + trials)
        #expect(score >= (kind == .correlated ? 0.87 : 0.95), "F1")
        #expect(held >= 0.88 * trials, "intervals")
    }

    @Test func aSeriesGivenAtOnceOrValueByValueGivesTheSameBits() {
        var random = SeededGenerator(seed: 153)
        var series = (0..<400).map { random.studentT3() + ($0 >= 120 ? 4 : 0) - ($0 >= 300 ? 6 : 0) }
        series[7] = .nan
        series[200] = .infinity
        var detector = HistoryDetector()
        for (i, value) in series.enumerated() {
            detector.append(value)
            guard i % 7 == 0 || i == 399 else { continue }
            let whole = HistoryDetector(series[...i])
            let isSame = whole == detector
            #expect(isSame && whole.changes == detector.changes)
        }
        #expect(detector.changes.changes.count == 2)
        // The same with a constant beginning.
        var quiet = HistoryDetector()
        let constant = [Double](repeating: 5, count: 100) + [Double](repeating: 6, count: 30)
        for (i, value) in constant.enumerated() {
            quiet.append(value)
            let isSame = HistoryDetector(constant[...i]) == quiet
            #expect(isSame, "\(i)")
        }
        #expect(quiet.changes.changes.map(\.index) == [100])
    }

    @Test func stepsHaveLevelsAndProbabilities() throws {
        var random = SeededGenerator(seed: 154)
        let series = (0..<300).map { 100 + random.normal() + ($0 >= 120 ? 8 : 0) - ($0 >= 200 ? 15 : 0) }
        let history = HistoryChanges(series)
        #expect(history.changes.map(\.index) == [120, 200])
        for (change, (before, after)) in zip(history.changes, [(100.0, 108.0), (108, 93)]) {
            #expect(abs(change.before - before) < 0.5 && abs(change.after - after) < 0.5)
            #expect(change.pValue < 1e-10 && change.interval.count <= 2)
        }
        #expect(abs(history.noise - 1) < 0.15 && history.correlation < 0.15 && history.warnings.isEmpty)
    }

    @Test func wildValuesAreNoSteps() {
        var random = SeededGenerator(seed: 155)
        var series = (0..<100).map { _ in random.normal() }
        for i in [0, 20, 50, 51, 80, 81, 82, 99] { series[i] += 1000 }
        #expect(HistoryChanges(series).changes.isEmpty)
    }

    @Test func aSteadyClimbIsADriftAndAStepWithinItAStep() {
        var random = SeededGenerator(seed: 156)
        var (changes, drifts, hits) = (0, 0, 0)
        for _ in 0..<40 {
            let climb = (0..<300).map { 0.05 * Double($0) + random.normal() }
            let drifting = HistoryChanges(climb)
            changes += drifting.changes.count
            drifts += drifting.driftCount
            #expect(drifting.warnings.map(\.code) == (drifting.driftCount > 0 ? [.drift] : []))
            let stepped = HistoryChanges(climb.enumerated().map { $0.element + ($0.offset >= 150 ? 6 : 0) })
            hits += stepped.changes.contains { abs($0.index - 150) <= 3 } ? 1 : 0
        }
        // Some seven cuts a climb are taken for what they are; one or two, where chance bends it, are not.
        #expect(drifts >= 40 * 5 && changes <= 40 * 2 && hits >= 38)
    }

    /// A machine's slow changes under the noise of single results: neighbors hardly correlate, but for long.
    @Test func levelsThatWanderAlarmSeldom() {
        var random = SeededGenerator(seed: 159)
        let alarms = (0..<200).filter { _ in
            var wander = random.normal()
            let series = (0..<300).map { _ -> Double in
                wander = 0.9 * wander + 0.19.squareRoot() * random.normal()
                return wander + random.normal()
            }
            return !HistoryChanges(series).changes.isEmpty
        }.count
        // Three in four without looking for it. One in four is no promise kept, and is said so.
        #expect(Double(alarms) <= mostPlausible(200, 0.25))
    }

    @Test func coarseAndConstantSeries() {
        #expect(HistoryChanges([Double](repeating: 7, count: 40)).changes.isEmpty)
        let noiseless = [Double](repeating: 5, count: 50) + [Double](repeating: 9, count: 50)
        #expect(HistoryChanges(noiseless).changes.map(\.index) == [50])
        // A clock of whole units, nearly always the same one.
        let coarse = (0..<200).map { Double($0 < 110 ? ($0 % 10 == 3 ? 11 : 10) : ($0 % 10 == 3 ? 12 : 11)) }
        #expect(HistoryChanges(coarse).changes.map(\.index) == [110])
    }

    @Test func scaleAndOffsetDoNotMatter() {
        var random = SeededGenerator(seed: 157)
        let series = (0..<120).map { random.normal() + ($0 >= 70 ? 6 : 0) }
        for (scale, offset) in [(1.0, 0.0), (1e-300, 0), (1e300, 0), (1, 1e9), (-3, 5)] {
            #expect(HistoryChanges(series.map { scale * $0 + offset }).changes.map(\.index) == [70])
        }
    }

    /// Every value is wild and every cut fails: neither pieces nor passes may grow with the series.
    @Test func aClimbWithoutNoiseEnds() {
        #expect(HistoryChanges((0..<50_000).map { 0.001 * Double($0) }).changes.isEmpty)
    }

    @Test func hostileValuesKeepTheirPlaces() {
        var random = SeededGenerator(seed: 158)
        var series = (0..<100).map { random.normal() + ($0 >= 60 ? 10 : 0) }
        for (i, value) in zip([0, 10, 59, 99], hostileValues) { series[i] = value }
        series[30] = .greatestFiniteMagnitude
        let history = HistoryChanges(series)
        #expect(history.changes.map(\.index) == [60] && history.count == 100)
        #expect(history.warnings.map(\.description) == ["5 of 100 values are not finite and were left out"])
        #expect(HistoryChanges([]).warnings.map(\.code) == [.tooFewValues])
        #expect(HistoryChanges([3]).changes.isEmpty && HistoryChanges(hostileValues).changes.isEmpty)
        for rate in [-1, 0, 1, 2] + hostileValues {
            #expect(HistoryChanges(series, falseAlarmRate: rate).count == 100)
        }
        let extremes = (0..<64).map { Double(sign: $0 % 2 == 0 ? .plus : .minus, exponent: 1020, significand: 1) }
        #expect(HistoryChanges(extremes).changes.isEmpty)
    }
}
