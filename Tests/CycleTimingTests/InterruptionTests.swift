import CCycles
import CycleTiming
import Glibc
import Testing

/// Real causes, brought about one at a time between two stamps, and what the attributor makes of each.
@Suite("Interruptions", .serialized)
struct InterruptionTests {
    /// Runs `cause` between two stamps `count` times. Returns how often each cause was named.
    private func attributions(
        probes: InterruptionProbes = TimingCapability.probes, of cause: () -> Void, count: Int = 300
    ) -> [InterruptionCause?: Int] {
        var named: [InterruptionCause?: Int] = [:]
        var attributor = InterruptionAttributor(probes: probes)
        for _ in 0..<count {
            var before: UInt32 = 0
            var after: UInt32 = 0
            attributor.forgetPending()
            _ = ts_ticks_stop(&before)
            cause()
            _ = ts_ticks_stop(&after)
            let hits = ts_probe_hits()
            let changed = before != after
            if hits != 0 || changed || attributor.readsUsageAlways {
                let name = attributor.attribute(hits: InterruptionHits(rawValue: hits), processorChanged: changed)
                named[name, default: 0] += 1
            } else {
                named[nil, default: 0] += 1
            }
        }
        attributor.disarm()
        return named
    }

    private func share(of cause: InterruptionCause?, in named: [InterruptionCause?: Int]) -> Double {
        Double(named[cause] ?? 0) / Double(named.values.reduce(0, +))
    }

    private func spin(_ rounds: UInt64) { for word in 0..<rounds { ts_keep_word(word) } }

