package import Benchmarking

/// One benchmark while it is compared.
package struct ComparedBenchmark {
    package typealias Start = (ComparisonArm, DeclaredBenchmark, _ timeoutSeconds: Double) throws -> any LockstepWorker

    private var benchmark: DeclaredBenchmark
    private var measurement: BlockMeasurement
    private var plan: BlockPlan?
    private var judgement: BlockedComparison?
    private var failure: ComparisonFailure?
    private var elapsed = 0.0
    private var warnings: [BenchmarkWarning] = []
    package private(set) var isDone = false

    package init(_ benchmark: DeclaredBenchmark, ticksPerSecond: Double, tickStep: Double) {
        self.benchmark = benchmark
        // Workers inherit where they run.
        self.benchmark.options.cpu = nil
        measurement = BlockMeasurement(ticksPerSecond: ticksPerSecond, tickStep: tickStep)
        if benchmark.options.preparation != .none {
            warnings.append(
                BenchmarkWarning(
                    "not-prepared",
                    "compared as repeated at once: what the benchmark does before each operation is left out"))
        }
    }

    package var blocks: Int { measurement.blocks.count }

    /// Measures one more block, and judges when it is time to.
    /// - Throws: what makes going on with any benchmark pointless; failures of this one are kept.
    package mutating func advance(confidence: Double, settings: BinaryComparison.Settings, _ start: Start) throws {
        let begin = WorkerProcess.now()
        let timeout = settings.timeoutSeconds ?? benchmark.options.timeoutSeconds ?? 60
        do {
            try measurement.measureBlock { try start($0, benchmark, timeout) }
        } catch let failed as ComparisonFailure {
            failure = failed
            isDone = true
            return
        }
        elapsed += WorkerProcess.now() - begin
        if plan == nil, let rounds = measurement.roundsPerBlock {
            plan = BlockPlan(
                tolerance: settings.tolerance, confidence: confidence, roundsPerBlock: rounds,
                maximumBlocks: settings.maximumBlocks)
        }
        guard let plan else {
            failure = ComparisonFailure(
                .a, BenchmarkFailure("protocol", "no number of rounds resolves so many benchmarks"))
            isDone = true
            return
        }
        let next = judgement?.nextLook ?? plan.firstLook
        if blocks >= next {
            let judged = BlockedComparison(
                measurement.blocks, plan: plan.sequential, resolution: measurement.resolution)
            judgement = judged
            isDone = judged.nextLook == nil
        }
        if judgement != nil, elapsed > settings.secondsPerBenchmark { isDone = true }
    }

    package var result: ComparisonResult {
        var result = ComparisonResult(id: benchmark.id, mode: benchmark.options.mode, metric: .time)
        result.warnings = warnings
        result.failure = failure
        result.seconds = measurement.seconds
        result.operationsPerEpoch = measurement.epoch?.operations ?? 1
        guard failure == nil, let plan, blocks > 0 else { return result }
        let comparison =
            judgement
            ?? BlockedComparison(measurement.blocks, plan: plan.sequential, resolution: measurement.resolution)
        result.set(comparison, measurement.blocks.joined())
        return result
    }
}
