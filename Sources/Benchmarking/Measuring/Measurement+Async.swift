public import CCycles

extension Measurement {
    /// Measures an asynchronous operation. Each waits for the one before; where the runtime suspends it, the stamps
    /// include what happened meanwhile.
    @inlinable @inline(__always)
    public func measure<Result>(_ operation: () async throws -> Result) async throws {
        try start()
        while true {
            let assignment = next()
            switch assignment.kind {
            case Int32(TS_ASSIGNMENT_SINGLE), Int32(TS_ASSIGNMENT_TWICE), Int32(TS_ASSIGNMENT_PLAIN):
                var remaining = assignment.rounds
                if assignment.kind == Int32(TS_ASSIGNMENT_SINGLE) { remaining *= UInt64(TS_COPIES_SINGLE) }
                if assignment.kind == Int32(TS_ASSIGNMENT_TWICE) { remaining *= UInt64(TS_COPIES_TWICE) }
                var processor: UInt32 = 0
                let start = ts_ticks_start()
                while remaining > 0 {
                    keep(try await operation())
                    remaining &-= 1
                }
                finish(ticks: ts_ticks_stop(&processor) &- start)
            case Int32(TS_ASSIGNMENT_STAMPED):
                var index = 0
                while index < Int(assignment.rounds) {
                    if assignment.flags & Int32(TS_STAMPED_PREPARES) != 0 { prepare(index) }
                    var processor: UInt32 = 0
                    let start = ts_ticks_start()
                    keep(try await operation())
                    let stop = ts_ticks_stop(&processor)
                    assignment.operations[index] = ts_operation(
                        ticks: ts_clamped_ticks(stop &- start),
                        start: UInt32(truncatingIfNeeded: (start &- assignment.origin) >> 10))
                    operationEnded(index, at: stop, hits: ts_probe_hits(), processorChanged: false)
                    index &+= 1
                }
                finish(ticks: 0)
            case Int32(TS_ASSIGNMENT_STEPPED):
                // The operation may go on on another thread, which is not stepped.
                finish(ticks: 0)
            default:
                return
            }
        }
    }
}
