internal import CCycles
internal import CycleTiming
internal import Glibc

/// Measures one benchmark in this process.
struct Worker {
    let benchmark: Benchmark.Case
    let request: WorkerRequest

    func run() -> WorkerAnswer {
        do {
            if let cpu = benchmark.options.cpu { try ProcessorAffinity(processors: [cpu]).apply() }
            switch request.action {
            case .step: return try step()
            case .lockstep: return try lockstep()
            default: return .measured(try measure())
            }
        } catch let failure as WorkerFailure {
            return .failed(failure.failure)
        } catch {
            return .failed(BenchmarkFailure("not-supported", "\(error)"))
        }
    }

    // MARK: Measuring

    private func measure() throws -> WorkerReport {
        let options = benchmark.options
        let isAsynchronous = if case .asynchronous = benchmark.code { true } else { false }
        let facts = ClockFacts.detect()
        let before = try ClockCalibration.measure(seconds: 0.02)
        // What is asynchronous runs on other threads than this one.
        let clock = EpochClock(counter: isAsynchronous ? nil : ProcessorCycleCounter())
        let plan = plan(ticksPerSecond: before.ticksPerSecond)
        let warmUp = WarmUpStage(
            warmUpIterations: options.warmUpIterations, targetTicks: plan.epochTicks, deadline: plan.deadline)
        var stages: [any MeasurementStage] = [warmUp]
        var throughput: ThroughputStage?
        var latency: LatencyStage?
        var probes = InterruptionProbes.none
        var isDataOnly = false
        if options.mode == .latency {
            probes = InterruptionProbes.selfTest()
            let preparation = try preparer(ticksPerSecond: before.ticksPerSecond)
            isDataOnly = (preparation as? ColdPreparer)?.displacesCode == false
            latency = LatencyStage(
                after: warmUp, clock: clock, plan: plan, probes: probes,
                preparation: preparation,
                capacity: min(options.iterations ?? Self.latencyCapacity, Self.latencyCapacity),
                attributes: !isAsynchronous)
            stages.append(latency!)
        } else {
            throughput = ThroughputStage(after: warmUp, clock: clock, plan: plan)
            stages.append(throughput!)
        }
        let usage = UsageStage(.begin)
        let usageEnd = UsageStage(.end(usage))
        stages.insert(usage, at: 1)
        stages.append(usageEnd)
        let counting = CountingStage(after: warmUp, scope: isAsynchronous ? .process : .thread)
        let counters = CounterStage(after: warmUp)
        var sampling: SamplingStage?
        var samplesUnavailable: String?
        if let seconds = request.samplingSeconds, request.samplesPath != nil {
            samplesUnavailable = Self.obstacle(toSampling: options, isAsynchronous: isAsynchronous)
            if samplesUnavailable == nil {
                sampling = SamplingStage(
                    after: warmUp, clock: clock, seconds: seconds, ticksPerSecond: before.ticksPerSecond,
                    deadline: plan.deadline)
                stages.append(sampling!)
            }
        }
        stages += [counters, counting] as [any MeasurementStage]

        func scan() -> OutsideGaps {
            OutsideGaps.scan(seconds: 0.02, calibration: before, probes: probes)
                ?? OutsideGaps(scannedTicks: 0, counts: [])
        }
        let gapsBefore = latency == nil ? nil : scan()
        let measurement = Measurement(stages: stages)
        try execute(measurement)
        let after = try ClockCalibration.measure(seconds: 0.02)

        var report = WorkerReport(
            ticksPerSecondAtStart: before.ticksPerSecond, ticksPerSecondAtEnd: after.ticksPerSecond,
            rateUncertainty: before.relativeUncertainty, tickStep: facts.stepTicks, stampTicks: facts.stampPairTicks,
            firstOperationTicks: warmUp.firstOperationTicks ?? 0, operations: 0)
        if let throughput {
            report.operations = throughput.operations
            report.epochs = throughput.epochs
            report.operationsPerEpoch = throughput.operationsPerEpoch
        }
        if let latency {
            report.operations = UInt64(latency.count)
            report.latency = LatencyRecord(
                latency, inputOrder: measurement.inputOrder, ticksPerSecond: before.ticksPerSecond,
                gaps: (gapsBefore ?? OutsideGaps(scannedTicks: 0, counts: [])) + scan(), probes: probes,
                earlierOperations: warmUp.operations)
        }
        if let queue = latency?.queue {
            measurement.record("longest queue", Double(queue.longest), unit: "operations")
            measurement.record(
                "longest backlog", Double(queue.longestBacklogTicks) / before.ticksPerSecond * 1e9, unit: "ns")
        }
        if !measurement.record.isEmpty { report.record = measurement.record }
        if let sampling, let path = request.samplesPath {
            samplesUnavailable = sampling.problem
            if samplesUnavailable == nil { try SampledAddressFile.write(sampling.counts, to: path) }
        }
        report.samplesUnavailable = samplesUnavailable
        for (metric, reading) in counting.readings { report.readings[metric.id] = reading }
        for (metric, reading) in counters.readings { report.readings[metric.id] = reading }
        let usageReadings = usageEnd.readings(
            operations: report.operations, ticksPerSecond: before.ticksPerSecond)
        for (metric, reading) in usageReadings { report.readings[metric.id] = reading }
        report.warnings += counters.notes.map { BenchmarkWarning("counters", $0) }
        report.warnings += counting.notes.map { BenchmarkWarning("counting", $0) }
        report.warnings += facts.warnings.map { BenchmarkWarning("clock", $0) }
        if isDataOnly {
            report.warnings.append(
                BenchmarkWarning("cold-data-only", "this machine lets no program make code: only data was cold"))
        }
        let drift = abs(before.driftPartsPerMillion(to: after))
        // Half a hundredth of a per cent; below, two readings of twenty milliseconds differ by chance.
        if drift > max(50, 3e6 * (before.relativeUncertainty + after.relativeUncertainty)) {
            report.warnings.append(
                BenchmarkWarning(
                    "clock-drift",
                    "the clock's rate changed by \(Int(drift)) ppm during the run: nanoseconds are not to be trusted"))
        }
        return report
    }

