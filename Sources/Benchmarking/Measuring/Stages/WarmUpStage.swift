internal import CCycles

/// Performs operations that were asked for as a warm-up, and finds out how long one takes.
///
/// Doubles the number of operations until they take long enough to be told apart from the stamps, then measures that
/// number once more: one preempted reading would make all that follows far too short.
final class WarmUpStage: MeasurementStage {
    private var warmUpIterations: Int
    private let targetTicks: UInt64
    private let deadline: UInt64
    private var rounds: UInt64 = 1
    private var isWarmUp = false
    private var confirmation: Double?
    private var isDone = false

    /// Ticks of the first operation of the process, stamps included.
    private(set) var firstOperationTicks: UInt64?
    /// Ticks an operation takes, about.
    private(set) var operationTicks = 1.0
    private(set) var operations: UInt64 = 0

    init(warmUpIterations: Int?, targetTicks: UInt64, deadline: UInt64) {
        self.warmUpIterations = warmUpIterations ?? 0
        self.targetTicks = targetTicks
        self.deadline = deadline
    }

    func next() -> ts_assignment? {
        var assignment = ts_assignment()
        assignment.kind = Int32(TS_ASSIGNMENT_PLAIN)
        isWarmUp = warmUpIterations > 0 && firstOperationTicks != nil
        if isWarmUp {
            // In pieces, so that the deadline is met.
            assignment.rounds = UInt64(min(warmUpIterations, 1 << 20))
            warmUpIterations -= Int(assignment.rounds)
            operations += assignment.rounds
            return assignment
        }
        guard !isDone else { return nil }
        assignment.rounds = rounds
        operations += rounds
        return assignment
    }

    func finish(ticks: UInt64) {
        if firstOperationTicks == nil { firstOperationTicks = ticks }
        if ts_now_ticks() > deadline {
            isDone = true
            warmUpIterations = 0
        }
        if isWarmUp { return }
        let perOperation = max(Double(ticks) / Double(rounds), 0.01)
        if let confirmation {
            operationTicks = min(confirmation, perOperation)
            isDone = true
        } else if ticks >= targetTicks || rounds >= 1 << 40 {
            confirmation = perOperation
            // One operation that long needs no second look: repeating it may take minutes.
            if rounds == 1, ticks > 200 * targetTicks {
                operationTicks = perOperation
                isDone = true
            }
        } else {
            operationTicks = perOperation
            rounds *= ticks * 8 < targetTicks ? 8 : 2
        }
    }
}

/// The time, without fences.
func ts_now_ticks() -> UInt64 {
    var processor: UInt32 = 0
    return ts_ticks_stop(&processor)
}
