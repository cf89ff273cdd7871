package import PerfEvents

extension BenchmarkMetric {
    /// The metric that a counter of the calling thread gives. Nil for what another source gives better: CPU time, and
    /// page faults, of which a counter for user space sees only those that user code itself runs into.
    package init?(event: EventSpecification) {
        let metrics: [EventSpecification: BenchmarkMetric] = [
            .cycles: .cycles, .instructions: .pmuInstructions, .branches: .branches, .branchMisses: .branchMisses,
            .l1dMisses: .l1dMisses, .llcMisses: .llcMisses, .dtlbMisses: .dtlbMisses, .itlbMisses: .itlbMisses,
            .contextSwitches: .contextSwitches, .migrations: .migrations,
        ]
        guard let metric = metrics[event] else { return nil }
        self = metric
    }

    /// What counters said, as metrics, per operation.
    /// - Parameters:
    ///   - overheads: what the same counters said of a region without operations; where one of them is missing, its
    ///     event is not corrected.
    ///   - operations: at least 1.
    /// - Returns: the readings, and a line for each that is an estimate.
    package static func readings(
        of events: [EventSpecification], _ counts: [CounterReading], overheads: [CounterReading] = [], operations: Int
    ) -> (readings: [BenchmarkMetric: MetricReading], notes: [String]) {
        precondition(operations > 0, "nothing was counted")
        var readings: [BenchmarkMetric: MetricReading] = [:]
        var notes: [String] = []
        for (index, (event, reading)) in zip(events, counts).enumerated() {
            guard let metric = BenchmarkMetric(event: event) else { continue }
            switch reading {
            case .unavailable(let reason):
                readings[metric] = .unavailable(reason)
            case .counted(let count):
                let overhead = index < overheads.count ? overheads[index].count : nil
                readings[metric] = .value(
                    CounterArithmetic.perOperation(
                        count.value, overhead: overhead ?? 0, operations: UInt64(operations)))
                if let note = count.note { notes.append("\(metric.id): \(note)") }
            }
        }
        return (readings, notes)
    }
}
