internal import CycleTiming
internal import PerfEvents

/// Counts the cycles that the core spends in the calling thread's own code.
package protocol CycleCounter: AnyObject {
    /// Cycles since some moment; nil while they are not counted.
    func cycles() -> UInt64?
}

/// The processor's own counter, read by instruction: rdpmc on x86-64. Some tens of cycles a reading.
///
/// To be read on the thread that made it, no other: another thread's processor counts something else there.
package final class ProcessorCycleCounter: CycleCounter {
    private let group: CounterGroup
    private let page: CounterPage
    private let counter: UserCounter

    /// - Returns: nil where there is no PMU, or user mode may not read it (`/sys/bus/event_source/devices/cpu/rdpmc`).
    package init?() {
        let group = CounterGroup([[.cycles]])
        guard let page = group.userPage(of: .cycles) else { return nil }
        group.start()
        counter = UserCounter(page: page.pointer)
        self.group = group
        self.page = page
        if cycles() == nil { return nil }
    }

    package func cycles() -> UInt64? {
        // A counter that had to be shared with others counted a part of the time only.
        guard let reading = try? counter.read(), reading.runningNanoseconds == reading.enabledNanoseconds else {
            return nil
        }
        return reading.value
    }
}
