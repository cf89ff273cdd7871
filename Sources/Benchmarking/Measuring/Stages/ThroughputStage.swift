internal import CCycles

/// What many operations between two stamps cost.
///
/// An epoch times two loops, one with twice as many copies of the operation as the other, in alternating order; their
/// difference has neither the stamps nor the loop in it (nanoBench, Abel and Reineke 2020). Operations of more than
/// some microseconds are timed by themselves: there the loop is nothing. Between epochs the core clock is read, and
/// whether the core is shared; while it mostly is, measuring goes on for up to ``StagePlan/patience`` times as long, or a quarter of a second.
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
    private var before: EpochClock.Reading?
    private var middleDisturbance = 0.0
    private var quiet = 0

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
            // The one that ended the epoch before is no older than some instructions.
            before = before ?? clock.reading()
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
        let elapsed = now &- begin
        guard elapsed >= plan.budgetTicks && epochs.count >= plan.minimumEpochs else { return false }
        return quiet >= min(ThroughputEpoch.enoughQuiet, epochs.count / 2)
            || elapsed >= max(StagePlan.patience * plan.budgetTicks, plan.shortestPatienceTicks)
    }

    func finish(ticks: UInt64) {
        if !isDifference {
            operations += rounds
            add(ticks: Double(ticks) / Double(rounds))
            return
        }
        if !isSecond {
            firstTicks = ticks
            middleDisturbance = clock.reading().disturbance
            isSecond = true
            isSingle.toggle()
            return
        }
        // The order alternates: single and twice, twice and single. Drift within an epoch cancels over two of them.
        let (single, twice) = isSingle ? (ticks, firstTicks) : (firstTicks, ticks)
        let copies = Double(TS_COPIES_TWICE - TS_COPIES_SINGLE)
        operations += operationsPerEpoch
        isSecond = false
        add(ticks: (Double(twice) - Double(single)) / (copies * Double(rounds)))
    }

    private func add(ticks: Double) {
        let after = clock.reading()
        let before = before ?? after
        let epoch = ThroughputEpoch(
            ticks: ticks, coreCyclesPerTick: EpochClock.coreCyclesPerTick(from: before, to: after),
            disturbance: max(before.disturbance, middleDisturbance, after.disturbance))
        if epoch.isQuiet { quiet += 1 }
        epochs.append(epoch)
        self.before = after
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

    /// How many times the budget a stage waits for epochs with the core to itself.
    static let patience: UInt64 = 4
    /// It waits for them at least as long as this: a neighbour's burst is longer than many a budget.
    var shortestPatienceTicks: UInt64 = 0
}
