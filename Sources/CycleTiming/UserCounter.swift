internal import CCycles

/// A hardware counter that is read without a system call, through the page that its event maps.
///
/// Borrows the page: the owner of the event keeps it mapped while this lives. Read it on the thread that the event
/// counts, no other. In a loop of single operations use `ts_counter_read` of `CCycles`, which inlines.
package struct UserCounter {
    /// What was read. When ``runningNanoseconds`` is less than ``enabledNanoseconds`` the event shared its counter with
    /// others, and the value is that of its share of the time.
    package struct Reading: Hashable, Sendable {
        package var value: UInt64
        package var enabledNanoseconds: UInt64
        package var runningNanoseconds: UInt64
    }

    private let page: UnsafePointer<ts_counter_page>

    /// - Parameter page: the first page of the event's mapping, a `perf_event_mmap_page`.
    package init(page: UnsafeRawPointer) { self.page = page.assumingMemoryBound(to: ts_counter_page.self) }

    /// Reads the counter.
    /// - Throws: ``TimingError`` when user mode may not read it, or the event is on no counter at the moment.
    package func read() throws -> Reading {
        var reading = ts_counter_reading()
        switch ts_counter_read(page, &reading) {
        case TS_COUNTER_READ:
            return Reading(
                value: reading.value, enabledNanoseconds: reading.time_enabled,
                runningNanoseconds: reading.time_running)
        case TS_COUNTER_FORBIDDEN:
            throw TimingError(
                .refused,
                "counters cannot be read in user mode: there is no PMU, or /sys/bus/event_source/devices/cpu/rdpmc is 0"
            )
        case TS_COUNTER_ABSENT:
            throw TimingError(
                .unsupported, "the event is on no hardware counter: use fewer events at once, or read it by system call"
            )
        default:
            throw TimingError(.disturbed, "the event's page kept changing while it was read")
        }
    }

    /// The value of an event from the low `width` bits of its hardware counter, a signed number, and the kernel's
    /// offset: as `linux/perf_event.h` prescribes.
    package static func value(raw: UInt64, width: UInt16, offset: Int64) -> UInt64 {
        ts_counter_value(raw, width, offset)
    }
}
