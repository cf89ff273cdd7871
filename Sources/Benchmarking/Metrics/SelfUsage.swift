internal import Glibc

/// What the kernel charges to this thread and this process, at one moment: getrusage(2).
///
/// Needs no privilege and no PMU. CPU time is exact where the kernel accounts by clock (all usual kernels), else counted
/// in timer ticks.
package struct SelfUsage: Hashable, Sendable {
    /// Of one thread or of all.
    package struct Counts: Hashable, Sendable {
        package var userNanoseconds: UInt64
        package var systemNanoseconds: UInt64
        /// Page faults that needed no device, and those that did.
        package var minorFaults: UInt64
        package var majorFaults: UInt64
        /// Times that the CPU was left in order to wait, and times that it was taken away.
        package var voluntarySwitches: UInt64
        package var involuntarySwitches: UInt64

        package var cpuNanoseconds: UInt64 { userNanoseconds &+ systemNanoseconds }
        package var faults: UInt64 { minorFaults &+ majorFaults }
        package var switches: UInt64 { voluntarySwitches &+ involuntarySwitches }
    }

    /// The calling thread.
    package var thread: Counts
    /// All threads, those included that have ended.
    package var process: Counts

    /// Reads both. Two system calls, no allocation.
    package static func now() -> SelfUsage {
        // RUSAGE_THREAD of Linux; the macro is not visible to Swift.
        SelfUsage(thread: Counts(of: 1), process: Counts(of: RUSAGE_SELF.rawValue))
    }

    /// What has been charged since an earlier moment, on the same thread.
    package func since(_ start: SelfUsage) -> SelfUsage {
        SelfUsage(thread: thread.since(start.thread), process: process.since(start.process))
    }

    /// As metrics, per operation where the metric is, for a difference of two moments.
    /// - Parameters:
    ///   - operations: how many were done meanwhile; at least 1.
    ///   - wallNanoseconds: how long it took.
    package func readings(operations: Int, wallNanoseconds: Double) -> [BenchmarkMetric: MetricReading] {
        precondition(operations > 0, "nothing was done")
        let count = Double(operations)
        return [
            .cpuTime: .value(Double(thread.cpuNanoseconds) / count),
            .cpuUtilization: wallNanoseconds > 0
                ? .value(Double(process.cpuNanoseconds) / wallNanoseconds)
                : .unavailable("the run took no measurable time; do more operations"),
            .pageFaults: .value(Double(thread.faults) / count),
            .contextSwitches: .value(Double(thread.switches) / count),
        ]
    }
}

extension SelfUsage.Counts {
    init(of who: Int32) {
        var usage = rusage()
        // Fails for a `who` that does not exist only.
        _ = getrusage(.init(UInt32(bitPattern: who)), &usage)
        func nanoseconds(_ time: timeval) -> UInt64 {
            UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_usec) &* 1000
        }
        userNanoseconds = nanoseconds(usage.ru_utime)
        systemNanoseconds = nanoseconds(usage.ru_stime)
        minorFaults = UInt64(clamping: usage.ru_minflt)
        majorFaults = UInt64(clamping: usage.ru_majflt)
        voluntarySwitches = UInt64(clamping: usage.ru_nvcsw)
        involuntarySwitches = UInt64(clamping: usage.ru_nivcsw)
    }

    /// The kernel divides CPU time between user and system anew each time, and one of them may seem to shrink.
    func since(_ start: Self) -> Self {
        func difference(_ now: UInt64, _ start: UInt64) -> UInt64 { now > start ? now - start : 0 }
        return Self(
            userNanoseconds: difference(userNanoseconds, start.userNanoseconds),
            systemNanoseconds: difference(systemNanoseconds, start.systemNanoseconds),
            minorFaults: difference(minorFaults, start.minorFaults),
            majorFaults: difference(majorFaults, start.majorFaults),
            voluntarySwitches: difference(voluntarySwitches, start.voluntarySwitches),
            involuntarySwitches: difference(involuntarySwitches, start.involuntarySwitches))
    }
}
