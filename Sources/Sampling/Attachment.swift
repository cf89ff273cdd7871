internal import Glibc
package import PerfEvents

/// The open events on the threads of the targets.
///
/// For each (thread, CPU) there is a sampling event, then a side-band event, in this order: a fork record proves that
/// the new thread inherited every sampling event of its parent. Threads that start between the listing of a process
/// and the opening of their parents' events are found by listing again until a pass finds nothing new. Such a thread
/// may have inherited events *and* be attached to directly; ``accepts(eventID:tid:)`` then keeps one of the two.
package final class Attachment {
    final class Event {
        let event: PerfEvent
        let isSampling: Bool
        /// The thread that it was opened on.
        let thread: Int32
        let id: UInt64

        init(_ event: consuming PerfEvent, isSampling: Bool, thread: Int32) {
            self.isSampling = isSampling
            self.thread = thread
            id = event.reading()?.id ?? 0
            self.event = event
        }
    }

    let rings: RingSet
    let event: EventSpecification
    let options: PerfEvent.Options
    var events: [Event] = []
    /// The thread for which an event was opened, by the event's number in records.
    var owners: [UInt64: Int32] = [:]
    /// Numbers of events that were replaced; what they have written is still to be read.
    var retired: Set<UInt64> = []
    /// What the replaced events have counted.
    var retiredTotals = Totals()
    private var attempted: Set<Int32> = []
    /// Threads known to have inherited all events of a covered one, and the thread that these were opened on.
    var inherited: [Int32: Int32] = [:]
    /// The thread whose events speak for a thread, once duplicates are possible.
    var speakers: [Int32: Int32] = [:]
    var mayHaveDuplicates = false
    /// When the events of a thread were replaced: what it started before inherited those that are gone.
    var replacedTime: [Int32: UInt64] = [:]
    /// Threads whose inherited events are gone, with the capture that they had.
    var orphans: [(tid: Int32, captureBytes: UInt32?)] = []

    /// Writes what of a stack a sample has no room for; nil where that cannot be had, or is not needed.
    package internal(set) var stackTail: StackTail?

    /// Stack bytes that a thread's own events capture, where that is not what the recording began with.
    var captureBytes: [Int32: UInt32] = [:]

    /// Threads with events of their own.
    package internal(set) var covered: Set<Int32> = []
    /// Threads that exist but could not be attached to, and why the first of them could not.
    package private(set) var uncovered: [Int32] = []
    package private(set) var firstFailure: PerfError?

    /// Most events to open: the rest of the process's descriptors is for the files of the targets and for our own.
    let capacity: Int

    /// Whether there are descriptors for what is not needed to sample at all.
    package var hasRoomToSpare: Bool { capacity >= 256 }

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
            guard !attempted.contains(tid), inherited[tid] == nil else { continue }
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
                    let opened = Event(event, isSampling: true, thread: tid)
                    owners[opened.id] = tid
                    events.append(opened)
                }
            }
            for (index, cpu) in rings.cpus.enumerated() {
                let event = try PerfEvent.sideband(task: tid, cpu: cpu, inherits: true)
                try rings.redirectSideband(event, cpuIndex: index)
                events.append(Event(event, isSampling: false, thread: tid))
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
    package func note(_ record: SidebandRecord, time: UInt64) {
        switch record {
        case .fork(let child, let parent):
            let owner = inherited[parent.tid] ?? parent.tid
            if inherited.count < 1 << 20 { inherited[child.tid] = owner }
            if options.inherits, let replaced = replacedTime[parent.tid], time < replaced {
                orphans.append((child.tid, captureBytes[parent.tid]))
            }
            if mayHaveDuplicates, speakers[child.tid] == nil, speakers.count < 1 << 20 {
                speakers[child.tid] = speakers[parent.tid]
            }
        case .exit(let task, _):
            inherited[task.tid] = nil
            replacedTime[task.tid] = nil
            captureBytes[task.tid] = nil
            if mayHaveDuplicates { speakers[task.tid] = nil }
        default: break
        }
    }

    /// Whether records with this number come from a sampling event.
    package func isSampling(eventID: UInt64) -> Bool { owners[eventID] != nil }

    /// Whether a sample counts, or tells the same as another one.
    // hot: per sample
    package func accepts(eventID: UInt64, tid: Int32) -> Bool {
        guard mayHaveDuplicates, let owner = owners[eventID], !retired.contains(eventID) else { return true }
        if let speaker = speakers[tid] { return speaker == owner }
        if speakers.count < 1 << 20 { speakers[tid] = owner }
        return true
    }

    /// Whether a thread or child that a covered thread started still runs. Asks procfs, since an exit record may be lost.
    package func hasLivingDescendants() -> Bool {
        inherited = inherited.filter { ProcessFiles.status(of: $0.key).map { !$0.isDead } ?? false }
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

        mutating func add(_ reading: PerfEvent.Reading?) {
            guard let reading else { return }
            value &+= reading.value
            if let lost = reading.lost { self.lost = (self.lost ?? 0) &+ lost }
        }
    }

    package func totals() -> Totals {
        var totals = retiredTotals
        for event in events where event.isSampling { totals.add(event.event.reading()) }
        return totals
    }
}
