internal import CAllocations

/// Counts what code allocates, frees, retains and releases, from `init` to ``stop()``, on the thread that made the
/// counter and in the whole process.
///
/// While no counter exists nothing is counted and nothing is slower: calls are redirected when the first is made and put
/// back when the last is gone. So counting and timing are two runs of the same code. Counters may nest, and threads may
/// start and end meanwhile. What cannot be counted is told with its reason, never as 0; `CAllocations.h` says what is
/// missed.
///
/// Neither making nor stopping a counter is counted: nothing at all is 0 allocations, 0 retains.
package struct AllocationCounter: ~Copyable {
    package struct Kinds: OptionSet, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// malloc and its kin, and C++'s operators.
        package static let allocations = Kinds(rawValue: UInt32(TS_COUNT_ALLOCATIONS))
        /// The Swift runtime's objects, retains and releases.
        package static let swift = Kinds(rawValue: UInt32(TS_COUNT_SWIFT))
    }

    private var state = ts_counting()
    private var threadStart = ts_counts()
    private var processStart = ts_counts()
    private let log: UnsafeMutablePointer<ts_site_log>

    /// Starts counting. Costs some milliseconds: every loaded file is looked through.
    /// - Parameter sites: of so many first allocations of this thread, note where they came from.
    package init(_ kinds: Kinds = [.allocations, .swift], sites: Int = 0) {
        log = .allocate(capacity: 1)
        let entries = UnsafeMutablePointer<ts_site>.allocate(capacity: max(1, sites))
        log.initialize(to: ts_site_log(capacity: UInt32(clamping: sites), count: 0, sites: entries))
        ts_counting_start(kinds.rawValue, &state)
        if sites > 0 { ts_sites_record(log) }
        ts_counts_process(&processStart)
        _ = ts_counts_thread(&threadStart)
    }

    deinit {
        ts_sites_record(nil)
        ts_counting_stop()
        log.pointee.sites.deallocate()
        log.deallocate()
    }

    /// What this thread has done since the start; nil on a thread without counters of its own (beyond 1024 threads).
    /// Call it on the thread that made the counter. Neither allocates nor retains.
    // hot: between two counted regions
    package func threadCounts() -> AllocationCounts? {
        var now = ts_counts()
        guard ts_counts_thread(&now) == 0 else { return nil }
        return AllocationCounts(from: threadStart, to: now)
    }

    /// What all threads have done since the start. Exact when none is at it.
    package func processCounts() -> AllocationCounts {
        var now = ts_counts()
        ts_counts_process(&now)
        return AllocationCounts(from: processStart, to: now)
    }

    /// Stops, on the thread that made the counter.
    package consuming func stop() -> AllocationReport {
        let thread = threadCounts()
        let process = processCounts()
        ts_sites_record(nil)
        let sites = (0..<Int(log.pointee.count)).map { AllocationSite(log.pointee.sites[$0]) }
        return AllocationReport(state, thread: thread, process: process, sites: sites)
    }

    /// Whether nothing counts in this process and nothing is slower for it. Ask before measuring time: it also undoes
    /// what a thread may have left behind that was creating an object as counting stopped.
    package static var isOff: Bool { ts_counting_is_off() != 0 }

    /// Counts one call.
    package static func count(
        _ kinds: Kinds = [.allocations, .swift], sites: Int = 0, _ body: () throws -> Void
    ) rethrows -> AllocationReport {
        let counter = AllocationCounter(kinds, sites: sites)
        try body()
        return counter.stop()
    }
}

extension AllocationCounts {
    fileprivate init(from start: ts_counts, to end: ts_counts) {
        allocations = end.allocations &- start.allocations
        frees = end.frees &- start.frees
        reallocations = end.reallocations &- start.reallocations
        requestedBytes = end.bytes_requested &- start.bytes_requested
        reservedBytes = end.bytes_reserved &- start.bytes_reserved
        freedBytes = end.bytes_freed &- start.bytes_freed
        largestBytes = end.largest
        retains = end.retains &- start.retains
        releases = end.releases &- start.releases
        swiftAllocations = end.objects &- start.objects
    }
}
