internal import PerfEvents

// The kernel fixes the size of the captured stack when an event is opened, so another size takes another event.
extension Attachment {
    /// The thread whose events sample a thread: itself, or the one that it inherited them from.
    package func owner(ofEvent id: UInt64) -> Int32? { owners[id] }

    /// Largest stack that samples can capture here, bytes; more than a record holds where the kernel lets a program
    /// write the rest.
    package func findLargestCapture() -> UInt32 {
        guard stackTail == nil else { return StackTail.reach }
        guard hasRoomToSpare, let tail = StackTail(cpus: rings.cpus) else { return SampleLayout.maximumStackBytes }
        for (index, cpu) in rings.cpus.enumerated() {
            let isOpen: Void? = try? tail.addOutput(cpu: cpu) { try rings.redirectSamples($0, cpuIndex: index) }
            guard isOpen != nil else { return SampleLayout.maximumStackBytes }
        }
        stackTail = tail
        return StackTail.reach
    }

    /// Whether an event was replaced by one with another capture.
    package func isRetired(eventID: UInt64) -> Bool { retired.contains(eventID) }

    /// Replaces the sampling events of a thread, and of all threads that inherited them, by events that capture another
    /// number of stack bytes. Each of these threads then has events of its own.
    ///
    /// The old events stop before the new ones start: for some tens of microseconds nothing is sampled, and nothing
    /// twice. Threads that are started meanwhile are found by their fork records and attached to by
    /// ``adoptOrphans()``.
    /// - Returns: the threads that capture the new size now; empty when there were no descriptors for more events, and
    ///   then nothing has changed.
    package func recapture(owner: Int32, bytes: UInt32) -> [Int32] {
        guard case .registersAndStack = options.layout.callGraph else { return [] }
        let old = events.filter { $0.isSampling && $0.thread == owner }
        // Fork records come from all threads, also where what they start is not to be sampled.
        let heirs = options.inherits ? inherited.filter { $0.value == owner }.map(\.key) : []
        let threads = [owner] + heirs
        guard !old.isEmpty, events.count + threads.count * rings.cpus.count <= capacity else { return [] }
        var renewed: [Int32] = []
        var opened: [Event] = []
        for tid in threads {
            guard let events = open(thread: tid, bytes: bytes) else { continue }
            opened += events
            renewed.append(tid)
        }
        guard !renewed.isEmpty else { return [] }
        for event in old { event.event.disable() }
        for event in opened { event.event.enable() }
        let now = MonotonicClock.now()
        for event in old {
            retiredTotals.add(event.event.reading())
            retired.insert(event.id)
        }
        events.removeAll { $0.isSampling && $0.thread == owner }
        events += opened
        for event in opened { owners[event.id] = event.thread }
        for tid in renewed {
            inherited[tid] = nil
            covered.insert(tid)
            captureBytes[tid] = bytes
            if mayHaveDuplicates { speakers[tid] = tid }
        }
        for tid in threads { replacedTime[tid] = now }
        return renewed
    }

    /// Attaches to the threads that were started while the events of their parents were being replaced.
    /// - Returns: whether there were any.
    package func adoptOrphans() -> Bool {
        guard !orphans.isEmpty else { return false }
        for orphan in orphans where !covered.contains(orphan.tid) {
            guard events.count + rings.cpus.count <= capacity,
                let opened = open(thread: orphan.tid, bytes: orphan.captureBytes ?? options.layout.userStackBytes)
            else { continue }
            for event in opened {
                owners[event.id] = orphan.tid
                event.event.enable()
            }
            events += opened
            covered.insert(orphan.tid)
            inherited[orphan.tid] = nil
            // It may have inherited the new events too: its own speak for it.
            mayHaveDuplicates = true
            speakers[orphan.tid] = orphan.tid
        }
        orphans.removeAll()
        return true
    }

    /// Opens the sampling events of one thread on every CPU, disabled; nil when the thread is gone.
    private func open(thread tid: Int32, bytes: UInt32) -> [Event]? {
        var options = options
        options.layout.callGraph = .registersAndStack(bytes: min(bytes, SampleLayout.maximumStackBytes))
        options.startsAtExec = false
        let tail = bytes > SampleLayout.maximumStackBytes ? stackTail : nil
        var opened: [Event] = []
        for (index, cpu) in rings.cpus.enumerated() {
            guard let event = try? PerfEvent.sampling(event, options: options, task: tid, cpu: cpu),
                (try? rings.redirectSamples(event, cpuIndex: index)) != nil
            else { return nil }
            if let tail, !tail.attach(to: event) { return nil }
            opened.append(Event(event, isSampling: true, thread: tid))
        }
        return opened
    }
}
