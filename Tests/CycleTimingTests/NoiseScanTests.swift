import CCycles
import CycleTiming
import Glibc
import Synchronization
import Testing

@Suite("Noise scan", .serialized)
struct NoiseScanTests {
    private func scan(seconds: Double, probes: InterruptionProbes = TimingCapability.probes) throws -> NoiseScan {
        try NoiseScan.run(
            seconds: seconds, calibration: ClockCalibration.measure(seconds: 0.01), probes: probes)
    }

    @Test(
        "A competitor on the processor takes about half of it, and is named as preemption",
        .enabled(if: TimingCapability.bothProbes))
    func competitor() throws {
        let allowed = try ProcessorAffinity.current()
        defer { try? allowed.apply() }
        try ProcessorAffinity(processors: [allowed.processors[0]]).apply()
        let competitor = Competitor(processor: allowed.processors[0])
        defer { competitor.stop() }
        usleep(1000)
        let scan = try scan(seconds: 0.4)
        #expect(scan.lostShare(to: .preempted) > 0.25)
        #expect(scan.lostShare(to: .preempted) > 0.9 * scan.lostShare)
        #expect(scan.longestNanoseconds(of: .preempted) > 500_000)
        #expect(scan.gapsPerSecond(of: .preempted, atLeastNanoseconds: 500_000) > 5)
    }

    @Test("Preemptions are as many as the kernel counts", .enabled(if: TimingCapability.bothProbes))
    func counts() throws {
        let allowed = try ProcessorAffinity.current()
        defer { try? allowed.apply() }
        try ProcessorAffinity(processors: [allowed.processors[0]]).apply()
        let competitor = Competitor(processor: allowed.processors[0])
        defer { competitor.stop() }
        let calibration = try ClockCalibration.measure(seconds: 0.01)
        var before = ts_thread_usage()
        var after = ts_thread_usage()
        ts_thread_usage_read(&before)
        let scan = try NoiseScan.run(seconds: 0.5, calibration: calibration, probes: TimingCapability.probes)
        ts_thread_usage_read(&after)
        let switches = Double(after.involuntary_switches - before.involuntary_switches)
        let seen = Double(scan.gaps[.preempted]?.count ?? 0)
        #expect(seen >= 1 && seen <= switches && seen >= switches * 0.9 - 2, "\(seen) of \(switches)")
    }

    @Test(
        "Signals that a neighbor on another processor sends are named",
        .enabled(if: TimingCapability.bothProbes && TimingCapability.migrationProbe))
    func signals() throws {
        let allowed = try ProcessorAffinity.current()
        defer { try? allowed.apply() }
        try ProcessorAffinity(processors: [allowed.processors[0]]).apply()
        let previous = signal(SIGUSR1) { _ in }
        defer { signal(SIGUSR1, previous) }
        var user = sigset_t()
        var mask = sigset_t()
        sigemptyset(&user)
        sigaddset(&user, SIGUSR1)
        pthread_sigmask(SIG_UNBLOCK, &user, &mask)
        defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
        let sender = SignalSender(target: pthread_self(), processor: allowed.processors[1])
        let scan = try scan(seconds: 0.5)
        let sent = sender.finish()
        let seen = Int(scan.gaps[.signal]?.count ?? 0)
        // Those that found the thread waiting for its turn count as preemption; the kernel's own deferred work counts.
        let running = 1 - scan.lostShare(to: .preempted)
        let expected = Int(0.7 * running * Double(sent)) - 5
        #expect(sent > 10 && seen >= expected && seen <= sent + 20, "\(seen) of \(sent), running \(running)")
    }

    @Test("Without sound probes causes come from the kernel's counts")
    func fallback() throws {
        let scan = try scan(seconds: 0.1, probes: .none)
        #expect(scan.gaps[.signal] == nil && scan.gaps[.interrupt] == nil)
        #expect(scan.elapsedSeconds >= 0.1 && scan.elapsedSeconds < 10)
    }

