internal import CCycles
internal import PerfEvents

/// What the processor and the kernel count while operations run, in a pass of its own: starting counters takes longer
/// than many an operation.
final class CounterStage: MeasurementStage {
    private let warmUp: WarmUpStage
    private var group: CounterGroup?
    private var rounds = 0
    private(set) var readings: [BenchmarkMetric: MetricReading] = [:]
    private(set) var notes: [String] = []

    private static let metrics: [EventSpecification: BenchmarkMetric] = [
        .instructions: .pmuInstructions, .branches: .branches, .branchMisses: .branchMisses, .l1dMisses: .l1dMisses,
        .llcMisses: .llcMisses, .dtlbMisses: .dtlbMisses, .itlbMisses: .itlbMisses, .migrations: .migrations,
    ]

    init(after warmUp: WarmUpStage) { self.warmUp = warmUp }

    func next() -> ts_assignment? {
        guard rounds == 0 else { return nil }
        rounds = max(1, min(1 << 20, Int(10_000_000 / warmUp.operationTicks)))
        let counters = CounterGroup()
        var assignment = ts_assignment()
        assignment.kind = Int32(TS_ASSIGNMENT_PLAIN)
        assignment.rounds = UInt64(rounds)
        counters.start()
        group = consume counters
        return assignment
    }

    func finish(ticks: UInt64) {
        guard var counters = group.take() else { return }
        counters.stop()
        let values = counters.readings()
        for (event, reading) in zip(counters.events, values) {
            guard let metric = Self.metrics[event] else { continue }
            switch reading {
            case .counted(let count):
                readings[metric] = .value(Double(count.value) / Double(rounds))
                if let note = count.note { notes.append("\(metric.title): \(note)") }
            case .unavailable(let reason): readings[metric] = .unavailable(reason)
            }
        }
    }
}
