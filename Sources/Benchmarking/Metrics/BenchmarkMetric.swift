/// One thing that a benchmark measures: its name, its unit, and which way is better.
///
/// Unless a metric says otherwise its value is *per operation*: what one call of the benchmark's body took, counted or
/// caused. In files a metric is its ``id`` alone, which therefore never changes; title and unit are for people.
/// A metric is a constant of this file: what a program counts by itself belongs in a result's own values, not here.
package struct BenchmarkMetric: Hashable, Sendable {
    /// Which way a change is an improvement.
    package enum Polarity: String, Hashable, Sendable, Codable {
        case lowerIsBetter
        case higherIsBetter
        /// Neither: shown, never judged unless a budget names it.
        case neutral
    }

    /// What files, flags and budgets call it: lower case, words joined by `-`; percentiles keep their point (`p99.9`).
    package let id: String
    /// What reports call it.
    package let title: String
    /// `ns`, `bytes`, `ticks`, `cycles`, `instructions`, `operations/s`, `cores` or `count`.
    package let unit: String
    package let polarity: Polarity
    /// Whether the same binary on the same input gives the same number each time, so that a tolerance of zero is
    /// meaningful: any difference is a change of the program, not noise.
    package let isDeterministic: Bool

    private init(
        _ id: String, _ title: String, unit: String = "count", _ polarity: Polarity = .lowerIsBetter,
        isDeterministic: Bool = false
    ) {
        self.id = id
        self.title = title
        self.unit = unit
        self.polarity = polarity
        self.isDeterministic = isDeterministic
    }

    /// The metric of an identifier; nil when there is none. O(1).
    package init?(id: String) {
        guard let metric = Self.byID[id] else { return nil }
        self = metric
    }

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
}

// MARK: - Time

extension BenchmarkMetric {
    /// Ticks of the time stamp counter, overhead of the loop and of reading the counter removed. The counter runs at
    /// one rate whatever the core's frequency: comparable only on one machine, at one frequency of the core.
    package static let ticks = BenchmarkMetric("ticks", "Ticks", unit: "ticks")
    /// Wall time, from ticks and the counter's calibrated rate. Not comparable across machines, nor between runs at
    /// different core frequencies: prefer ``cycles`` there.
    package static let time = BenchmarkMetric("time", "Time", unit: "ns")
    /// Cycles of the core in user space. From the PMU exact; without one, ticks times the ratio of core to counter
    /// that a chain of known length showed in the same epoch: readings of the two kinds differ by some percent, and
    /// neither is comparable across microarchitectures.
    package static let cycles = BenchmarkMetric("cycles", "Core cycles", unit: "cycles")
    /// Operations in a second of wall time, of all threads of the benchmark together. Not comparable between runs
    /// with other numbers of threads.
    package static let throughput = BenchmarkMetric("throughput", "Throughput", unit: "operations/s", .higherIsBetter)

    /// Median duration of single operations, each timed by itself. Includes the resolution of the counter; comparable
    /// only where operations were timed in the same way (closed loop, or open loop at the same rate).
    package static let latencyP50 = BenchmarkMetric("p50", "p50 latency", unit: "ns")
    /// 90th percentile of the durations of single operations; see ``latencyP50``.
    package static let latencyP90 = BenchmarkMetric("p90", "p90 latency", unit: "ns")
    /// 99th percentile of the durations of single operations; see ``latencyP50``.
    package static let latencyP99 = BenchmarkMetric("p99", "p99 latency", unit: "ns")
    /// 99.9th percentile of the durations of single operations; see ``latencyP50``. Mostly the machine's
    /// interruptions on a machine that is not tuned: not comparable across machines.
    package static let latencyP999 = BenchmarkMetric("p99.9", "p99.9 latency", unit: "ns")
    /// 99.99th percentile of the durations of single operations; see ``latencyP999``.
    package static let latencyP9999 = BenchmarkMetric("p99.99", "p99.99 latency", unit: "ns")
    /// The longest operation. Grows with the number of operations: comparable only between runs of equal length.
    package static let latencyMax = BenchmarkMetric("max-latency", "Maximum latency", unit: "ns")

    /// Time on a CPU, user and system, of the measuring thread. The kernel charges it by clock where it can and by
    /// timer tick where it cannot (CONFIG_TICK_CPU_ACCOUNTING): short runs of the two kinds are not comparable.
    package static let cpuTime = BenchmarkMetric("cpu-time", "CPU time", unit: "ns")
    /// CPU time of the whole process divided by wall time: 1 is one core kept busy. Of the run, not per operation.
    package static let cpuUtilization = BenchmarkMetric("cpu-utilization", "CPU utilization", unit: "cores", .neutral)
}

// MARK: - Memory

