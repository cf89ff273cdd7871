internal import CCycles
internal import CycleTiming
internal import Glibc

/// How long each operation takes, into memory that was there before.
final class LatencyStage: MeasurementStage {
    /// An operation that something interrupted.
    struct Event {
        var operation: Int
        var cause: InterruptionCause
    }

    private let warmUp: WarmUpStage
    private let clock: EpochClock
    private let plan: StagePlan
    private let preparation: (any Preparer)?
    /// What the benchmark itself wants to be done before each operation, and what that takes.
    private var ownPreparation: (() -> Void)?
    private var ownPreparationTicks = 0.0
    private let probes: InterruptionProbes
    private var attributor: InterruptionAttributor
    private let readsUsageAlways: Bool
    private let isReported: Bool
    private let attributes: Bool

    private let operationsMemory: UnsafeMutableBufferPointer<ts_operation>
    private let responsesMemory: UnsafeMutableBufferPointer<UInt32>?
    private var eventsMemory: UnsafeMutableBufferPointer<Event>
    private var base = 0
    private var intended: UInt64 = 0
    private var begin: UInt64 = 0

    /// Operations so far.
    private(set) var count = 0
    private var eventCount = 0
    /// Events for which there was no room; their operations count as undisturbed.
    private(set) var droppedEvents = 0
    private(set) var coreCyclesPerTick: [Double] = []

    /// - Parameters:
    ///   - capacity: the most operations that are kept.
    ///   - attributes: whether causes are told; they cannot be for operations that change threads.
    init(
        after warmUp: WarmUpStage, clock: EpochClock, plan: StagePlan, probes: InterruptionProbes,
        preparation: (any Preparer)?, capacity: Int, attributes: Bool
    ) {
        self.attributes = attributes
        self.warmUp = warmUp
        self.clock = clock
        self.plan = plan
        self.preparation = preparation
        self.probes = probes
        attributor = InterruptionAttributor(probes: probes)
        readsUsageAlways = attributor.readsUsageAlways
        attributor.disarm()
        isReported = attributes && readsUsageAlways || preparation?.measuresResponse == true
        operationsMemory = .allocate(capacity: capacity)
        eventsMemory = .allocate(capacity: max(1_024, capacity / 8))
        // Written once, so that the kernel has given the pages before anything is measured.
        operationsMemory.initialize(repeating: ts_operation())
        eventsMemory.initialize(repeating: Event(operation: 0, cause: .interrupt))
        if preparation?.measuresResponse == true {
            let memory = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: capacity)
            memory.initialize(repeating: 0)
            responsesMemory = memory
        } else {
            responsesMemory = nil
        }
        coreCyclesPerTick.reserveCapacity(4_096)
    }

    deinit {
        operationsMemory.deallocate()
        eventsMemory.deallocate()
        responsesMemory?.deallocate()
    }

    var operations: UnsafeBufferPointer<ts_operation> { UnsafeBufferPointer(rebasing: operationsMemory[..<count]) }
    var events: UnsafeBufferPointer<Event> { UnsafeBufferPointer(rebasing: eventsMemory[..<eventCount]) }
    /// Open loop: ticks from the intended start of each operation to its end.
    var responses: UnsafeBufferPointer<UInt32>? {
        responsesMemory.map { UnsafeBufferPointer(rebasing: $0[..<count]) }
    }

    func next() -> ts_assignment? {
        let now = ts_now_ticks()
        if begin == 0 {
            begin = now
            // Anew: which signals the benchmark handles is known by now.
            attributor = InterruptionAttributor(probes: probes)
        }
        let limit = min(operationsMemory.count, plan.iterations ?? .max)
        let isOver = plan.iterations == nil && now &- begin >= plan.budgetTicks && count >= plan.minimumEpochs
        guard count < limit, now <= plan.deadline, !isOver else { return nil }
        if coreCyclesPerTick.count < 4_096 { coreCyclesPerTick.append(clock.reading().coreCyclesPerTick) }
        // Pieces of about a millisecond.
        let perOperation = warmUp.operationTicks + 60 + (preparation?.estimatedTicks ?? 0) + ownPreparationTicks
        let piece = max(1, Int(2_500_000 / perOperation))
        base = count
        var assignment = ts_assignment()
        assignment.kind = Int32(TS_ASSIGNMENT_STAMPED)
        assignment.rounds = UInt64(min(piece, limit - count))
        assignment.origin = begin
        assignment.operations = operationsMemory.baseAddress! + base
        assignment.flags =
            (preparation == nil && ownPreparation == nil ? 0 : Int32(TS_STAMPED_PREPARES))
            | (isReported ? Int32(TS_STAMPED_REPORTS) : 0)
        count += Int(assignment.rounds)
        attributor.forgetPending()
        return assignment
    }

    func finish(ticks: UInt64) { attributor.disarm() }

    func setPreparation(_ preparation: @escaping () -> Void) {
        let begin = ts_now_ticks()
        preparation()
        ownPreparationTicks = Double(ts_now_ticks() &- begin)
        ownPreparation = preparation
    }

    func setArrivalGaps(_ gaps: [Double]) { preparation?.setArrivalGaps(gaps) }

    /// What an open loop saw of its queue.
    var queue: OpenLoopQueue? { preparation?.queue }

    func prepare(_ index: Int) {
        // An open loop waits for the start, so it comes last; whatever makes the machine cold comes first.
        let isLast = preparation?.measuresResponse ?? false
        if isLast { ownPreparation?() }
        intended = preparation?.prepare(operationTicks: warmUp.operationTicks) ?? 0
        if !isLast { ownPreparation?() }
        // What the preparation itself went through is not the operation's.
        attributor.forgetPending()
    }

    func operationEnded(_ index: Int, at stop: UInt64, hits: UInt32, processorChanged: Bool) {
        if let responsesMemory { responsesMemory[base + index] = ts_clamped_ticks(stop &- intended) }
        guard attributes, hits != 0 || processorChanged || readsUsageAlways else { return }
        guard
            let cause = attributor.attribute(
                hits: InterruptionHits(rawValue: hits), processorChanged: processorChanged)
        else { return }
        guard eventCount < eventsMemory.count else {
            droppedEvents += 1
            return
        }
        eventsMemory[eventCount] = Event(operation: base + index, cause: cause)
        eventCount += 1
    }
}
