internal import CTasks
internal import Glibc
internal import PerfEvents

/// A recording in progress: events on every thread of the targets, rings on every CPU, records in order of time.
///
/// Never stops, signals or traces a target. Used by one thread.
package final class SamplingSession {
    package let configuration: SamplingConfiguration
    package let rings: RingSet
    package let attachment: Attachment
    /// What the user should know about this recording, a line each.
    package private(set) var notes: [String] = []
    /// The program that was started, when the target is a command.
    package let command: LaunchedCommand?
    package let watch: TargetWatch
    /// Named target processes.
    package let processes: [Int32]

    private var merger = RecordMerger()
    /// Listing again stops here when threads appear faster than they can be attached to.
    private static let mostPasses = 64

    /// Checks the targets, opens rings and events. Sampling starts with ``start()``.
    /// - Parameter configuration: a layout that includes the kernel is reduced when the user may not see it.
    /// - Throws: ``SamplingError`` or ``PerfError``.
    package init(_ configuration: SamplingConfiguration) throws {
        var configuration = configuration
        var thread: Int32?
        switch configuration.target {
        case .processes(let pids):
            processes = pids
            command = nil
            for pid in pids { try Self.check(pid, word: "process") }
        case .thread(let tid):
            thread = tid
            try Self.check(tid, word: "thread")
            guard let pid = ProcessFiles.process(ofThread: tid) else { throw Self.gone(tid, word: "thread") }
            processes = [pid]
            command = nil
        case .command(let arguments):
            let launched = try LaunchedCommand(arguments)
            command = launched
            processes = [launched.pid]
        }
        // Only now: a launched program keeps the limit that its user set.
        let descriptorLimit = Self.raiseFileLimit()
        rings = try RingSet(cpus: ProcessFiles.onlineCPUs())
        if rings.isShrunk {
            notes.append(
                "rings are \(rings.sampleRingBytes >> 10) KiB a CPU, all that this user may lock;"
                    + " raise kernel.perf_event_mlock_kb or 'ulimit -l' if samples are lost")
        }
        watch = TargetWatch(processes: thread == nil ? processes : [], thread: thread)
        if configuration.layout.includesKernel, try Self.isKernelRefused(configuration, task: thread ?? processes[0]) {
            configuration.layout.includesKernel = false
            notes.append(
                "user space only: this user may not sample the kernel (kernel.perf_event_paranoid is "
                    + "\(KernelLimits.current().paranoid.map(String.init) ?? "unknown")); run as root to see it")
        }
        self.configuration = configuration
        attachment = Attachment(
            rings: rings, event: configuration.event,
            options: PerfEvent.Options(
                layout: configuration.layout, rate: configuration.rate,
                inherits: configuration.inherits && thread == nil, startsAtExec: command != nil),
            descriptorLimit: descriptorLimit)
    }

    // MARK: Attaching

    /// Attaches to every thread; `handler` receives the side-band records that arrive meanwhile.
    package func attach(into handler: inout some RecordHandler & ~Copyable) throws {
        var pass = 0
        var thread: Int32?
        if case .thread(let tid) = configuration.target { thread = tid }
        var foundNew = true
        while foundNew, pass < Self.mostPasses {
            foundNew = false
            for pid in processes {
                let found = attachment.attach(process: pid, isLaterPass: pass > 0) { thread == nil || $0 == thread }
                foundNew = found || foundNew
            }
            // Fork records tell which of the threads of the next pass are covered already.
            drain(into: &handler)
            drain(into: &handler)
            pass += 1
        }
        if attachment.covered.isEmpty {
            if let failure = attachment.firstFailure { throw failure }
            throw Self.gone(thread ?? processes[0], word: thread == nil ? "process" : "thread")
        }
        for pid in processes where ProcessFiles.tasks(of: pid) == nil {
            notes.append("process \(pid) exited while it was being attached to")
        }
        if let failure = attachment.firstFailure {
            let listed = attachment.uncovered.prefix(8).map(String.init).joined(separator: ", ")
            let rest = attachment.uncovered.count > 8 ? ", …" : ""
            notes.append(
                "\(attachment.uncovered.count) threads are not covered (\(listed)\(rest)): \(failure.description)")
        }
        keepOffTargetCPUs()
    }

    /// Starts sampling: at once, or when the launched program executes.
    package func start() throws {
        if let command, case .command(let arguments) = configuration.target {
            try command.release(name: arguments[0])
        } else {
            attachment.enable()
        }
    }

    /// Stops sampling; what is in the rings stays.
    package func stop() { attachment.disable() }

    // MARK: Reading

    /// Hands on the records that are safe to order.
    package func drain(into handler: inout some RecordHandler & ~Copyable) {
        merger.round(rings, into: &handler)
        // Two rounds are needed to hand on what a burst has just written; a full ring cannot wait for the next one.
        if rings.isAnyHalfFull { merger.round(rings, into: &handler) }
    }

    /// Hands on everything that is left.
    package func drainAll(into handler: inout some RecordHandler & ~Copyable) {
        merger.round(rings, isFinal: true, into: &handler)
    }

    /// Records that came out of order, or made no sense.
    package var lateCount: Int { merger.lateCount }

    /// Room for 8,192 CPUs.
    private static let affinityBytes = 1024

    // MARK: Checks

    private static func gone(_ id: Int32, word: String) -> SamplingError {
        SamplingError(.noSuchProcess, "there is no \(word) \(id); it may have exited: see 'ps -e'")
    }

    private static func check(_ id: Int32, word: String) throws {
        guard let status = ProcessFiles.status(of: id) else { throw gone(id, word: word) }
        if status.isDead {
            throw SamplingError(
                .notSampleable, "\(word) \(id) (\(status.name)) has exited and waits for its parent to reap it")
        }
        if status.isKernelThread {
            throw SamplingError(
                .notSampleable,
                "\(id) (\(status.name)) is a kernel thread and has no user stack; name a user process")
        }
    }

    /// Whether this user may see the target's user space but not the kernel.
    /// - Throws: whatever else is wrong with the event.
    private static func isKernelRefused(_ configuration: SamplingConfiguration, task: Int32) throws -> Bool {
        let options = PerfEvent.Options(
            layout: configuration.layout, rate: configuration.rate, inherits: false, startsAtExec: false)
        do {
            _ = try PerfEvent.sampling(configuration.event, options: options, task: task, cpu: -1)
            return false
        } catch let error as PerfError where error.code == .notPermitted {
            return true
        }
    }

    /// Raises the soft limit of open files to the hard one.
    /// - Returns: the limit.
    private static func raiseFileLimit() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        return Int(clamping: setrlimit(resource, &limit) == 0 ? limit.rlim_max : soft)
    }

    /// Moves the reader to the CPUs that no target thread may run on, when there are any.
    private func keepOffTargetCPUs() {
        guard command == nil else { return }
        var own = [UInt8](repeating: 0, count: Self.affinityBytes)
        guard ts_affinity_get(0, &own, own.count) == 0 else { return }
        var free = own
        var theirs = own
        for tid in attachment.covered {
            guard ts_affinity_get(tid, &theirs, theirs.count) == 0 else { return }
            for index in free.indices { free[index] &= ~theirs[index] }
        }
        if free.contains(where: { $0 != 0 }) { _ = ts_affinity_set(0, free, free.count) }
    }
}
