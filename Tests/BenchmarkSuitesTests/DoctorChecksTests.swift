import BenchmarkSuites
import CycleTiming
import Statistics
import Testing

/// A finding as one line.
private func lines(_ findings: [Doctor.Finding]) -> [String] {
    findings.map { "\($0.id) \($0.status.rawValue): \($0.value)" }
}

private func status(_ id: String, _ findings: [Doctor.Finding]) -> Doctor.Status? {
    findings.first { $0.id == id }?.status
}

@Suite struct DoctorChecksTests {
    // MARK: Permissions

    private static let unprivileged = PermissionChecks(
        paranoid: 2, capabilities: 0, opensSoftwareEvents: true, opensHardwareCounters: true, isVirtual: false,
        showsKernelAddresses: false, tracing: .notMounted, pinningProblem: nil)

    @Test func anUnprivilegedUserLearnsWhatIsLostAndTheCommandThatChangesIt() {
        let findings = Self.unprivileged.findings
        #expect(
            lines(findings) == [
                "perf-events note: perf_event_paranoid 2: no kernel stacks, no whole processors",
                "hardware-counters good: cycles can be counted",
                "kernel-symbols note: hidden: kernel frames have no names",
                "tracepoints note: tracefs is not mounted: none can be recorded",
                "pinning good: allowed",
            ])
        #expect(
            findings.map(\.remedy) == [
                "sudo sysctl kernel.perf_event_paranoid=0", nil,
                "sudo sysctl kernel.kptr_restrict=0 kernel.perf_event_paranoid=0",
                "sudo mount -t tracefs nodev /sys/kernel/tracing", nil,
            ])
    }

    @Test func aRefusalIsTheSandboxsWhereTheCapabilityIsThere() {
        var checks = Self.unprivileged
        checks.opensSoftwareEvents = false
        checks.paranoid = 3
        #expect(checks.findings[0].remedy == "sudo sysctl kernel.perf_event_paranoid=0")
        checks.capabilities = 1 << 38
        #expect(checks.findings[0].remedy == "allow perf_event_open in the container's seccomp profile")
        #expect(checks.findings[0].status == .warning)
        checks.paranoid = 1
        #expect(checks.findings[2].remedy == "sudo sysctl kernel.kptr_restrict=0")
    }

    @Test func capabilitiesAndKernelAddressesAreReadFromTheKernelsText() {
        #expect(PermissionChecks.capabilities(inStatus: "Name:\tx\nCapEff:\t0000004000000000\n") == 1 << 38)
        #expect(PermissionChecks.capabilities(inStatus: "CapEff:\tnonsense") == 0)
        #expect(!PermissionChecks.hasAddresses("0000000000000000 A fixed_percpu_data\n0000000000000000 T _text\n"))
        #expect(PermissionChecks.hasAddresses("0000000000000000 A a\nffffffff81000000 T _text\n"))
    }

    // MARK: Clock

    private func clock(_ change: (inout ClockFacts) -> Void, apart: Double = 0) -> [Doctor.Finding] {
        var facts = ClockFacts.detect()
        facts.processor.counterIsInvariant = true
        facts.isTrapped = false
        change(&facts)
        return ClockChecks(
            facts: facts, start: ClockCalibration(ticksPerSecond: 2e9, relativeUncertainty: 1e-6),
            end: ClockCalibration(ticksPerSecond: 2e9 * (1 + apart / 1e6), relativeUncertainty: 1e-6)
        ).findings
    }

    @Test func aTrappedOrVariableCounterIsBad() {
        #expect(status("stamp-cost", clock { $0.isTrapped = true }) == .bad)
        #expect(status("counter-invariance", clock { $0.processor.counterIsInvariant = false }) == .bad)
        let sound = clock { _ in }
        #expect(status("stamp-cost", sound) == .good)
        #expect(status("counter-invariance", sound) == .good)
    }

    @Test func calibrationsMayDifferByFiftyPartsInAMillionAndTheirUncertainty() {
        #expect(status("calibration", clock({ _ in }, apart: 51)) == .good)
        #expect(status("calibration", clock({ _ in }, apart: -51)) == .good)
        #expect(status("calibration", clock({ _ in }, apart: 53)) == .warning)
        #expect(status("calibration", clock({ _ in }, apart: -600)) == .bad)
    }

    // MARK: Known answers

    private func known(imul: Double, linearity: Double? = 1) -> [Doctor.Finding] {
        KnownAnswerChecks(
            answers: [
                .init(.add, cycles: 1, published: 1), .init(.imul, cycles: imul, published: 3),
                .init(.independentAdd, cycles: 0.5, published: 0.25), .init(.chase, cycles: 4.7, published: nil),
                .init(.ror, cycles: 1.03, published: 1),
            ], quietShare: 0.4, linearity: linearity
        ).findings
    }

    @Test func instructionsThatMeasureFivePercentOffAreBadExceptWhereANeighborExplainsIt() {
        #expect(
            lines(known(imul: 3.2)) == [
                "known-add good: 1.00 cycles, published 1.00", "known-imul bad: 3.20 cycles, published 3.00",
                "known-l1-chase note: 4.70 cycles; nothing is published for this processor",
                "known-others warning: at most 3.00 % off (ror)",
                "linearity good: twice the imuls take 2.000 times as long", "core-sharing warning: 40 % of the time",
            ])
        #expect(status("known-imul", known(imul: 2.8)) == .bad)
        #expect(status("known-imul", known(imul: 3.1)) == .warning)
        #expect(status("known-imul", known(imul: 3.05)) == .good)
        #expect(status("linearity", known(imul: 3, linearity: nil)) == .warning)
        #expect(status("linearity", known(imul: 3, linearity: 0.9)) == .bad)
    }

    // MARK: Resolution, noise, power

    @Test func resolutionFollowsFromTheStepAndFromTheSpreadOfBatches() {
        let findings = ResolutionChecks(stepNanoseconds: 10, batchedCycles: 3, batchedSpread: 0.045).findings
        #expect(
            lines(findings) == [
                "single-operation note: quantized in steps of 10.0 ns: below 100 ns by more than 10 %",
                "batched-operations bad: ± 0.045 cycles of 3.00 (1.50 %)",
            ])
    }

    @Test func noiseIsNamedByCauseAndJudgedByItsSum() {
        let checks = NoiseChecks(
            elapsedSeconds: 1, total: 0.0502,
            losses: [
                .interrupt: .init(lostShare: 0.0002, perSecond: 241, longestNanoseconds: 38_200),
                nil: .init(lostShare: 0.05, perSecond: 12.4, longestNanoseconds: 12_340_000),
                .pageFault: .init(lostShare: 0, perSecond: 1, longestNanoseconds: 400),
            ], reschedulingProblem: "it saw a sleep 3 of 20 times")
        #expect(
            lines(checks.findings) == [
                "noise-lost bad: 5.02 % of 1.0 s, in gaps over 300 ns",
                "noise-interrupts good: 0.02 %, 241/s, longest 38.2 µs", "noise-preemption good: none",
                "noise-outside warning: 5.00 %, 12/s, longest 12.3 ms",
                "noise-page-fault good: 0.00 %, 1/s, longest 400 ns",
                "probe-preemption warning: not trusted: it saw a sleep 3 of 20 times",
            ])
    }

    @Test func theResolvableDifferenceShrinksWithTheRootOfTheTimeDownToTheClocksStep() {
        var checks = PowerChecks(
            control: ConfidenceInterval(lower: 0.99, upper: 1.01, confidence: 0.95), plantedRatio: 1.0101,
            seconds: 0.25, stepShare: 0.0001)
        // Half-width 1 % after a quarter of a second: half of it after a second.
        #expect(abs((checks.resolvablePerSecond ?? 0) - 0.005) < 1e-12)
        #expect(
            lines(checks.findings) == [
                "control good: -1.00 % to +1.00 %", "planted-difference good: found as +1.01 %",
                "resolvable-difference warning: 0.50 % and more of code in registers (95 % sure)",
            ])
        checks.control = ConfidenceInterval(lower: 1, upper: 1, confidence: 0.95)
        #expect(checks.resolvablePerSecond == 0.0001)
        checks.control = ConfidenceInterval(lower: 1.02, upper: 1.06, confidence: 0.95)
        #expect(checks.findings.map(\.status) == [.bad, .good, .bad])
        checks.control = nil
        #expect(checks.findings.map(\.status) == [.warning])
    }
}
