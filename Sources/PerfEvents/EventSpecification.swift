internal import CPerfEvents
internal import Glibc

/// What to count: one event that the kernel or the processor can sample on.
package struct EventSpecification: Hashable, Sendable {
    /// The name that users type and reports print.
    package var name: String
    /// What one count is: `nanoseconds` for the clocks, `count` for the rest.
    package var unit: String
    var type: UInt32
    var config: UInt64
    /// Whether a frequency makes sense; events that count rare things are sampled by period.
    package var defaultsToPeriod: Bool

    /// Whether a processor's counter is needed.
    package var needsHardware: Bool { type == PERF_TYPE_HARDWARE.rawValue || type == PERF_TYPE_HW_CACHE.rawValue }

    /// Whether the event happens in the kernel by nature, so that counting user space alone would say 0.
    package var happensInKernel: Bool { self == .contextSwitches || self == .migrations }

    private init(_ name: String, unit: String = "count", type: UInt32, config: UInt64, defaultsToPeriod: Bool = false) {
        self.name = name
        self.unit = unit
        self.type = type
        self.config = config
        self.defaultsToPeriod = defaultsToPeriod
    }

    private static func hardware(_ name: String, _ id: perf_hw_id) -> EventSpecification {
        EventSpecification(name, type: PERF_TYPE_HARDWARE.rawValue, config: UInt64(id.rawValue))
    }

    /// Loads, or fetches of instructions, that miss a cache: perf_event_open(2), PERF_TYPE_HW_CACHE.
    private static func readMisses(_ name: String, _ cache: perf_hw_cache_id) -> EventSpecification {
        let operation = UInt64(PERF_COUNT_HW_CACHE_OP_READ.rawValue)
        let result = UInt64(PERF_COUNT_HW_CACHE_RESULT_MISS.rawValue)
        return EventSpecification(
            name, type: PERF_TYPE_HW_CACHE.rawValue, config: UInt64(cache.rawValue) | operation << 8 | result << 16)
    }

    private static func software(
        _ name: String, _ id: perf_sw_ids, unit: String = "count", byPeriod: Bool = false
    ) -> EventSpecification {
        EventSpecification(
            name, unit: unit, type: PERF_TYPE_SOFTWARE.rawValue, config: UInt64(id.rawValue),
            defaultsToPeriod: byPeriod)
    }

    /// Time that the task is on a CPU, by the CPU's high-resolution timer.
    package static let cpuClock = software("cpu-clock", PERF_COUNT_SW_CPU_CLOCK, unit: "nanoseconds")
    /// Core cycles, counted by the processor.
    package static let cycles = hardware("cycles", PERF_COUNT_HW_CPU_CYCLES)
    /// Counts nothing: carries side-band records and owns rings.
    static let dummy = software("dummy", PERF_COUNT_SW_DUMMY)

    /// Counts nothing: carries what programs in the kernel write.
    static let programOutput = software("bpf-output", PERF_COUNT_SW_BPF_OUTPUT)

    /// Instructions and branches that retired, and branches that were predicted wrongly.
    package static let instructions = hardware("instructions", PERF_COUNT_HW_INSTRUCTIONS)
    package static let branches = hardware("branches", PERF_COUNT_HW_BRANCH_INSTRUCTIONS)
    package static let branchMisses = hardware("branch-misses", PERF_COUNT_HW_BRANCH_MISSES)

    package static let l1dMisses = readMisses("L1-dcache-load-misses", PERF_COUNT_HW_CACHE_L1D)
    package static let llcMisses = readMisses("LLC-load-misses", PERF_COUNT_HW_CACHE_LL)
    package static let dtlbMisses = readMisses("dTLB-load-misses", PERF_COUNT_HW_CACHE_DTLB)
    package static let itlbMisses = readMisses("iTLB-load-misses", PERF_COUNT_HW_CACHE_ITLB)

    /// Time that the task is on a CPU, by the task's own clock.
    package static let taskClock = software("task-clock", PERF_COUNT_SW_TASK_CLOCK, unit: "nanoseconds")
    package static let pageFaults = software("page-faults", PERF_COUNT_SW_PAGE_FAULTS, byPeriod: true)
    package static let contextSwitches = software("context-switches", PERF_COUNT_SW_CONTEXT_SWITCHES, byPeriod: true)
    package static let migrations = software("cpu-migrations", PERF_COUNT_SW_CPU_MIGRATIONS, byPeriod: true)

    /// Every event with a fixed name.
    package static let all: [EventSpecification] = [
        cpuClock, taskClock,
        cycles, instructions, hardware("cache-misses", PERF_COUNT_HW_CACHE_MISSES), branches, branchMisses,
        l1dMisses, llcMisses, dtlbMisses, itlbMisses,
        pageFaults, contextSwitches, migrations,
    ]

    /// An event of a recording that others made.
    package static func recorded(_ name: String, _ format: RecordFormat) -> EventSpecification {
        // perf puts modifiers behind a name: `cycles:u`, and the unit's name in front: `cpu/cycles/`.
        let isClock =
            format.type == PERF_TYPE_SOFTWARE.rawValue
            && (format.config == UInt64(PERF_COUNT_SW_CPU_CLOCK.rawValue)
                || format.config == UInt64(PERF_COUNT_SW_TASK_CLOCK.rawValue))
        return EventSpecification(
            name, unit: isClock ? "nanoseconds" : "count", type: format.type, config: format.config)
    }

    /// The event of a name: one of ``all``, or a tracepoint as `subsystem:name`.
    /// - Throws: ``PerfError`` with code `unknownEvent`, which names what exists.
    package static func named(_ name: String) throws -> EventSpecification {
        if let event = all.first(where: { $0.name == name }) { return event }
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2 { return try tracepoint(system: parts[0], name: parts[1]) }
        throw PerfError(
            .unknownEvent,
            "unknown event '\(name)'; there are \(all.map(\.name).joined(separator: ", "))"
                + " and tracepoints as subsystem:name")
    }

    private static let tracingDirectories = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]

    private static func tracepoint(system: Substring, name: Substring) throws -> EventSpecification {
        let full = "\(system):\(name)"
        let isPlain: (Substring) -> Bool = { part in
            !part.isEmpty && part.utf8.allSatisfy { $0 == 0x5f || $0 == 0x2d || isalnum(Int32($0)) != 0 }
        }
        guard isPlain(system), isPlain(name) else {
            throw PerfError(.unknownEvent, "unknown event '\(full)'; a tracepoint is written subsystem:name")
        }
        for directory in tracingDirectories {
            let path = "\(directory)/events/\(system)/\(name)/id"
            guard let id = SmallFile.read(path).flatMap({ UInt64($0.trimmedOfSpace) }) else { continue }
            return EventSpecification(full, type: PERF_TYPE_TRACEPOINT.rawValue, config: id, defaultsToPeriod: true)
        }
        let mounted = tracingDirectories.contains { access($0 + "/events", F_OK) == 0 }
        let readable = tracingDirectories.contains { access($0 + "/events", R_OK | X_OK) == 0 }
        let remedy =
            switch (mounted, readable) {
            case (false, _): "tracefs is not mounted: as root, 'mount -t tracefs nodev /sys/kernel/tracing'"
            case (true, false): "this user may not read /sys/kernel/tracing: run as root"
            case (true, true): "this kernel has no such tracepoint: see /sys/kernel/tracing/available_events"
            }
        throw PerfError(.unknownEvent, "unknown event '\(full)'; \(remedy)")
    }
}
