internal import CCycles

/// What operations allocate, retain and release. Runs after everything that is timed: while it counts, they are slower.
final class CountingStage: MeasurementStage {
    private let warmUp: WarmUpStage
    private let scope: AllocationReport.Scope
    private var counter: AllocationCounter?
    private var rounds = 0
    private var first: AllocationReport?
    private var isWarm = false
    private(set) var readings: [BenchmarkMetric: MetricReading] = [:]
    private(set) var notes: [String] = []
    private(set) var sites: [AllocationSite] = []

    init(after warmUp: WarmUpStage, scope: AllocationReport.Scope) {
        self.warmUp = warmUp
        self.scope = scope
    }

    func next() -> ts_assignment? {
        guard readings.isEmpty else { return nil }
        // Some milliseconds; at least one operation, at most as many as make a rare allocation visible. Then twice as
        // many: the difference has nothing of the harness in it.
        // A first pass is not looked at: the runtime allocates when it is first counted.
        if rounds == 0 {
            rounds = max(1, min(10_000, Int(10_000_000 / warmUp.operationTicks)))
        } else if first != nil {
            rounds *= 2
        }
        var assignment = ts_assignment()
        assignment.kind = Int32(TS_ASSIGNMENT_PLAIN)
        assignment.rounds = UInt64(rounds)
        counter = AllocationCounter([.allocations, .swift], sites: 4)
        return assignment
    }

    func finish(ticks: UInt64) {
        guard let report = counter.take()?.stop() else { return }
        guard isWarm else {
            isWarm = true
            return
        }
        guard let first else {
            self.first = report
            return
        }
        let all = report.readings(scope, operations: rounds)
        let half = first.readings(scope, operations: rounds)
        readings = Dictionary(
            uniqueKeysWithValues: all.map { metric, reading in
                guard let value = reading.value, let less = half[metric]?.value else { return (metric, reading) }
                // Of 2n operations and of n, both divided by 2n.
                return (metric, .value(max(0, 2 * (value - less))))
            })
        notes = report.notes
        sites = report.sites
    }
}