    /// Why samples of a benchmark would not be of what is measured; nil when they are.
    private static func obstacle(toSampling options: BenchmarkOptions, isAsynchronous: Bool) -> String? {
        if isAsynchronous { return "an asynchronous operation runs on other threads than the one that is sampled" }
        return options.preparation == .none
            ? nil : "each operation is prepared, and samples would be of unprepared ones"
    }

    /// 8 bytes each: 16 MiB.
    private static let latencyCapacity = 1 << 21

    private func plan(ticksPerSecond: Double) -> StagePlan {
        let seconds = request.seconds ?? 0.1
        let timeout =
            benchmark.options.timeoutSeconds ?? max(60, 20 * (seconds + (request.samplingSeconds ?? 0)))
        return StagePlan(
            budgetTicks: UInt64(seconds * ticksPerSecond),
            deadline: ts_now_ticks() + UInt64(0.8 * timeout * ticksPerSecond),
            epochTicks: UInt64(30e-6 * ticksPerSecond), minimumEpochs: 5, iterations: benchmark.options.iterations,
            shortestPatienceTicks: UInt64(0.25 * ticksPerSecond))
    }

    private func preparer(ticksPerSecond: Double) throws -> (any Preparer)? {
        switch benchmark.options.preparation {
        case .none: nil
        case .cold: try ColdPreparer()
        case .idle(let microseconds): IdlePreparer(microseconds: microseconds, ticksPerSecond: ticksPerSecond)
        case .openLoop(let rate, let arrival):
            OpenLoopPreparer(perSecond: rate, arrival: arrival, ticksPerSecond: ticksPerSecond)
        }
    }

    // MARK: Running the benchmark's code

