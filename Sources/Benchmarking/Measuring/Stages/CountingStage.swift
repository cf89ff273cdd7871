internal import CCycles

/// What operations allocate, retain and release. Runs after everything that is timed: while it counts, they are slower.
final class CountingStage: MeasurementStage {
    private let warmUp: WarmUpStage
    private let scope: AllocationReport.Scope
    private var counter: AllocationCounter?
    private var rounds = 0
    private(set) var readings: [BenchmarkMetric: MetricReading] = [:]
    private(set) var notes: [String] = []
    private(set) var sites: [AllocationSite] = []

    init(after warmUp: WarmUpStage, scope: AllocationReport.Scope) {
        self.warmUp = warmUp
        self.scope = scope
    }

    func next() -> ts_assignment? {
        guard rounds == 0 else { return nil }
        // Some milliseconds; at least one operation, at most as many as make a rare allocation visible.
        rounds = max(1, min(10_000, Int(10_000_000 / warmUp.operationTicks)))
        var assignment = ts_assignment()
        assignment.kind = Int32(TS_ASSIGNMENT_PLAIN)
        assignment.rounds = UInt64(rounds)
        counter = AllocationCounter([.allocations, .swift], sites: 4)
        return assignment
    }

    func finish(ticks: UInt64) {
        guard let report = counter.take()?.stop() else { return }
        readings = report.readings(scope, operations: rounds)
        notes = report.notes
        sites = report.sites
    }
}
