import Glibc
import Statistics
import Testing

@Suite struct EDivisiveTests {
    @Test func theStatisticIsTheEnergyDistanceOfSciPy() {
        let expected = References.energy
        let statistics = EDivisive.statistics(expected.a + expected.b)
        #expect(isClose(statistics[expected.a.count], expected.statistic, relative: 1e-10))
    }

    @Test func changesOfLevelAndOfSpreadAreFound() {
        var random = SeededGenerator(seed: 201)
        let series = (0..<240).map { i in random.normal() * (i >= 160 ? 6 : 1) + (i >= 80 ? 5 : 0) }
        let changes = EDivisive(series).changes
        #expect(changes.count == 2 && changes.map(\.pValue).allSatisfy { $0 == 0.01 })
        for (change, truth) in zip(changes, [80, 160]) { #expect(abs(change.index - truth) <= 8) }
        #expect(EDivisive(series) == EDivisive(series))
    }

    @Test func independentSeriesSeldomHaveOne() {
        var random = SeededGenerator(seed: 202)
        let alarms = (0..<100).filter { seed in
            !EDivisive((0..<60).map { _ in random.studentT3() }, seed: UInt64(seed)).changes.isEmpty
        }.count
        #expect(Double(alarms) <= mostPlausible(100, 0.05))
    }

    @Test func hostileSeries() {
        #expect(EDivisive([]).changes.isEmpty && EDivisive([1]).changes.isEmpty)
        #expect(EDivisive([Double](repeating: 2, count: 50)).changes.isEmpty)
        let holed = EDivisive(hostileValues + (0..<60).map { $0 < 30 ? 1e300 : -1e300 })
        #expect(holed.changes.map(\.index) == [34] && holed.warnings.map(\.code) == [.unusableValues])
        #expect(EDivisive((0..<20).map(Double.init), shuffles: -1, minimumLength: .max).changes.isEmpty)
    }
}

@Suite struct PottsSegmentationTests {
    /// Every way to cut a short series.
    private func leastCost(_ values: [Double], penalty: Double) -> Double {
        var best = [-penalty]
        for end in 1...values.count {
            best.append(
                (0..<end).map { start in
                    let part = values[start..<end]
                    let median = Median.of(part) ?? 0
                    return best[start] + penalty + part.reduce(0) { $0 + abs($1 - median) }
                }.min() ?? 0)
        }
        return best[values.count]
    }

    @Test func theCostIsTheLeastOfAllCuts() throws {
        var random = SeededGenerator(seed: 203)
        for count in [1, 2, 7, 40] {
            for penalty in [0, 0.7, 3, 50] {
                let values = (0..<count).map { _ in (random.normal() * 8).rounded() / 4 }
                let fit = try #require(PottsSegmentation(values, penalty: penalty))
                #expect(abs(fit.cost - leastCost(values, penalty: penalty)) < 1e-9)
                let distances = zip(values, fit.fitted).reduce(0) { $0 + abs($1.0 - $1.1) }
                #expect(abs(fit.cost - distances - penalty * Double(fit.cuts.count)) < 1e-9)
            }
        }
        #expect(PottsSegmentation([1, 1, 9, 1, 1, 5, 5, 5, 5], penalty: 10)?.cuts == [5])
    }

