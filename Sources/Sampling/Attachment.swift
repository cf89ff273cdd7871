internal import Glibc
package import PerfEvents

/// The open events on the threads of the targets.
///
/// For each (thread, CPU) there is a sampling event, then a side-band event, in this order: a fork record proves that
/// the new thread inherited every sampling event of its parent. Threads that start between the listing of a process
/// and the opening of their parents' events are found by listing again until a pass finds nothing new. Such a thread
/// may have inherited events *and* be attached to directly; ``accepts(eventID:tid:)`` then keeps one of the two.
package final class Attachment {
    private final class Event {
        let event: PerfEvent
        let isSampling: Bool

        init(_ event: consuming PerfEvent, isSampling: Bool) {
            self.event = event
            self.isSampling = isSampling
        }
    }

    private let rings: RingSet
    private let event: EventSpecification
    private let options: PerfEvent.Options
    private var events: [Event] = []
    /// The thread for which an event was opened, by the event's number in records.
    private var owners: [UInt64: Int32] = [:]
    private var attempted: Set<Int32> = []
    /// Threads known to have inherited all events of a covered one.
    private var inherited: Set<Int32> = []
    /// The thread whose events speak for a thread, once duplicates are possible.
    private var speakers: [Int32: Int32] = [:]
    private var mayHaveDuplicates = false

    /// Threads with events of their own.
    package private(set) var covered: Set<Int32> = []
    /// Threads that exist but could not be attached to, and why the first of them could not.
    package private(set) var uncovered: [Int32] = []
    package private(set) var firstFailure: PerfError?

    /// Most events to open: the rest of the process's descriptors is for the files of the targets and for our own.
    private let capacity: Int

    init(rings: RingSet, event: EventSpecification, options: PerfEvent.Options, descriptorLimit: Int) {
        capacity = descriptorLimit - min(512, descriptorLimit / 2)
        self.rings = rings
        self.event = event
        self.options = options
    }

    /// Opens the events of every thread of a process that has none yet.
    /// - Parameter samples: which of them to sample; the others only report their mappings and names.
    /// - Returns: whether a thread was found that had not been seen before.
    func attach(process pid: Int32, isLaterPass: Bool, samples: (Int32) -> Bool) -> Bool {
        var foundNew = false
        for tid in ProcessFiles.tasks(of: pid) ?? [] {
            guard !attempted.contains(tid), !inherited.contains(tid) else { continue }
            attempted.insert(tid)
            foundNew = true
            if isLaterPass { mayHaveDuplicates = true }
            attach(thread: tid, samples: samples(tid))
        }
        return foundNew
    }

    private func attach(thread tid: Int32, samples: Bool) {
        let mark = events.count
        do {
            if events.count + 2 * rings.cpus.count > capacity {
                throw PerfError(
                    .tooManyFiles,
                    "no file descriptor left for thread \(tid); raise the limit with 'ulimit -n' or name fewer processes"
                )
            }
            if samples {
                for (index, cpu) in rings.cpus.enumerated() {
                    let event = try PerfEvent.sampling(event, options: options, task: tid, cpu: cpu)
                    try rings.redirectSamples(event, cpuIndex: index)
                    if let id = event.reading()?.id { owners[id] = tid }
                    events.append(Event(event, isSampling: true))
                }
            }
            for (index, cpu) in rings.cpus.enumerated() {
                let event = try PerfEvent.sideband(task: tid, cpu: cpu, inherits: true)
                try rings.redirectSideband(event, cpuIndex: index)
                events.append(Event(event, isSampling: false))
            }
            if samples {
                covered.insert(tid)
                speakers[tid] = tid
            }
        } catch {
            events.removeSubrange(mark...)
            guard let error = error as? PerfError, error.code != .noSuchTask else { return }
            if samples {
                uncovered.append(tid)
                if firstFailure == nil { firstFailure = error }
            }
        }
    }

    /// Learns which threads have inherited their events.
    package func note(_ record: SidebandRecord) {
        switch record {
        case .fork(let child, let parent):
            if inherited.count < 1 << 20 { inherited.insert(child.tid) }
            if mayHaveDuplicates, speakers[child.tid] == nil, speakers.count < 1 << 20 {
                speakers[child.tid] = speakers[parent.tid]
            }
        case .exit(let task, _):
            inherited.remove(task.tid)
            if mayHaveDuplicates { speakers[task.tid] = nil }
        default: break
        }
    }

    /// Whether records with this number come from a sampling event.
    package func isSampling(eventID: UInt64) -> Bool { owners[eventID] != nil }

    /// Whether a sample counts, or tells the same as another one.
    // hot: per sample
    package func accepts(eventID: UInt64, tid: Int32) -> Bool {
        guard mayHaveDuplicates, let owner = owners[eventID] else { return true }
        if let speaker = speakers[tid] { return speaker == owner }
        if speakers.count < 1 << 20 { speakers[tid] = owner }
        return true
    }

    /// Whether a thread or child that a covered thread started still runs. Asks procfs, since an exit record may be lost.
    package func hasLivingDescendants() -> Bool {
        inherited = inherited.filter { ProcessFiles.status(of: $0).map { !$0.isDead } ?? false }
        return !inherited.isEmpty
    }

    func enable() {
        for event in events where event.isSampling { event.event.enable() }
    }

    func disable() {
        for event in events where event.isSampling { event.event.disable() }
    }

    /// Sums of all sampling events.
    package struct Totals: Hashable, Sendable {
        /// Counts of the event.
        package var value: UInt64 = 0
        /// Samples that did not fit into a ring; nil when the kernel does not say.
        package var lost: UInt64?
    }

    package func totals() -> Totals {
        var totals = Totals()
        for event in events where event.isSampling {
            guard let reading = event.event.reading() else { continue }
            totals.value &+= reading.value
            if let lost = reading.lost { totals.lost = (totals.lost ?? 0) &+ lost }
        }
        return totals
    }
}
