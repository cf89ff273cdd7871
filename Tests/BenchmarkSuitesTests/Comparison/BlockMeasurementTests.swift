import BenchmarkSuites
import Benchmarking
import Statistics
import Testing

/// A worker that computes what it would have measured.
private final class SyntheticWorker: LockstepWorker {
    let operationTicks: Double
    private let noise: () -> Double

    /// - Parameter noise: the factor of an epoch's ticks.
    init(ticks: Double, noise: @escaping () -> Double) {
        operationTicks = ticks
        self.noise = noise
    }

    func measure(_ epoch: LockstepEpoch) -> UInt64 { UInt64(Double(epoch.operations) * operationTicks * noise()) }

    func finish() {}
}

@Suite struct BlockMeasurementTests {
    private static let rate = 2.6e9

    /// Compares synthetic programs.
    /// - Parameter layout: the factor of a process's cost.
    private func compare(
        ratio: Double, tolerance: Double = 0.005, layout: @escaping () -> Double = { 1 },
        noise: @escaping () -> Double
    ) throws -> BlockedComparison {
        var measurement = BlockMeasurement(ticksPerSecond: Self.rate)
        var result: BlockedComparison?
        var plan: BlockPlan?
        repeat {
            try measurement.measureBlock { arm in
                SyntheticWorker(ticks: 1_000 * (arm == .b ? ratio : 1) * layout(), noise: noise)
            }
            let rounds = try #require(measurement.roundsPerBlock)
            let made = try #require(
                plan
                    ?? BlockPlan(
                        tolerance: tolerance, confidence: 0.95, roundsPerBlock: rounds, maximumBlocks: 24))
            plan = made
            guard measurement.blocks.count >= result?.nextLook ?? made.firstLook else { continue }
            result = BlockedComparison(measurement.blocks, plan: made.sequential)
        } while result == nil || result?.nextLook != nil
        return try #require(result)
    }

    @Test func anEpochTakesTwoHundredMicrosecondsOfTheSlowerSide() throws {
        var measurement = BlockMeasurement(ticksPerSecond: Self.rate)
        try measurement.measureBlock { arm in SyntheticWorker(ticks: arm == .b ? 130 : 65) { 1 } }
        // 200 µs are 520,000 ticks, 4,000 operations of 130.
        #expect(measurement.epoch?.operations == 4_000)
        #expect(measurement.roundsPerBlock == 36)
        #expect(measurement.blocks.first?.count == 36)
        #expect(measurement.blocks[0].allSatisfy { abs($0.b / $0.a - 2) < 1e-9 && $0.control == $0.a })
    }

    @Test func longOperationsAreMeasuredOneByOneInFewRounds() throws {
        var measurement = BlockMeasurement(ticksPerSecond: Self.rate)
        try measurement.measureBlock { _ in SyntheticWorker(ticks: 2.6e8) { 1 } }
        #expect(measurement.epoch?.operations == 1)
        #expect(measurement.roundsPerBlock == 1)
    }

    @Test func noiseFarAboveTheDifferenceDoesNotHideIt() throws {
        // Every fifth epoch takes up to four times as long, the others differ by half a per cent.
        let noise = { (Int.random(in: 0..<5) == 0 ? Double.random(in: 1...4) : 1) * Double.random(in: 0.9975...1.0025) }
        var found = 0
        var falseAlarms = 0
        for _ in 0..<40 {
            if try compare(ratio: 1.01, noise: noise).verdict == .slower { found += 1 }
            let same = try compare(ratio: 1, noise: noise).verdict
            if same == .slower || same == .faster { falseAlarms += 1 }
        }
        #expect(found >= 38)
        #expect(falseAlarms <= 1)
    }

    @Test func layoutThatDiffersFromProcessToProcessIsNoDifference() throws {
        // Processes differ by a per cent, rounds by a hundredth: any two processes are told apart with certainty.
        var falseAlarms = 0
        var warned = 0
        for _ in 0..<40 {
            let result = try compare(
                ratio: 1, layout: { Double.random(in: 0.99...1.01) }, noise: { Double.random(in: 0.9999...1.0001) })
            if result.verdict == .slower || result.verdict == .faster { falseAlarms += 1 }
            if result.isWidened && result.warnings.contains(where: { $0.code == .blocksDisagree }) { warned += 1 }
        }
        #expect(falseAlarms <= 2)
        #expect(warned == 40)
    }

    @Test func aMeasurementThatFavorsOneSideResolvesNothing() throws {
        var measurement = BlockMeasurement(ticksPerSecond: Self.rate)
        for _ in 0..<8 {
            try measurement.measureBlock { arm in SyntheticWorker(ticks: arm == .a ? 1_000 : 1_050) { 1 } }
        }
        let plan = try #require(BlockPlan(tolerance: 0.01, confidence: 0.95, roundsPerBlock: 36, maximumBlocks: 8))
        let result = BlockedComparison(measurement.blocks, plan: plan.sequential)
        #expect(result.verdict == .notResolved)
        #expect(result.warnings.contains { $0.code == .controlMoved })
    }

    @Test func eachArmFollowsEachOtherEquallyOften() {
        var order = RoundOrder()
        var firsts: [ComparisonArm: Int] = [:]
        for _ in 0..<RoundOrder.period * 3 {
            let arms = order.next()
            #expect(Set(arms).count == 3)
            firsts[arms[0], default: 0] += 1
        }
        #expect(firsts == [.a: 6, .b: 6, .control: 6])
    }
}