    @Test("Senseless arguments are refused")
    func arguments() {
        let calibration = ClockCalibration(ticksPerSecond: 1e9, relativeUncertainty: 0)
        for (seconds, threshold) in [(0, 300), (-1, 300), (.nan, 300), (1e9, 300), (1, 0), (1, .nan), (1, 1e12)] {
            #expect(throws: TimingError.self) {
                try NoiseScan.run(
                    seconds: seconds, thresholdNanoseconds: threshold, calibration: calibration, probes: .none)
            }
        }
    }

    @Test("Shares and rates are of the time that passed")
    func shares() {
        var interrupts = GapHistogram()
        for ticks: UInt64 in [1000, 2000, 4000] { interrupts.add(ticks: ticks) }
        var outside = GapHistogram()
        outside.add(ticks: 3000)
        let scan = NoiseScan(
            gaps: [.interrupt: interrupts, nil: outside], elapsedTicks: 2_000_000, thresholdTicks: 500,
            shortInterruptions: 0, calibration: ClockCalibration(ticksPerSecond: 1e6, relativeUncertainty: 0))
        #expect(scan.elapsedSeconds == 2)
        #expect(scan.lostShare == 0.005 && scan.lostShare(to: .interrupt) == 0.0035)
        #expect(scan.lostShare(to: nil) == 0.0015 && scan.lostShare(to: .migrated) == 0)
        #expect(scan.gapsPerSecond(of: .interrupt, atLeastNanoseconds: 2e6) == 1)
        #expect(scan.gapsPerSecond(of: nil, atLeastNanoseconds: 1e6) == 0.5)
        #expect(scan.gapsPerSecond(of: nil, atLeastNanoseconds: 4e6) == 0)
        #expect(scan.longestNanoseconds(of: .interrupt) == 4e6)
    }
}

/// Sends SIGUSR1 to a thread every five milliseconds.
private final class SignalSender: Sendable {
    private let stopped = Atomic(false)
    private let sent = Atomic(0)
    private let ended = Semaphore()
    private let target: UInt
    private let processor: Int

    init(target: pthread_t, processor: Int) {
        self.target = UInt(target)
        self.processor = processor
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<SignalSender>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }

    private func run() {
        try? ProcessorAffinity(processors: [processor]).apply()
        while !stopped.load(ordering: .relaxed) {
            usleep(5000)
            pthread_kill(pthread_t(target), SIGUSR1)
            sent.add(1, ordering: .relaxed)
        }
        ended.signal()
    }

    func finish() -> Int {
        stopped.store(true, ordering: .relaxed)
        ended.wait()
        return sent.load(ordering: .relaxed)
    }
}

@Suite("Histogram of gaps")
struct GapHistogramTests {
    @Test("Every length is counted from itself on, and from an eighth more not")
    func bounds() {
        for ticks: UInt64 in [0, 1, 7, 8, 9, 15, 16, 17, 1000, 26_000, 123_456_789, 1 << 40] {
            var histogram = GapHistogram()
            histogram.add(ticks: ticks)
            #expect(histogram.count(atLeastTicks: ticks) == 1)
            #expect(histogram.count(atLeastTicks: ticks + ticks / 8 + 1) == 0)
            #expect(histogram.bins.count == 1 && histogram.bins[0].count == 1)
            #expect(histogram.bins[0].shortestTicks <= ticks && ticks - histogram.bins[0].shortestTicks <= ticks / 8)
        }
    }

    @Test("Longer gaps than anyone has are counted too")
    func longest() {
        var histogram = GapHistogram()
        histogram.add(ticks: .max / 2)
        histogram.add(ticks: 100)
        #expect(histogram.count(atLeastTicks: 1 << 50) == 1 && histogram.count(atLeastTicks: 1) == 2)
        #expect(histogram.longestTicks == .max / 2 && histogram.count == 2)
    }

    @Test("Gaps of at least a length are those of its bin and longer ones")
    func cumulative() {
        var histogram = GapHistogram()
        for ticks in stride(from: UInt64(100), through: 100_000, by: 100) { histogram.add(ticks: ticks) }
        for ticks: UInt64 in [100, 1000, 10_000, 99_000] {
            let exact = (100_000 - ticks) / 100 + 1
            let counted = histogram.count(atLeastTicks: ticks)
            #expect(counted >= exact && counted <= exact + ticks / 8 / 100 + 1)
        }
    }
}
