package import Statistics

internal import CycleTiming

/// The rounds of one benchmark, block by block, each block in fresh processes.
///
/// Knows nothing of how processes are started or what they run: a test gives it workers that compute their answers.
package struct BlockMeasurement {
    /// Starts a worker for an arm, ready to measure.
    package typealias Start = (ComparisonArm) throws -> any LockstepWorker

    /// Microseconds of the slower side's epoch: many times what a turn costs, and short enough for most rounds to be
    /// spared by interruptions, which on a shared machine come every few milliseconds.
    package static let epochSeconds = 200e-6
    /// Rounds of a block whose operations are short: all orders come six times.
    package static let mostRounds = 6 * RoundOrder.period
    /// What a block may measure, in seconds: it has fewer rounds when operations are long.
    static let blockSeconds = 0.1

    private let ticksPerSecond: Double
    private var order = RoundOrder()
    /// Of each block, each round's nanoseconds an operation.
    package private(set) var blocks: [[RoundCosts]] = []
    /// Decided in the first block; the same for both sides from then on.
    package private(set) var epoch: LockstepEpoch?
    package private(set) var roundsPerBlock: Int?
    /// Seconds inside epochs.
    package private(set) var seconds = 0.0

    private let tickStep: Double
    private var epochTicks = 1.0

    /// - Parameter tickStep: ticks by which the clock advances.
    package init(ticksPerSecond: Double, tickStep: Double = 1) {
        self.ticksPerSecond = ticksPerSecond
        self.tickStep = tickStep
    }

    /// The clock's step as a share of an epoch.
    package var resolution: Double { tickStep / max(epochTicks, tickStep) }

    /// Measures one block.
    /// - Throws: ``ComparisonFailure``, and what `start` throws.
    package mutating func measureBlock(_ start: Start) throws {
        var workers: [(any LockstepWorker)?] = [nil, nil, nil]
        // Who comes first finds another machine than who comes last.
        for arm in ComparisonArm.allCases.shuffled() { workers[arm.rawValue] = try start(arm) }
        let ready = workers.compactMap { $0 }
        if epoch == nil { try calibrate(ready) }
        guard let epoch, let roundsPerBlock else { return }
        if epoch.count > 1 || !epoch.isSingle {
            // What follows a start is not what is compared.
            for worker in ready { _ = try worker.measure(epoch) }
        }
        let scale = 1e9 / ticksPerSecond / Double(epoch.operations)
        var rounds: [RoundCosts] = []
        rounds.reserveCapacity(roundsPerBlock)
        for _ in 0..<roundsPerBlock {
            var costs = RoundCosts()
            for arm in order.next() {
                let ticks = Double(try ready[arm.rawValue].measure(epoch))
                seconds += ticks / ticksPerSecond
                costs[arm] = ticks * scale
            }
            rounds.append(costs)
        }
        for worker in ready { try worker.finish() }
        blocks.append(rounds)
    }

    /// Decides how much an epoch does, by what the slower side said and then, because one preempted reading would make
    /// all epochs far too short, by the shortest of some epochs.
    private mutating func calibrate(_ workers: [any LockstepWorker]) throws {
        let target = Self.epochSeconds * ticksPerSecond
        var slower = workers.map(\.operationTicks).max() ?? 1
        let first = LockstepEpoch(ticks: target, operationTicks: slower)
        if slower < target / 4 {
            slower = 0
            for worker in workers {
                var least = UInt64.max
                for _ in 0..<3 { least = min(least, try worker.measure(first)) }
                slower = max(slower, Double(least) / Double(first.operations))
            }
        }
        let epoch = LockstepEpoch(ticks: target, operationTicks: slower)
        self.epoch = epoch
        epochTicks = Double(epoch.operations) * slower
        let round = 3 * epoch.expectedTicks(slower)
        let rounds = Int(min(Double(Self.mostRounds), Self.blockSeconds * ticksPerSecond / round))
        roundsPerBlock = max(1, rounds < RoundOrder.period ? rounds : rounds / RoundOrder.period * RoundOrder.period)
    }
}

/// When a comparison of blocks is judged.
package struct BlockPlan: Sendable {
    package let sequential: SequentialComparison
    /// Blocks before the first look: enough for their medians to have an interval by themselves.
    package let firstLook: Int

    /// - Parameters:
    ///   - confidence: of all looks together.
    ///   - roundsPerBlock: at least 1.
    ///   - maximumBlocks: the last look; raised to the first one.
    /// - Returns: nil when a parameter is out of range.
    package init?(tolerance: Double, confidence: Double, roundsPerBlock: Int, maximumBlocks: Int) {
        var first = 6
        while first <= 256 {
            let most = min(max(first, maximumBlocks) * roundsPerBlock, SequentialComparison.mostRounds)
            guard
                let plan = SequentialComparison(
                    tolerance: tolerance, confidence: confidence, firstLook: first * roundsPerBlock,
                    growth: 1.5, maximumRounds: most),
                let needed = OrderStatisticInterval.minimumSampleCount(
                    quantile: 0.5, confidence: plan.nominalConfidence)
            else {
                // With one round a block, few blocks have no interval at all.
                first += 1
                continue
            }
            if needed <= first {
                sequential = plan
                firstLook = first
                return
            }
            first = max(first + 1, needed)
        }
        return nil
    }
}
