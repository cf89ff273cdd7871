/// Why the kernel held up an operation.
///
/// When several apply to one operation the first of this order is named: `migrated`, a major `pageFault`, `blocked`,
/// `preempted`, a minor `pageFault`, `signal`, `interrupt`. The costlier comes first, but an operation that gave the
/// processor up waited, whoever kept it from coming back.
package enum InterruptionCause: UInt8, CaseIterable, Hashable, Sendable {
    /// The processor left user mode for a device, a timer, another processor or an NMI, and came back to this thread.
    case interrupt
    /// Memory that was not mapped yet, was written for the first time, or had to be read from a disk.
    case pageFault
    /// A signal was delivered.
    case signal
    /// The thread gave the processor up: it slept, or waited for a lock, a pipe, a disk.
    case blocked
    /// The scheduler gave the processor to another thread.
    case preempted
    /// The thread continued on another processor.
    case migrated

    /// How reports name the cause.
    package var name: String {
        switch self {
        case .interrupt: "interrupt"
        case .pageFault: "page fault"
        case .signal: "signal"
        case .blocked: "blocked"
        case .preempted: "preempted"
        case .migrated: "migrated"
        }
    }
}

/// What the probes of `CCycles` saw, as `ts_probe_hits` returns it.
package struct InterruptionHits: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// An interrupt, fault or NMI returned to this thread.
    package static let kernelEntry = InterruptionHits(rawValue: 1)
    /// The thread was preempted, blocked, migrated or got a signal.
    package static let rescheduled = InterruptionHits(rawValue: 2)
}
