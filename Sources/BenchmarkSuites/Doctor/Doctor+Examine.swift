internal import CycleTiming
internal import Glibc
internal import PerfEvents

extension Doctor {
    /// Seconds that an examination may be asked to take.
    package static let allowedSeconds = 0.5...60.0

    /// Examines this machine on one processor, the last that the process may run on: the first serves most interrupts.
    /// The thread's affinity is as before afterwards.
    /// - Parameters:
    ///   - seconds: within ``allowedSeconds``; shared among noise, known answers and power. Each stops on time, however
    ///     busy the machine is.
    ///   - progress: called with what is examined next.
    /// - Throws: ``TimingError`` when the clocks cannot be read at all.
    package static func examine(seconds: Double = 2.5, progress: (String) -> Void = { _ in }) throws -> Doctor {
        let start = try ClockCalibration.moment().nanoseconds
        let seconds = min(max(seconds, allowedSeconds.lowerBound), allowedSeconds.upperBound)
        let allowed = try? ProcessorAffinity.current()
        let (pinned, pinningProblem) = pin(allowed)
        defer { if pinned != nil { try? allowed?.apply() } }
        let processor = pinned ?? ProcessorAffinity.currentProcessor ?? 0
        let before = MachineHygiene.read(processor: processor)

        progress("permissions")
        let facts = ClockFacts.detect()
        let permissions = PermissionChecks.current(
            isVirtual: facts.processor.hypervisor != nil, pinningProblem: pinningProblem)
        progress("clock")
        let calibration = try ClockCalibration.measure(seconds: 0.05)
        let probes = InterruptionProbes.selfTest()
        progress("known answers")
        let (known, resolution) = knownAnswers(seconds: 0.3 * seconds, facts, calibration)
        progress("noise")
        let noise = try NoiseScan.run(seconds: 0.38 * seconds, calibration: calibration, probes: probes)
        progress("power")
        let power = try PowerChecks.measure(seconds: 0.25 * seconds, stepTicks: facts.stepTicks)
        let clock = ClockChecks(facts: facts, start: calibration, end: try ClockCalibration.measure(seconds: 0.05))
        let processorCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let hygiene = HygieneChecks(before: before, after: MachineHygiene.read(processor: processor))

        return Doctor(
            machine: machineLine(facts, processorCount), processor: pinned,
            seconds: Double(try ClockCalibration.moment().nanoseconds &- start) / 1e9,
            findings: permissions.findings + clock.findings + known + resolution
                + NoiseChecks(noise, probes).findings + power.findings + hygiene.findings,
            resolvableDifference: power.resolvablePerSecond)
    }

    private static func pin(_ allowed: ProcessorAffinity?) -> (processor: Int?, problem: String?) {
        guard let last = allowed?.processors.last else { return (nil, "the affinity cannot be read") }
        do {
            try ProcessorAffinity(processors: [last]).apply()
            return (last, nil)
        } catch {
            return (nil, "refused: measurements migrate between processors")
        }
    }

    /// Findings about known answers and about resolution. A machine on which none can be measured is unfit.
    private static func knownAnswers(
        seconds: Double, _ facts: ClockFacts, _ calibration: ClockCalibration
    ) -> (known: [Finding], resolution: [Finding]) {
        do {
            let (checks, known) = try KnownAnswerChecks.measure(seconds: seconds)
            let resolution = known[.imul].map { ResolutionChecks(facts, calibration, $0).findings }
            return (checks.findings, resolution ?? [])
        } catch {
            return (
                [Finding("known-answers", .knownAnswers, "all", "\(error)", .bad, remedy: "repeat on an idle machine")],
                []
            )
        }
    }

    private static func machineLine(_ facts: ClockFacts, _ processorCount: Int) -> String {
        let brand = facts.processor.brand.isEmpty ? facts.architecture : facts.processor.brand
        let release = SmallFile.read("/proc/sys/kernel/osrelease")?.filter { !$0.isNewline } ?? "unknown"
        return "\(brand), \(processorCount) processor\(processorCount == 1 ? "" : "s"), Linux \(release)"
    }
}
