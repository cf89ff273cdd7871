public import CCycles
internal import CycleTiming

/// What a benchmark's closure measures with: it calls ``measure(_:)-(()->Result)`` once, after preparing what the
/// operation needs.
///
/// The measuring loops are compiled into the benchmark, around the operation, so that calling it costs nothing. What
/// they do next comes from a list of stages (how long does it take about, then many epochs, then counting). Nothing
/// between two stamps allocates, locks or calls anything but the operation.
public final class Measurement {
    package enum Stop: Error {
        case measuredTwice
    }

    private var stages: [any MeasurementStage]
    private var current = 0
    private(set) var hasMeasured = false
    /// Whether all stages have what they want.
    var isDone: Bool { current == stages.count }

    /// What the benchmark says about itself.
    var record = BenchmarkRecord()

    init(stages: [any MeasurementStage]) { self.stages = stages }

    func setPreparation(_ preparation: @escaping () -> Void) {
        for stage in stages { stage.setPreparation(preparation) }
    }

    func setGaps(_ gaps: [Double]) {
        for stage in stages { stage.setArrivalGaps(gaps) }
    }

    /// Measures an operation. What it returns counts as used; see also ``keep(_:)-(Value)``.
    ///
    /// The operation is called again and again, so it must leave behind a state in which it can be called.
    @inlinable @inline(__always)
    public func measure<Result>(_ operation: () throws -> Result) throws {
        try start()
        while true {
            let assignment = next()
            switch assignment.kind {
            case Int32(TS_ASSIGNMENT_SINGLE):
                var rounds = assignment.rounds
                var processor: UInt32 = 0
                let start = ts_ticks_start()
                while rounds > 0 {
                    keep(try operation())
                    keep(try operation())
                    keep(try operation())
                    keep(try operation())
                    rounds &-= 1
                }
                finish(ticks: ts_ticks_stop(&processor) &- start)
            case Int32(TS_ASSIGNMENT_TWICE):
                var rounds = assignment.rounds
                var processor: UInt32 = 0
                let start = ts_ticks_start()
                while rounds > 0 {
                    keep(try operation())
                    keep(try operation())
                    keep(try operation())
                    keep(try operation())
                    keep(try operation())
                    keep(try operation())
                    keep(try operation())
                    keep(try operation())
                    rounds &-= 1
                }
                finish(ticks: ts_ticks_stop(&processor) &- start)
            case Int32(TS_ASSIGNMENT_PLAIN):
                var rounds = assignment.rounds
                var processor: UInt32 = 0
                let start = ts_ticks_start()
                while rounds > 0 {
                    keep(try operation())
                    rounds &-= 1
                }
                finish(ticks: ts_ticks_stop(&processor) &- start)
            case Int32(TS_ASSIGNMENT_STAMPED):
                var index = 0
                var before: UInt32 = 0
                _ = ts_ticks_stop(&before)
                while index < Int(assignment.rounds) {
                    if assignment.flags & Int32(TS_STAMPED_PREPARES) != 0 { prepare(index) }
                    var after: UInt32 = 0
                    let start = ts_ticks_start()
                    keep(try operation())
                    let stop = ts_ticks_stop(&after)
                    let hits = ts_probe_hits()
                    assignment.operations[index] = ts_operation(
                        ticks: ts_clamped_ticks(stop &- start),
                        start: UInt32(truncatingIfNeeded: (start &- assignment.origin) >> 10))
                    if hits != 0 || after != before || assignment.flags != 0 {
                        operationEnded(index, at: stop, hits: hits, processorChanged: after != before)
                        before = after
                    }
                    index &+= 1
                }
                finish(ticks: 0)
            case Int32(TS_ASSIGNMENT_STEPPED):
                if ts_step_prepare(assignment.step) == 0 {
                    ts_step_on()
                    keep(try operation())
                    ts_step_off()
                    ts_step_finish(assignment.step)
                }
                finish(ticks: 0)
            default:
                return
            }
        }
    }