    @Test("The first touch of a page is a page fault", .enabled(if: TimingCapability.kernelEntryProbe))
    func pageFaults() {
        let pageBytes = 4096
        let count = 300
        let memory = mmap(nil, count * pageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        defer { munmap(memory, count * pageBytes) }
        madvise(memory, count * pageBytes, MADV_NOHUGEPAGE)
        var page = 0
        let named = attributions(
            of: {
                memory.storeBytes(of: 1, toByteOffset: page * pageBytes, as: UInt8.self)
                page += 1
            }, count: count)
        #expect(share(of: .pageFault, in: named) >= 0.99, "\(named)")
    }

    @Test("A delivered signal is a signal", .enabled(if: TimingCapability.reschedulingProbe))
    func signals() {
        let previous = signal(SIGUSR1) { _ in }
        defer { signal(SIGUSR1, previous) }
        // Threads of the test's pool block signals.
        var user = sigset_t()
        var mask = sigset_t()
        sigemptyset(&user)
        sigaddset(&user, SIGUSR1)
        pthread_sigmask(SIG_UNBLOCK, &user, &mask)
        defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
        let named = attributions(of: { raise(SIGUSR1) })
        #expect(share(of: .signal, in: named) >= 0.99, "\(named)")
    }

    @Test("A sleep is blocking", .enabled(if: TimingCapability.reschedulingProbe))
    func sleeps() {
        let named = attributions(of: { usleep(50) })
        #expect(share(of: .blocked, in: named) >= 0.99, "\(named)")
    }

    @Test("Going to another processor is a migration", .enabled(if: TimingCapability.migrationProbe))
    func migrations() throws {
        let allowed = try ProcessorAffinity.current()
        defer { try? allowed.apply() }
        let targets = allowed.processors.prefix(2).map { ProcessorAffinity(processors: [$0]) }
        try targets[1].apply()
        var next = 0
        let named = attributions {
            try? targets[next % 2].apply()
            next += 1
        }
        #expect(share(of: .migrated, in: named) >= 0.99, "\(named)")
    }

    @Test("Losing the processor to a competitor is preemption", .enabled(if: TimingCapability.bothProbes))
    func preemption() throws {
        let allowed = try ProcessorAffinity.current()
        defer { try? allowed.apply() }
        try ProcessorAffinity(processors: [allowed.processors[0]]).apply()
        let competitor = Competitor(processor: allowed.processors[0])
        defer { competitor.stop() }
        // Until the kernel counts one: it also clears the rescheduling probe for work of its own.
        func switches() -> UInt64 {
            var usage = ts_thread_usage()
            ts_thread_usage_read(&usage)
            return usage.involuntary_switches
        }
        let named = attributions(
            of: {
                let before = switches()
                while switches() == before { spin(1000) }
            }, count: 100)
        #expect(share(of: .preempted, in: named) >= 0.99, "\(named)")
    }

    @Test(
        "A timer's interrupt is an interrupt, unless the processor goes elsewhere at it",
        .enabled(if: TimingCapability.bothProbes))
    func interrupts() {
        let named = attributions(
            of: { while ts_probe_hits() & UInt32(TS_HIT_KERNEL_ENTRY) == 0 { spin(100) } }, count: 100)
        #expect(named[.interrupt, default: 0] > 0)
        #expect(named[nil] == nil && named[.pageFault, default: 0] <= 1 && named[.signal] == nil, "\(named)")
    }

    @Test(
        "Short undisturbed work is no interruption, and a system call is none",
        .enabled(if: TimingCapability.bothProbes))
    func quiet() {
        for work in [{ spin(100) }, { _ = getppid() }] {
            let named = attributions(of: work, count: 3000)
            #expect(share(of: nil, in: named) >= 0.97, "\(named)")
        }
    }

    @Test("Without trusted probes the kernel's counts name faults, sleeps and migrations")
    func fallback() {
        #expect(InterruptionAttributor(probes: .none).readsUsageAlways)
        let named = attributions(probes: .none, of: { _ = ts_inject_page_fault() })
        #expect(share(of: .pageFault, in: named) >= 0.99, "\(named)")
        let slept = attributions(probes: .none, of: { usleep(50) })
        #expect(share(of: .blocked, in: slept) >= 0.99, "\(slept)")
        let quiet = attributions(probes: .none, of: { spin(100) }, count: 3000)
        #expect(share(of: nil, in: quiet) >= 0.97, "\(quiet)")
    }

    @Test("Disarmed probes are as if never armed")
    func disarmed() {
        ts_probe_arm()
        ts_probe_disarm()
        let hits = InterruptionHits(rawValue: ts_probe_hits())
        #expect(hits.contains(.kernelEntry) == ts_probe_has_kernel_entry())
        #expect(hits.contains(.rescheduled) == ts_probe_has_rescheduled())
    }
}

/// The order in which causes are named.
@Suite("Causes from the kernel's counts")
struct UsageDifferenceTests {
    @Test(
        "The cause is the first of the stated order: having waited comes before having been preempted",
        arguments: [
            (
                UsageDifference(minorFaults: 1, majorFaults: 1, voluntarySwitches: 1, involuntarySwitches: 1), true,
                InterruptionCause.migrated
            ),
            (
                UsageDifference(minorFaults: 1, majorFaults: 1, voluntarySwitches: 1, involuntarySwitches: 1), false,
                .pageFault
            ),
            (UsageDifference(minorFaults: 1, voluntarySwitches: 1, involuntarySwitches: 1), false, .blocked),
            (UsageDifference(minorFaults: 1, involuntarySwitches: 1), false, .preempted),
            (UsageDifference(minorFaults: 1, voluntarySwitches: 1), false, .blocked),
            (UsageDifference(minorFaults: 1), false, .pageFault),
            (UsageDifference(), false, .signal),
        ])
    func order(counts: UsageDifference, changed: Bool, cause: InterruptionCause) {
        let hits: InterruptionHits = [.kernelEntry, .rescheduled]
        #expect(counts.cause(hits: hits, processorChanged: changed, signalsCanArrive: true) == cause)
    }

    @Test("What no count explains is a signal where one can arrive, else an interrupt; what nobody saw is nothing")
    func leftOver() {
        func cause(_ hits: InterruptionHits, signals: Bool) -> InterruptionCause? {
            UsageDifference().cause(hits: hits, processorChanged: false, signalsCanArrive: signals)
        }
        #expect(cause([.kernelEntry, .rescheduled], signals: true) == .signal)
        #expect(cause([.kernelEntry, .rescheduled], signals: false) == .interrupt)
        #expect(cause(.kernelEntry, signals: true) == .interrupt)
        #expect(cause([], signals: true) == nil)
    }
}