extension BenchmarkMetric {
    /// Largest resident set of the process while the benchmark ran, everything loaded included. Of the run, not per
    /// operation. Not comparable where the kernel's peak could not be reset at the start: it may stem from before.
    package static let peakMemory = BenchmarkMetric("peak-memory", "Peak memory", unit: "bytes")
    /// How much the resident set grew from start to end; below zero when it shrank. Of the run, not per operation.
    /// Depends on what the allocator kept from before: comparable only between fresh processes.
    package static let memoryGrowth = BenchmarkMetric("memory-growth", "Memory growth", unit: "bytes")
    /// Blocks that malloc, calloc, realloc and the aligned variants handed out, on the measuring thread; a realloc is an
    /// allocation and a free. Not counted: allocators of a program's own, mmap, and what the dynamic linker takes.
    /// Comparable across machines with the same standard libraries.
    package static let allocations = BenchmarkMetric("allocations", "Allocations", isDeterministic: true)
    /// Blocks given back by free and realloc; see ``allocations``.
    package static let frees = BenchmarkMetric("frees", "Frees", isDeterministic: true)
    /// Bytes asked for by ``allocations``, before the allocator rounds them up.
    package static let allocatedBytes = BenchmarkMetric(
        "allocated-bytes", "Allocated bytes", unit: "bytes", isDeterministic: true)
    /// Strong retains by the Swift runtime. Depends on the compiler's version and optimization: not comparable across
    /// those.
    package static let retains = BenchmarkMetric("retains", "Retains", isDeterministic: true)
    /// Strong releases by the Swift runtime; see ``retains``.
    package static let releases = BenchmarkMetric("releases", "Releases", isDeterministic: true)
    /// Objects that the Swift runtime allocated: class instances, array buffers, boxes, closure contexts. Each is one
    /// of ``allocations`` too.
    package static let swiftAllocations = BenchmarkMetric(
        "swift-allocations", "Swift allocations", isDeterministic: true)
}

// MARK: - The kernel's counts

extension BenchmarkMetric {
    /// Page faults of the measuring thread, with and without reading from a device. The first touch of memory is
    /// one: comparable only after equal warm-up, and not across page sizes.
    package static let pageFaults = BenchmarkMetric("page-faults", "Page faults")
    /// Times that the measuring thread left its CPU, of its own will or not. Not comparable across loads of the
    /// machine.
    package static let contextSwitches = BenchmarkMetric("context-switches", "Context switches")
    /// Times that the measuring thread moved to another CPU. Zero on a pinned thread.
    package static let migrations = BenchmarkMetric("migrations", "CPU migrations")
}

// MARK: - Instructions and the processor's counters

extension BenchmarkMetric {
    /// Instructions of one operation in user space, counted by single-stepping: exact, with or without a PMU, the same
    /// each time for the same path. Not comparable with ``pmuInstructions``, and not across architectures or where
    /// libraries choose code by processor (memcpy).
    package static let instructions = BenchmarkMetric(
        "instructions", "Instructions", unit: "instructions", isDeterministic: true)
    /// Instructions retired in user space, by the PMU: counts some interrupts and faults as instructions, so that
    /// equal programs differ by a few.
    package static let pmuInstructions = BenchmarkMetric(
        "pmu-instructions", "Instructions (PMU)", unit: "instructions")
    /// Branch instructions retired, by the PMU.
    package static let branches = BenchmarkMetric("branches", "Branches", .neutral)
    /// Mispredicted branches retired, by the PMU. What a vendor counts as one differs: not comparable across
    /// microarchitectures. The same holds for every miss below.
    package static let branchMisses = BenchmarkMetric("branch-misses", "Branch misses")
    /// Loads that missed the first-level data cache, by the PMU.
    package static let l1dMisses = BenchmarkMetric("l1d-misses", "L1D misses")
    /// Loads that missed the last-level cache, by the PMU.
    package static let llcMisses = BenchmarkMetric("llc-misses", "LLC misses")
    /// Loads that missed the data translation buffer, by the PMU.
    package static let dtlbMisses = BenchmarkMetric("dtlb-misses", "dTLB misses")
    /// Fetches that missed the instruction translation buffer, by the PMU.
    package static let itlbMisses = BenchmarkMetric("itlb-misses", "iTLB misses")
}

extension BenchmarkMetric {
    /// Every metric, in the order in which reports show them.
    package static let all: [BenchmarkMetric] = [
        ticks, time, cycles, throughput,
        latencyP50, latencyP90, latencyP99, latencyP999, latencyP9999, latencyMax,
        cpuTime, cpuUtilization, peakMemory, memoryGrowth,
        allocations, frees, allocatedBytes, retains, releases, swiftAllocations,
        pageFaults, contextSwitches, migrations,
        instructions, pmuInstructions, branches, branchMisses, l1dMisses, llcMisses, dtlbMisses, itlbMisses,
    ]
}

extension BenchmarkMetric: Codable, CodingKeyRepresentable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(id)
    }

    /// - Throws: `DecodingError` for an identifier that this version does not know.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let id = try container.decode(String.self)
        guard let metric = Self(id: id) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "unknown metric '\(id)'; use the version of tickscope that wrote it, or a newer one")
        }
        self = metric
    }

    // A dictionary by metric is a JSON object with identifiers for keys.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package var codingKey: any CodingKey { Key(stringValue: id) }

    package init?<T: CodingKey>(codingKey: T) { self.init(id: codingKey.stringValue) }
}
