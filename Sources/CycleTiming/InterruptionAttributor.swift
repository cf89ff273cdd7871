internal import CCycles

/// Names the cause of what interrupted the calling thread. A value of the thread that made it: use it on no other.
///
/// Around each operation the caller reads the probes (`ts_probe_hits` of `CCycles`, inlined) and compares the processor
/// of its two stamps; only when something was hit, or ``readsUsageAlways``, it asks here, which costs a system call:
///
///     let hits = ts_probe_hits()
///     if hits != 0 || processorChanged || attributor.readsUsageAlways {
///         cause = attributor.attribute(hits: .init(rawValue: hits), processorChanged: processorChanged)
///     }
///
/// The kernel's counts are differences since the previous question. A page fault that the kernel took for this thread
/// inside a system call hits no probe, so it is named, wrongly, at the next hit; call ``forgetPending()`` before an
/// operation whose predecessors made such calls. Neither allocates.
///
/// The kernel counts no signals for a thread. What hit the rescheduling probe without a switch is named `signal` if one
/// can arrive, by the handlers and the mask when the attributor was made, else `interrupt`: the kernel also does deferred
/// work at some interrupts (see `interruptions.h`), so that a thread for which signals are enabled may be told of up to
/// ten a second that were none.
package struct InterruptionAttributor {
    private var usage = ts_thread_usage()
    private let soundHits: InterruptionHits
    private let signalsCanArrive: Bool
    /// The probes leave something unseen on this machine: ask after every operation, also without a hit.
    package let readsUsageAlways: Bool

    /// Arms the probes of the calling thread.
    package init(probes: InterruptionProbes) {
        soundHits = probes.soundHits
        signalsCanArrive = ts_signals_can_arrive()
        readsUsageAlways = !probes.kernelEntry.isSound || !probes.rescheduling.isSound
        forgetPending()
    }

    /// Arms the probes again and drops what they and the kernel's counts hold: what is named next happened after this.
    package mutating func forgetPending() {
        ts_thread_usage_read(&usage)
        ts_probe_arm()
    }

    /// The cause of what happened since the previous question, nil when nothing did that the guest's kernel knows of.
    /// Arms the probes again.
    /// - Parameters:
    ///   - hits: what `ts_probe_hits` returned at the end of the operation.
    ///   - processorChanged: the stamps of its start and its end came from different processors.
    package mutating func attribute(hits: InterruptionHits, processorChanged: Bool) -> InterruptionCause? {
        let before = usage
        forgetPending()
        let counts = UsageDifference(
            minorFaults: usage.minor_faults &- before.minor_faults,
            majorFaults: usage.major_faults &- before.major_faults,
            voluntarySwitches: usage.voluntary_switches &- before.voluntary_switches,
            involuntarySwitches: usage.involuntary_switches &- before.involuntary_switches)
        return counts.cause(
            hits: hits.intersection(soundHits), processorChanged: processorChanged, signalsCanArrive: signalsCanArrive)
    }

    /// Leaves the thread's probes as they were before any arming.
    package func disarm() { ts_probe_disarm() }
}

/// What the kernel counted for a thread while an operation ran.
package struct UsageDifference: Hashable, Sendable {
    package var minorFaults: UInt64
    package var majorFaults: UInt64
    package var voluntarySwitches: UInt64
    package var involuntarySwitches: UInt64

    package init(
        minorFaults: UInt64 = 0, majorFaults: UInt64 = 0, voluntarySwitches: UInt64 = 0, involuntarySwitches: UInt64 = 0
    ) {
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
    }

    /// The cause by the order that ``InterruptionCause`` states.
    package func cause(
        hits: InterruptionHits, processorChanged: Bool, signalsCanArrive: Bool
    ) -> InterruptionCause? {
        if processorChanged { return .migrated }
        if majorFaults > 0 { return .pageFault }
        if voluntarySwitches > 0 { return .blocked }
        if involuntarySwitches > 0 { return .preempted }
        if minorFaults > 0 { return .pageFault }
        if hits.contains(.rescheduled) && signalsCanArrive { return .signal }
        return hits.isEmpty ? nil : .interrupt
    }
}
