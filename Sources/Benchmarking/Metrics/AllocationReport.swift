internal import CAllocations
internal import Glibc

/// Allocations, and Swift's reference counting, between two moments. Numbers of a kind that was not counted are 0 here:
/// ``AllocationReport`` knows which.
package struct AllocationCounts: Hashable, Sendable {
    /// Blocks handed out, those of realloc included.
    package var allocations: UInt64
    /// Blocks given back, those that realloc replaced included.
    package var frees: UInt64
    /// Blocks resized, moved or not: each is among both of the above.
    package var reallocations: UInt64
    /// Bytes asked for.
    package var requestedBytes: UInt64
    /// Usable bytes of what was handed out, as the allocator rounds up; 0 when it does not tell.
    package var reservedBytes: UInt64
    /// Usable bytes of what was given back; 0 when the allocator does not tell.
    package var freedBytes: UInt64
    /// The most that was asked for at once since counting was switched on.
    package var largestBytes: UInt64
    /// Strong retains of objects. Calls with nothing, or with a value that lives in the pointer, are none.
    package var retains: UInt64
    package var releases: UInt64
    /// Objects of the Swift runtime.
    package var swiftAllocations: UInt64
}

/// What an ``AllocationCounter`` has counted, and what it could not.
package struct AllocationReport: Sendable {
    /// Of the thread that counted; nil when it had no counters of its own.
    package let thread: AllocationCounts?
    /// Of all threads.
    package let process: AllocationCounts
    /// Why allocations were not counted; nil when they were.
    package let allocationsUnavailable: String?
    /// Why retains, releases and objects were not counted; nil when they were.
    package let swiftUnavailable: String?
    /// Whether ``AllocationCounts/reservedBytes`` and ``AllocationCounts/freedBytes`` are known.
    package let knowsUsableSizes: Bool
    /// What is missing from the counts that there are, a line each, for people.
    package let notes: [String]
    /// Where the first allocations came from.
    package let sites: [AllocationSite]

    package enum Scope: Sendable {
        /// The thread that counted.
        case thread
        case process
    }

    /// The counts of a scope as metrics, per operation.
    /// - Parameter operations: how many were counted; at least 1.
    package func readings(_ scope: Scope, operations: Int) -> [BenchmarkMetric: MetricReading] {
        precondition(operations > 0, "nothing was counted")
        let counts = scope == .thread ? thread : process
        func reading(_ unavailable: String?, _ count: KeyPath<AllocationCounts, UInt64>) -> MetricReading {
            if let unavailable { return .unavailable(unavailable) }
            guard let counts else {
                return .unavailable(
                    "more threads at once than can be told apart; use fewer, or count the whole process")
            }
            return .value(Double(counts[keyPath: count]) / Double(operations))
        }
        return [
            .allocations: reading(allocationsUnavailable, \.allocations),
            .frees: reading(allocationsUnavailable, \.frees),
            .allocatedBytes: reading(allocationsUnavailable, \.requestedBytes),
            .retains: reading(swiftUnavailable, \.retains),
            .releases: reading(swiftUnavailable, \.releases),
            .swiftAllocations: reading(swiftUnavailable, \.swiftAllocations),
        ]
    }
}

/// One allocation, and the calls that led to it.
package struct AllocationSite: Hashable, Sendable, Codable {
    /// A return address in a file that was loaded.
    package struct Frame: Hashable, Sendable, Codable {
        /// The file's path; empty when the address is in none.
        package var modulePath: String
        /// The address as in the file's own symbol table: the load address is taken off.
        package var address: UInt64
    }

    /// Bytes asked for.
    package var bytes: UInt64
    /// From the caller of the allocator outward, at most 24. They are return addresses: the call is the byte before.
    package var frames: [Frame]
}

extension AllocationSite {
    init(_ site: ts_site) {
        bytes = site.bytes
        let depth = min(Int(site.depth), Int(TS_SITE_FRAMES))
        frames = withUnsafeBytes(of: site.frames) { addresses in
            addresses.bindMemory(to: UInt.self)[..<depth].map(Frame.init(returnAddress:))
        }
    }
}

extension AllocationSite.Frame {
    init(returnAddress: UInt) {
        var bias: UInt = 0
        guard let path = ts_module_at(returnAddress &- 1, &bias) else {
            self.init(modulePath: "", address: UInt64(returnAddress))
            return
        }
        var text = String(cString: path)
        // The program itself goes by the name it was called with.
        if !text.hasPrefix("/"), let real = realpath("/proc/self/exe", nil) {
            text = String(cString: real)
            free(real)
        }
        self.init(modulePath: text, address: UInt64(returnAddress &- bias))
    }
}

extension AllocationReport {
    init(_ state: ts_counting, thread: AllocationCounts?, process: AllocationCounts, sites: [AllocationSite]) {
        self.thread = thread
        self.process = process
        self.sites = sites
        allocationsUnavailable = Self.text(gap: state.allocations_gap)
        swiftUnavailable = Self.text(gap: state.swift_gap)
        knowsUsableSizes = state.knows_sizes != 0
        var notes: [String] = []
        if state.foreign > 0 {
            notes.append(
                "\(state.foreign) call sites lead to another allocator than this program's malloc: not counted")
        }
        if state.skipped > 0 {
            notes.append("\(state.skipped) files were being loaded, or had too many call sites: not counted")
        }
        if swiftUnavailable == nil, state.counts_weak_loads == 0 {
            notes.append(
                "the Swift runtime is linked statically: strong references got from weak and unowned ones are not"
                    + " among the retains")
        }
        self.notes = notes
    }

    private static func text(gap: UInt32) -> String? {
        switch ts_counting_gap(rawValue: gap) {
        case TS_GAP_NONE: nil
        case TS_GAP_NOT_ASKED: "not asked for"
        case TS_GAP_NO_ALLOCATOR:
            "the program is linked statically, its allocator cannot be observed; link the C library dynamically"
        case TS_GAP_NO_SLOTS:
            "the program calls an allocator that is part of it; link the allocator as a shared library"
        case TS_GAP_NO_RUNTIME:
            "no Swift runtime in this process, or its symbols are stripped"
        case TS_GAP_OLD_RUNTIME:
            "the Swift runtime has no hooks for counting; build with Swift 6.1 or newer"
        case TS_GAP_UNSAFE_HOOKS:
            "this Swift runtime's hooks for counting are not safe to use; build with Swift 6.3"
        default:
            "the Swift runtime does not call its hooks for counting; report the version of Swift"
        }
    }
}
