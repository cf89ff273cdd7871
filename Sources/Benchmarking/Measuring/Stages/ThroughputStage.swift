internal import CCycles

/// What many operations between two stamps cost.
///
/// An epoch times two loops, one with twice as many copies of the operation as the other, in alternating order; their
/// difference has neither the stamps nor the loop in it (nanoBench, Abel and Reineke 2020). Operations of more than
/// some microseconds are timed by themselves: there the loop is nothing. Each epoch reads the core clock.
final class ThroughputStage: MeasurementStage {
    private let warmUp: WarmUpStage
    private let clock: EpochClock
    private let plan: StagePlan
    private var begin: UInt64 = 0
    private var rounds: UInt64 = 0
    private var isDifference = true
    private var isSecond = false
    private var isSingle = true
    private var firstTicks: UInt64 = 0
    private var rate = 0.0

    private(set) var epochs: [ThroughputEpoch] = []
    private(set) var operations: UInt64 = 0

    init(after warmUp: WarmUpStage, clock: EpochClock, plan: StagePlan) {
        self.warmUp = warmUp
        self.clock = clock
        self.plan = plan
        epochs.reserveCapacity(StagePlan.maximumEpochs)
    }

    /// Operations of more ticks than this, about a microsecond, are timed by themselves.
    private static let differenceLimit = 2_500.0

    var operationsPerEpoch: UInt64 {
        isDifference ? rounds * UInt64(TS_COPIES_SINGLE + TS_COPIES_TWICE) : rounds
    }

    func next() -> ts_assignment? {
        if begin == 0 {
            begin = ts_now_ticks()
            isDifference = warmUp.operationTicks < Self.differenceLimit
            let copies = isDifference ? Double(TS_COPIES_SINGLE) : 0.5
            rounds = max(1, UInt64(Double(plan.epochTicks) / (copies * warmUp.operationTicks)))
        }
        if !isSecond {
            guard !isDone else { return nil }
            rate = clock.reading()
        }
        var assignment = ts_assignment()
        assignment.rounds = rounds
        assignment.kind = Int32(
            !isDifference ? TS_ASSIGNMENT_PLAIN : isSingle ? TS_ASSIGNMENT_SINGLE : TS_ASSIGNMENT_TWICE)
        return assignment
    }

    private var isDone: Bool {
        if epochs.count >= StagePlan.maximumEpochs { return true }
        if let iterations = plan.iterations { return operations >= UInt64(iterations) }
        let now = ts_now_ticks()
        if now > plan.deadline { return true }
        return now &- begin >= plan.budgetTicks && epochs.count >= plan.minimumEpochs
    }

    func finish(ticks: UInt64) {
        if !isDifference {
            let after = clock.reading()
            operations += rounds
            epochs.append(
                ThroughputEpoch(ticks: Double(ticks) / Double(rounds), coreCyclesPerTick: (rate + after) / 2))
            return
        }
        if !isSecond {
            firstTicks = ticks
            isSecond = true
            isSingle.toggle()
            return
        }
        let after = clock.reading()
        // The order alternates: single and twice, twice and single. Drift within an epoch cancels over two of them.
        let (single, twice) = isSingle ? (ticks, firstTicks) : (firstTicks, ticks)
        let copies = Double(TS_COPIES_TWICE - TS_COPIES_SINGLE)
        operations += operationsPerEpoch
        epochs.append(
            ThroughputEpoch(
                ticks: (Double(twice) - Double(single)) / (copies * Double(rounds)),
                coreCyclesPerTick: (rate + after) / 2))
        isSecond = false
    }
}

/// One epoch of one process.
package struct ThroughputEpoch: Codable, Hashable, Sendable {
    /// Ticks an operation. May be below zero where the operation costs nothing.
    package var ticks: Double
    /// The exchange rate around the epoch.
    package var coreCyclesPerTick: Double

    package init(ticks: Double, coreCyclesPerTick: Double) {
        self.ticks = ticks
        self.coreCyclesPerTick = coreCyclesPerTick
    }
}

/// How long a stage may take, and how its parts are cut.
struct StagePlan {
    /// Epochs that a process keeps.
    static let maximumEpochs = 4_096

    /// Ticks of measuring.
    var budgetTicks: UInt64
    /// Ticks at which nothing new is begun.
    var deadline: UInt64
    /// About the ticks of the shorter half of an epoch: long against the clock's steps, short against interruptions.
    var epochTicks: UInt64
    /// Epochs below which time alone does not end the stage.
    var minimumEpochs: Int
    /// Operations that were asked for.
    var iterations: Int?
}