    @Test func hostileSeries() {
        #expect(PottsSegmentation([], penalty: 1)?.cuts == [])
        for value in hostileValues {
            #expect(PottsSegmentation([1, value], penalty: 1) == nil && PottsSegmentation([1], penalty: value) == nil)
        }
        #expect(PottsSegmentation([1], penalty: -1) == nil)
    }
}

@Suite struct FusedLassoTests {
    /// The conditions of Karush, Kuhn & Tucker: the running sums of y − x stay within ±λ, and are ±λ where x steps.
    @Test func theFitIsTheBest() throws {
        var random = SeededGenerator(seed: 204)
        for count in [2, 3, 10, 200] {
            for weight in [0.01, 0.5, 4, 1000] {
                let values = (0..<count).map { random.normal() + ($0 >= count / 2 ? 3 : 0) }
                let fit = try #require(FusedLasso.fit(values, weight: weight))
                var sum = 0.0
                for i in 0..<count {
                    sum += values[i] - fit[i]
                    guard i + 1 < count else { break }
                    #expect(abs(sum) <= weight + 1e-9)
                    if fit[i + 1] - fit[i] > 1e-9 { #expect(abs(sum + weight) < 1e-9) }
                    if fit[i + 1] - fit[i] < -1e-9 { #expect(abs(sum - weight) < 1e-9) }
                }
                #expect(abs(sum) < 1e-9)
            }
        }
        // Two levels, shrunk by λ over ten values.
        let steps = [Double](repeating: 0, count: 10) + [Double](repeating: 10, count: 10)
        #expect(FusedLasso.fit(steps, weight: 5)?.map { ($0 * 1e9).rounded() / 1e9 }.first == 0.5)
    }

    @Test func hostileSeries() {
        #expect(FusedLasso.fit([], weight: 1) == [] && FusedLasso.fit([3], weight: 1) == [3])
        for value in hostileValues {
            #expect(FusedLasso.fit([1, value], weight: 1) == nil && FusedLasso.fit([1, 2], weight: value) == nil)
        }
        #expect(FusedLasso.fit([1, 2], weight: -1) == nil)
    }
}

@Suite struct OnlineDetectionTests {
    /// D. Montgomery, *Introduction to Statistical Quality Control*, table 9.3: k = ½, h = 5: 465 without a shift, 10.4
    /// at one deviation; h = 4: 168 and 8.38.
    @Test(arguments: [(4.0, 0.0, 168.0), (4, 1, 8.38), (5, 0, 465), (5, 1, 10.4)])
    func runLengthsAreThoseOfTheTables(threshold: Double, shift: Double, length: Double) throws {
        var random = SeededGenerator(seed: 211)
        let trials = 600
        var total = 0
        for _ in 0..<trials {
            var sum = try #require(CumulativeSum(target: 0, deviation: 1, threshold: threshold))
            while sum.append(random.normal() + shift) == nil {}
            total += sum.count
        }
        // The run lengths are nearly exponential: a standard error of 1/√trials.
        #expect(abs(Double(total) / Double(trials) - length) < 0.16 * length)
    }

    @Test func alarmsTellDirectionAndOnset() throws {
        var random = SeededGenerator(seed: 212)
        var sum = try #require(CumulativeSum(target: 100, deviation: 2, threshold: 12))
        var test = try #require(PageHinkley(tolerated: 1, threshold: 40))
        var (sums, tests): ([CumulativeSum.Alarm], [CumulativeSum.Alarm]) = ([], [])
        for i in 0..<130 {
            let value = 100 + 2 * random.normal() - (i >= 100 ? 6 : 0)
            if let alarm = sum.append(value), sums.isEmpty { sums.append(alarm) }
            if let alarm = test.append(value), tests.isEmpty { tests.append(alarm) }
        }
        for alarm in [try #require(sums.first), try #require(tests.first)] {
            #expect(alarm.direction == .down && (100...115).contains(alarm.index) && (94...102).contains(alarm.onset))
        }
    }

    @Test func countsHaveASlackOfTheirOwn() {
        // (4 − 2)/ln 2
        #expect(isClose(CumulativeSum.slackForCounts(usual: 2, raised: 4), 2.885390081777927))
        #expect(CumulativeSum.slackForCounts(usual: 4, raised: 2) == nil)
        for rate in [0, -1] + hostileValues { #expect(CumulativeSum.slackForCounts(usual: rate, raised: 2) == nil) }
    }

    @Test func hostileStreams() throws {
        var sum = try #require(CumulativeSum(target: 0, deviation: 1))
        var test = try #require(PageHinkley(tolerated: 0, threshold: 1))
        for value in hostileValues { #expect(sum.append(value) == nil && test.append(value) == nil) }
        #expect(sum.count == 4 && test.count == 4 && sum.sumUp == 0 && test.mean == 0)
        #expect(sum.append(1e300)?.direction == .up && sum.append(-1e300)?.direction == .down)
        for value in [0, -1] + hostileValues {
            #expect(CumulativeSum(target: 0, deviation: value) == nil)
            #expect(PageHinkley(tolerated: 0, threshold: value) == nil)
        }
    }
}
