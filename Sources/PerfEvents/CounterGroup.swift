internal import CPerfEvents
internal import Glibc

/// Counters of the calling thread, user space only, between ``start()`` and ``stop()``.
///
/// Events that belong together (instructions and cycles, branches and their misses) are scheduled together, so that
/// their ratio is right even when the processor has too few counters for all. Context switches and migrations happen in
/// the kernel and are counted there, where the user may. An event that cannot be opened keeps its place and says why.
///
/// Counts are those of the thread that made the group, whichever thread reads them. Sole owner of the descriptors.
package struct CounterGroup: ~Copyable {
    /// What is counted, in the order of readings.
    package let events: [EventSpecification]
    private var counters: [Counter] = []
    /// Counters that lead: starting and stopping them takes their members along.
    private var leaders: [Int32] = []
    private var starts: [CounterArithmetic.Raw] = []

    /// What a benchmark counts, by what is scheduled together.
    package static let standard: [[EventSpecification]] = [
        [.cycles, .instructions], [.branches, .branchMisses], [.l1dMisses], [.llcMisses], [.dtlbMisses],
        [.itlbMisses], [.taskClock, .pageFaults, .contextSwitches, .migrations],
    ]

    /// Opens counters on the calling thread. Each list of events is scheduled together.
    package init(_ groups: [[EventSpecification]] = CounterGroup.standard) {
        events = groups.flatMap(\.self)
        let limits = KernelLimits.current()
        for group in groups {
            var leader: Int32 = -1
            for event in group {
                var counter = Counter(event, leader: leader, limits: limits)
                let isMember = leader >= 0 && counter.descriptor != nil
                // The processor may be unable to count these together: then it is on its own.
                if leader >= 0, !isMember { counter = Counter(event, leader: -1, limits: limits) }
                counters.append(counter)
                guard !isMember, let descriptor = counter.descriptor else { continue }
                leaders.append(descriptor)
                if leader < 0 { leader = descriptor }
            }
        }
        starts = counters.map { $0.raw() ?? .init(count: 0, enabledNanoseconds: 0, runningNanoseconds: 0) }
    }

    /// Starts counting. One system call a group of events; the first group starts last, so that it counts least of
    /// the starting itself.
    // hot: per measured region
    package func start() {
        for leader in leaders.reversed() { _ = ts_perf_enable_group(leader) }
    }

    /// Stops counting, the first group first.
    // hot: per measured region
    package func stop() {
        for leader in leaders { _ = ts_perf_disable_group(leader) }
    }

    /// What was counted since the group was opened or last read, in the order of ``events``. To be called while it is
    /// stopped: the counters are read one after another.
    package mutating func readings() -> [CounterReading] {
        var readings: [CounterReading] = []
        for (index, counter) in counters.enumerated() {
            if let reason = counter.reason {
                readings.append(.unavailable(reason))
            } else if let now = counter.raw() {
                readings.append(
                    CounterReading(
                        CounterArithmetic.difference(from: starts[index], to: now), event: counter.event))
                starts[index] = now
            } else {
                readings.append(.unavailable("the kernel no longer reads '\(counter.event.name)'; open it anew"))
            }
        }
        return readings
    }

    /// The kernel's page about a counter, by which code reads it without a system call.
    /// - Returns: nil when the event is not open here, or when the processor's counter may not be read from user
    ///   space (software events; `/sys/bus/event_source/devices/cpu/rdpmc`).
    package func userPage(of event: EventSpecification) -> CounterPage? {
        guard let descriptor = counters.first(where: { $0.event == event })?.descriptor else { return nil }
        return CounterPage(counter: descriptor)
    }
}

/// One open counter, or why it is not. Owns the descriptor.
private final class Counter {
    let event: EventSpecification
    let descriptor: Int32?
    /// Why there is none.
    let reason: String?

    init(_ event: EventSpecification, leader: Int32, limits: KernelLimits) {
        self.event = event
        var flags = UInt32(TS_PERF_EXCLUDE_HV)
        if !event.happensInKernel { flags |= UInt32(TS_PERF_EXCLUDE_KERNEL) }
        let result = ts_perf_open_counter(event.type, event.config, flags, leader)
        descriptor = result >= 0 ? result : nil
        reason = result >= 0 ? nil : Self.reason(event, errno: -result, limits: limits)
    }

    deinit { if let descriptor { close(descriptor) } }

    func raw() -> CounterArithmetic.Raw? {
        guard let descriptor else { return nil }
        var words = (UInt64(0), UInt64(0), UInt64(0))
        let count = withUnsafeMutableBytes(of: &words) { read(descriptor, $0.baseAddress, $0.count) }
        guard count == 24 else { return nil }
        return .init(count: words.0, enabledNanoseconds: words.1, runningNanoseconds: words.2)
    }

    private static func reason(_ event: EventSpecification, errno error: Int32, limits: KernelLimits) -> String {
        switch error {
        case ENOENT, EOPNOTSUPP, ENODEV,
            ENXIO where event.needsHardware:
            "the processor's counters are not accessible here: no event '\(event.name)'; virtual machines must pass"
                + " the PMU through"
        case EACCES,
            EPERM where event.happensInKernel:
            "'\(event.name)' is counted in the kernel, which this user may not observe"
                + (limits.paranoid.map { " (kernel.perf_event_paranoid is \($0))" } ?? "")
                + "; run as root, grant CAP_PERFMON, or 'sysctl kernel.perf_event_paranoid=1'"
        default:
            PerfError(opening: event, task: 0, errno: error, limits: limits).description
        }
    }
}
