/// What a counter said, or why it said nothing.
package enum CounterReading: Hashable, Sendable {
    case counted(CounterCount)
    /// One line for people: why, and what would help.
    case unavailable(String)

    /// The count for the whole time; nil when there is none.
    package var count: UInt64? {
        if case .counted(let count) = self { count.value } else { nil }
    }

    package init(_ raw: CounterArithmetic.Raw, event: EventSpecification) {
        if let value = CounterArithmetic.scaled(raw) {
            self = .counted(CounterCount(value: value, raw: raw))
        } else if raw.enabledNanoseconds == 0 {
            self = .unavailable("'\(event.name)' was never enabled while this thread ran")
        } else {
            self = .unavailable(
                "'\(event.name)' never got a counter of the processor; count fewer events at once, and stop other"
                    + " profilers and the kernel's watchdog (sysctl kernel.nmi_watchdog=0)")
        }
    }
}

/// A count, and how it came about.
package struct CounterCount: Hashable, Sendable {
    /// For the whole time: estimated when ``isScaled``.
    package let value: UInt64
    package let raw: CounterArithmetic.Raw

    /// The counter shared the processor's registers with others and ran for a part of the time only.
    package var isScaled: Bool { raw.runningNanoseconds < raw.enabledNanoseconds }

    /// What a report shows beside a scaled value; nil for an exact one.
    package var note: String? {
        guard isScaled else { return nil }
        // At most 99: what is scaled never ran all the time.
        let percent = min(99, Int((CounterArithmetic.runningFraction(raw) * 100).rounded()))
        return "estimated: counted for \(percent) % of the time"
    }
}