    func execute(_ measurement: Measurement) throws {
        do {
            switch benchmark.code {
            case .synchronous(let body): try body(measurement)
            case .asynchronous(let body): try Self.wait(for: body, measurement)
            }
        } catch Measurement.Stop.measuredTwice {
            // Said below, as for code that cannot throw.
        } catch {
            throw WorkerFailure("threw", "threw \(String(reflecting: type(of: error))): \(error)")
        }
        if measurement.hasMeasuredTwice {
            throw WorkerFailure("protocol", "calls measure twice; make two benchmarks of it")
        }
        if !measurement.hasMeasured {
            throw WorkerFailure("protocol", "never calls measure: there is nothing to time")
        }
        if !measurement.isDone {
            throw WorkerFailure("protocol", "left its operation before the measurement was over")
        }
    }

    /// Runs an asynchronous body while the main thread waits.
    private static func wait(for body: @escaping Benchmark.AsyncBody, _ measurement: Measurement) throws {
        // The task is the only one to use them until it has ended.
        struct Handover: @unchecked Sendable {
            let body: Benchmark.AsyncBody
            let measurement: Measurement
            let done: UnsafeMutablePointer<sem_t>
            let outcome: UnsafeMutablePointer<Result<Void, any Error>>
        }
        let handover = Handover(
            body: body, measurement: measurement, done: .allocate(capacity: 1), outcome: .allocate(capacity: 1))
        sem_init(handover.done, 0, 0)
        handover.outcome.initialize(to: .success(()))
        Task.detached {
            do {
                try await handover.body(handover.measurement)
            } catch {
                handover.outcome.pointee = .failure(error)
            }
            sem_post(handover.done)
        }
        while sem_wait(handover.done) != 0 && errno == EINTR {}
        let outcome = handover.outcome.move()
        sem_destroy(handover.done)
        handover.done.deallocate()
        handover.outcome.deallocate()
        try outcome.get()
    }
}

/// A benchmark that cannot be measured.
struct WorkerFailure: Error {
    let failure: BenchmarkFailure

    init(_ code: String, _ text: String) { failure = BenchmarkFailure(code, text) }
}
extension Worker {
    /// Counts the instructions of one operation, and writes their path where it was asked for.
    private func step() throws -> WorkerAnswer {
        if case .asynchronous = benchmark.code {
            return .stepped(
                SteppedOperation(
                    instructions: 0,
                    unavailable: "an asynchronous operation may go on on another thread, which is not stepped"))
        }
        let calibration = try ClockCalibration.measure(seconds: 0.005)
        let plan = plan(ticksPerSecond: calibration.ticksPerSecond)
        // A millisecond of operations first.
        let warmUp = WarmUpStage(
            warmUpIterations: benchmark.options.warmUpIterations,
            targetTicks: UInt64(1e-3 * calibration.ticksPerSecond), deadline: plan.deadline)
        let stepping = SteppingStage(keepsPath: request.tracePath != nil)
        try execute(Measurement(stages: [warmUp, stepping]))
        switch stepping.outcome {
        case .unavailable(let reason): return .stepped(SteppedOperation(instructions: 0, unavailable: reason))
        case .counted(let count):
            if let path = request.tracePath {
                try InstructionPathFile.write(
                    addresses: stepping.path.addresses, stackPointers: stepping.path.stackPointers, to: path)
            }
            return .stepped(SteppedOperation(instructions: count, isRepeatable: stepping.isRepeatable))
        }
    }

    /// Measures epochs on command; see ``LockstepStage``.
    private func lockstep() throws -> WorkerAnswer {
        guard let commands = request.commandDescriptor, let answers = request.answerDescriptor else {
            throw WorkerFailure("protocol", "a comparison needs descriptors for its commands and answers")
        }
        let calibration = try ClockCalibration.measure(seconds: 0.005)
        let plan = plan(ticksPerSecond: calibration.ticksPerSecond)
        let warmUp = WarmUpStage(
            warmUpIterations: benchmark.options.warmUpIterations, targetTicks: plan.epochTicks, deadline: plan.deadline)
        let stage = LockstepStage(after: warmUp, commands: commands, answers: answers)
        try execute(Measurement(stages: [warmUp, stage]))
        return .finished
    }
}