    /// Measures an operation on each of some inputs, in a shuffled order of some thousands that is the same in each
    /// process, so that the branch predictor cannot learn it. Taking the next input costs about a cycle.
    /// - Parameter inputs: at least one; some hundreds make a realistic mix.
    @inlinable @inline(__always)
    public func measure<Input, Result>(_ inputs: [Input], _ operation: (Input) throws -> Result) throws {
        let order = shuffledOrder(count: inputs.count)
        try inputs.withUnsafeBufferPointer { inputs in
            var position = 0
            try measure {
                let input = Int(order[position])
                position &+= 1
                if position == order.count { position = 0 }
                return try operation(inputs[input])
            }
        }
    }

    @inline(never) @usableFromInline
    func shuffledOrder(count: Int) -> UnsafeMutableBufferPointer<UInt32> {
        precondition(count > 0, "an operation on inputs needs at least one input")
        // Repeated to some thousands: one fixed short order would be learned.
        let repetitions = max(1, 8_192 / count)
        let order = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: count * repetitions)
        for index in order.indices { order.initializeElement(at: index, to: UInt32(index % count)) }
        var generator = SplitMix64(seed: 0x7469_636B)
        for index in order.indices.dropFirst().reversed() {
            order.swapAt(index, Int.random(in: 0...index, using: &generator))
        }
        inputOrder = UnsafeBufferPointer(order)
        return order
    }

    /// The order in which inputs are given out; lives as long as the process, which measures one benchmark.
    private(set) var inputOrder: UnsafeBufferPointer<UInt32>?

    @inline(never) @usableFromInline
    func start() throws {
        if !begin() { throw Stop.measuredTwice }
    }

    // What loops in C call, too; see `tickscope/bench.h`.

    /// Begins the one measurement; false when there was one.
    package func begin() -> Bool {
        defer { hasMeasured = true }
        if hasMeasured { hasMeasuredTwice = true }
        return !hasMeasured
    }

    private(set) var hasMeasuredTwice = false

    package func nextAssignment() -> ts_assignment { next() }
    package func finishAssignment(ticks: UInt64) { finish(ticks: ticks) }
    package func prepareOperation(_ index: Int) { prepare(index) }
    package func endOperation(_ index: Int, at stop: UInt64, hits: UInt32, processorChanged: Bool) {
        operationEnded(index, at: stop, hits: hits, processorChanged: processorChanged)
    }

    @inline(never) @usableFromInline
    func next() -> ts_assignment {
        while current < stages.count {
            if let assignment = stages[current].next() { return assignment }
            stages[current].end()
            current += 1
        }
        return ts_assignment()
    }

    @inline(never) @usableFromInline
    func finish(ticks: UInt64) { stages[current].finish(ticks: ticks) }

    @inline(never) @usableFromInline
    func prepare(_ index: Int) { stages[current].prepare(index) }

    @inline(never) @usableFromInline
    func operationEnded(_ index: Int, at stop: UInt64, hits: UInt32, processorChanged: Bool) {
        stages[current].operationEnded(index, at: stop, hits: hits, processorChanged: processorChanged)
    }
}

/// One part of measuring a benchmark in a process: hands out assignments until it has what it wants.
protocol MeasurementStage: AnyObject {
    /// The next assignment; nil when the stage is done.
    func next() -> ts_assignment?
    /// The assignment is done; what its two stamps lie apart.
    func finish(ticks: UInt64)
    /// Called before a stamped operation that was announced to need it.
    func prepare(_ index: Int)
    /// Called after a stamped operation that something may have interrupted.
    func operationEnded(_ index: Int, at stop: UInt64, hits: UInt32, processorChanged: Bool)
    /// Called once, after the last assignment.
    func end()
    /// What the benchmark wants to be done before each stamped operation.
    func setPreparation(_ preparation: @escaping () -> Void)
    /// When the benchmark wants operations of an open loop to start.
    func setArrivalGaps(_ gaps: [Double])
}

extension MeasurementStage {
    func prepare(_ index: Int) {}
    func operationEnded(_ index: Int, at stop: UInt64, hits: UInt32, processorChanged: Bool) {}
    func end() {}
    func setPreparation(_ preparation: @escaping () -> Void) {}
    func setArrivalGaps(_ gaps: [Double]) {}
}
