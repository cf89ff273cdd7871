import Statistics
import Testing

@Suite struct OptimalSegmentationTests {
    /// Levels 0, 3, 1, 6, 5 with noise of even spread, from integers so that any program can rebuild it.
    private func series() -> [Double] {
        var random = SeededGenerator(seed: 42)
        let levels = [(0.0, 40), (3, 25), (1, 60), (6, 9), (5, 66)].flatMap { Array(repeating: $0, count: $1) }
        return levels.map { $0 + Double(random.next() % 1000) / 250 - 2 }
    }

    /// ruptures 1.1: `Pelt(model='l2', min_size=minimum, jump=1).fit(x).predict(pen=penalty)[:-1]`.
    @Test(arguments: [
        (5.0, 2, [18, 20, 28, 40, 65, 68, 71, 84, 125, 134]), (5, 4, [20, 28, 40, 65, 84, 125, 134]),
        (2, 8, [20, 28, 40, 48, 57, 65, 84, 99, 114, 125, 134, 142, 151, 160]), (10, 4, [40, 65, 125, 134]),
        (30, 2, [40, 65, 125]), (30, 8, [40, 65, 125]),
    ])
    func agreesWithRuptures(penalty: Double, minimum: Int, expected: [Int]) {
        let series = series()
        let cuts = OptimalSegmentation.cuts(
            count: series.count, cost: SquaredDistanceCost(series), penalty: penalty, minimumLength: minimum)
        #expect(cuts == expected)
    }

    /// The plain recursion over all places, without pruning.
    private func leastTotal(_ cost: SquaredDistanceCost, count: Int, penalty: Double, minimum: Int) -> Double {
        var best = [Double](repeating: .infinity, count: count + 1)
        best[0] = -penalty
        for end in 1...count {
            for start in 0..<end where end - start >= minimum {
                best[end] = min(best[end], best[start] + cost.cost(start, end) + penalty)
            }
        }
        return best[count]
    }

    @Test func pruningNeverMissesTheOptimum() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<400 {
            let count = 8 + Int(random.next() % 40)
            let minimum = 1 + Int(random.next() % 4)
            let penalty = 6 * random.uniform()
            var level = 0.0
            let series = (0..<count).map { _ in
                if random.happens(0.15) { level = 4 * random.normal() }
                return level + random.normal()
            }
            let cost = SquaredDistanceCost(series)
            let cuts = OptimalSegmentation.cuts(count: count, cost: cost, penalty: penalty, minimumLength: minimum)
            let bounds = [0] + cuts + [count]
            #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $1 - $0 >= minimum })
            let total = zip(bounds, bounds.dropFirst()).reduce(Double(cuts.count) * penalty) {
                $0 + cost.cost($1.0, $1.1)
            }
            let least = leastTotal(cost, count: count, penalty: penalty, minimum: minimum)
            #expect(abs(total - least) < 1e-9)
        }
    }

    @Test func timeGrowsWithTheLengthWhenStepsAreSpread() {
        struct CountingCost: SegmentCost {
            final class Counter { var calls = 0 }
            let inner: SquaredDistanceCost
            let counter = Counter()
            func cost(_ start: Int, _ end: Int) -> Double {
                counter.calls += 1
                return inner.cost(start, end)
            }
        }
        func calls(_ count: Int) -> Int {
            var random = SeededGenerator(seed: 6)
            let cost = CountingCost(
                inner: SquaredDistanceCost((0..<count).map { Double($0 / 50 % 2) * 8 + random.normal() }))
            _ = OptimalSegmentation.cuts(count: count, cost: cost, penalty: 20, minimumLength: 4)
            return cost.counter.calls
        }
        #expect(calls(8000) < 5 * calls(2000), "16 times when it is quadratic")
    }

    @Test func shortSeriesAreNotCut() {
        let cost = SquaredDistanceCost([0, 9, 0])
        #expect(OptimalSegmentation.cuts(count: 3, cost: cost, penalty: 0.1, minimumLength: 2).isEmpty)
        #expect(OptimalSegmentation.cuts(count: 3, cost: cost, penalty: 0.1, minimumLength: 0).isEmpty)
        #expect(OptimalSegmentation.cuts(count: 3, cost: cost, penalty: 0.1, minimumLength: .max).isEmpty)
        #expect(OptimalSegmentation.cuts(count: 3, cost: cost, penalty: 0.1, minimumLength: 1) == [1, 2])
        #expect(OptimalSegmentation.cuts(count: 0, cost: SquaredDistanceCost([]), penalty: 1, minimumLength: 1).isEmpty)
    }
}

@Suite struct LevelSegmentationTests {
    @Test func cutsBetweenBlocksFindTheSamePlaces() {
        var random = SeededGenerator(seed: 7)
        let series = (0..<3000).map { random.normal() + ($0 >= 1003 ? 6 : 0) - ($0 >= 2011 ? 9 : 0) }
        let whole = LevelSegmentation.cuts(of: series, penalty: 32, minimumLength: 4)
        #expect(whole == [1003, 2011])
        for most in [100, 999, 1500] {
            #expect(LevelSegmentation.cuts(of: series, penalty: 32, minimumLength: 4, mostBlocks: most) == whole)
        }
    }

    @Test func blocksMakeNoStepsOfNoise() {
        var random = SeededGenerator(seed: 10)
        for _ in 0..<100 {
            let series = (0..<2000).map { _ in random.normal() }
            #expect(LevelSegmentation.cuts(of: series, penalty: 30, minimumLength: 4, mostBlocks: 150).isEmpty)
        }
    }

    @Test func segmentsAreNeverShorterThanAsked() {
        var random = SeededGenerator(seed: 12)
        for most in [2, 7, 30, 64] {
            let series = (0..<400).map { _ in 5 * random.normal() }
            let cuts = LevelSegmentation.cuts(of: series, penalty: 1, minimumLength: 5, mostBlocks: most)
            let bounds = [0] + cuts + [400]
            #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $1 - $0 >= 5 }, "\(most) blocks")
        }
    }
}
