internal import CCycles

/// Which of the probes tell the truth on this machine, found out by bringing each one's cause about.
package struct InterruptionProbes: Hashable, Sendable {
    /// What was found out about one probe.
    package struct Finding: Hashable, Sendable {
        /// Why the probe cannot be trusted; nil when it can.
        package var reason: String?

        package var isSound: Bool { reason == nil }

        package init(reason: String? = nil) { self.reason = reason }
    }

    /// The ES selector: any interrupt, fault or NMI.
    package var kernelEntry: Finding
    /// The restartable-sequence area: preemption, blocking, migration, signals.
    package var rescheduling: Finding
    /// The processor's number in the stamp of `ts_ticks_stop`.
    package var migration: Finding

    package init(kernelEntry: Finding, rescheduling: Finding, migration: Finding) {
        self.kernelEntry = kernelEntry
        self.rescheduling = rescheduling
        self.migration = migration
    }

    /// No probe is trusted: causes come from the kernel's counts alone.
    package static let none = InterruptionProbes(
        kernelEntry: Finding(reason: "not tried"), rescheduling: Finding(reason: "not tried"),
        migration: Finding(reason: "not tried"))

    var soundHits: InterruptionHits {
        var hits: InterruptionHits = []
        if kernelEntry.isSound { hits.insert(.kernelEntry) }
        if rescheduling.isSound { hits.insert(.rescheduled) }
        return hits
    }

    /// Tries every probe on the calling thread, for some milliseconds. Changes the thread's affinity for a moment, and
    /// leaves the probes disarmed.
    package static func selfTest() -> InterruptionProbes {
        defer { ts_probe_disarm() }
        return InterruptionProbes(
            kernelEntry: ts_probe_has_kernel_entry()
                ? finding(for: .kernelEntry, cause: "a page fault", bringAbout: ts_inject_page_fault)
                : Finding(reason: "this architecture has no selector that a return from the kernel clears"),
            rescheduling: ts_probe_has_rescheduled()
                ? finding(for: .rescheduled, cause: "a sleep", bringAbout: ts_inject_sleep)
                : Finding(
                    reason: "the C library registers no restartable-sequence area (glibc before 2.35, or GLIBC_TUNABLES"
                        + " with glibc.pthread.rseq=0)"),
            migration: migrationFinding())
    }

    private static let injections = 20

    private static func finding(
        for probe: InterruptionHits, cause: String, bringAbout: () -> Bool
    ) -> Finding {
        var seen = 0
        for _ in 0..<injections {
            ts_probe_arm()
            guard bringAbout() else { return Finding(reason: "\(cause) could not be brought about") }
            if InterruptionHits(rawValue: ts_probe_hits()).contains(probe) { seen += 1 }
        }
        guard seen == injections else {
            return Finding(reason: "it saw \(cause) \(seen) of \(injections) times")
        }
        let quiet = quietRounds(without: probe)
        guard quiet * 10 >= quietTries * 9 else {
            return Finding(
                reason: "it fired in \(quietTries - quiet) of \(quietTries) rounds in which nothing happened")
        }
        return Finding()
    }

    private static let quietTries = 2000

    /// Rounds of a microsecond of arithmetic in which the probe did not fire. Even with 1000 timer interrupts a second
    /// and a neighbor on the processor hardly one in a hundred should.
    private static func quietRounds(without probe: InterruptionHits) -> Int {
        var quiet = 0
        for _ in 0..<quietTries {
            ts_probe_arm()
            for word in 0..<1000 as Range<UInt64> { ts_keep_word(word) }
            if !InterruptionHits(rawValue: ts_probe_hits()).contains(probe) { quiet += 1 }
        }
        return quiet
    }

    private static func migrationFinding() -> Finding {
        guard let allowed = try? ProcessorAffinity.current(), allowed.processors.count >= 2 else {
            return Finding(reason: "the thread may run on one processor only, so that it cannot migrate")
        }
        defer { try? allowed.apply() }
        var numbers: Set<UInt32> = []
        let tried = allowed.processors.prefix(4)
        for processor in tried {
            guard (try? ProcessorAffinity(processors: [processor]).apply()) != nil else {
                return Finding(reason: "the kernel refuses to move the thread to processor \(processor)")
            }
            var number: UInt32 = 0
            _ = ts_ticks_stop(&number)
            numbers.insert(number)
        }
        guard numbers.count == tried.count else {
            return Finding(reason: "the time stamp does not tell processors apart")
        }
        return Finding()
    }
}
