internal import Glibc
internal import PerfEvents
package import ProfileModel
package import Sampling

/// Runs one recording from attach to finished profile.
package final class Recorder {
    package let session: SamplingSession
    private let plan: RecordingPlan
    private let stop: StopSignal
    private var aggregator: SampleAggregator
    private let writer: CheckpointWriter
    private var startTime: UInt64 = 0
    private var startWallClock: Int64 = 0
    private let startCPU: Double

    /// Longest wait for records: bounds how old the live numbers are.
    private static let longestWait = 0.1
    /// Wait while something is to be learned from the next samples.
    private static let eagerWait = 0.01
    /// Nanoseconds in which the captures find their size.
    private static let eagerStart: UInt64 = 500_000_000

    /// Attaches to the targets; sampling starts with ``run(progress:)``.
    /// - Parameters:
    ///   - writeCheckpoint: writes a profile so that it is whole or not there at all; called on another thread.
    /// - Throws: ``SamplingError`` or ``PerfError``.
    package init(
        _ configuration: SamplingConfiguration, plan: RecordingPlan, stop: StopSignal,
        writeCheckpoint: @escaping @Sendable (Profile) throws -> Void
    ) throws {
        self.plan = plan
        self.stop = stop
        startCPU = Self.cpuSeconds()
        session = try SamplingSession(configuration)
        aggregator = SampleAggregator(
            attachment: session.attachment, layout: session.configuration.layout, plan: plan)
        writer = CheckpointWriter(
            assembler: ProfileAssembler(event: configuration.event, symbolization: plan.symbolization),
            write: writeCheckpoint)
        try session.attach(into: &aggregator)
        // Side-band events are open now: nothing that is mapped from here on can be missed.
        for pid in session.processes { aggregator.discover(pid) }
    }

    /// Samples until the plan's end, the targets' exit or a signal.
    /// - Parameter progress: called about ten times a second.
    package func run(progress: (RecordingProgress) -> Void) throws -> RecordingResult {
        startWallClock = Self.wallClock()
        startTime = MonotonicClock.now()
        try session.start()
        let deadline = plan.duration.map { startTime + UInt64($0 * 1e9) }
        var nextCheckpoint = startTime + UInt64(plan.checkpointInterval * 1e9)
        var requests: [pollfd] = []
        while true {
            let now = MonotonicClock.now()
            if let deadline, now >= deadline { break }
            if stop.signal != 0 || targetsHaveEnded() { break }
            wait(&requests, until: min(deadline ?? .max, nextCheckpoint), now: now)
            session.drain(into: &aggregator)
            aggregator.settle()
            progress(currentProgress())
            if MonotonicClock.now() >= nextCheckpoint {
                nextCheckpoint = MonotonicClock.now() + UInt64(plan.checkpointInterval * 1e9)
                writer.start(snapshot(isFinal: false), metadata: metadata())
            }
        }
        session.stop()
        let end = MonotonicClock.now()
        session.drainAll(into: &aggregator)
        let raw = snapshot(isFinal: true)
        let profile = writer.finish(raw, metadata: metadata(end: end))
        return RecordingResult(
            profile: profile, elapsedSeconds: Double(end - startTime) / 1e9,
            ownCPUSeconds: Self.cpuSeconds() - startCPU,
            warnings: warnings(profile.metadata.quality ?? RecordingQuality()))
    }

    /// Waits for the launched program, with the stop signal passed on when it was meant for us alone.
    /// - Returns: the program's exit status as a shell reports it; nil when the target was not a command.
    package func waitForCommand() -> Int32? {
        guard let command = session.command else { return nil }
        var isPassedOn = false
        var requests: [pollfd] = []
        while !session.watch.haveAllEnded {
            if stop.signal != 0, !isPassedOn {
                isPassedOn = true
                if stop.cameFromProcess { kill(command.pid, stop.signal) }
            }
            requests = session.watch.pollDescriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            if !isPassedOn { requests.append(pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0)) }
            poll(&requests, nfds_t(requests.count), session.watch.pollDescriptors.isEmpty ? 20 : -1)
            session.watch.update()
        }
        return command.wait().status
    }

    private func targetsHaveEnded() -> Bool {
        guard session.watch.haveAllEnded else { return false }
        // Threads and children that the targets started are targets too, unless the target was a command.
        return session.command != nil || !session.attachment.hasLivingDescendants()
    }

    private func wait(_ requests: inout [pollfd], until limit: UInt64, now: UInt64) {
        requests.removeAll(keepingCapacity: true)
        requests.append(pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0))
        let watched = session.watch.pollDescriptors
        for file in watched { requests.append(pollfd(fd: file, events: Int16(POLLIN), revents: 0)) }
        for file in session.rings.pollDescriptors {
            requests.append(pollfd(fd: file, events: Int16(POLLIN), revents: 0))
        }
        let isEager = aggregator.isEager || now &- startTime < Self.eagerStart
        let seconds = min(isEager ? Self.eagerWait : Self.longestWait, limit > now ? Double(limit - now) / 1e9 : 0)
        let ready = poll(&requests, nfds_t(requests.count), Int32((seconds * 1000).rounded(.up)))
        if ready > 0, requests[1..<(1 + watched.count)].contains(where: { $0.revents != 0 }) { session.watch.update() }
        if watched.isEmpty { session.watch.update() }
    }

    // MARK: Numbers

    private func currentProgress() -> RecordingProgress {
        RecordingProgress(
            elapsedSeconds: Double(MonotonicClock.now() - startTime) / 1e9, samples: aggregator.received,
            lost: aggregator.lostByRecords, threads: aggregator.processes.threadCount,
            ownCPUSeconds: Self.cpuSeconds() - startCPU)
    }

    private func snapshot(isFinal: Bool) -> RawProfile {
        var raw = aggregator.snapshot()
        raw.quality.lost = aggregator.lostByRecords
        raw.quality.uncovered = Int64(session.attachment.uncovered.count)
        if isFinal {
            let totals = session.attachment.totals()
            if let lost = totals.lost { raw.quality.lost = Int64(clamping: lost) }
            raw.quality.expected = expected(totals.value)
        }
        return raw
    }

    /// Samples that the counters imply; nil when the period varied or some samples were not wanted.
    private func expected(_ count: UInt64) -> Int64? {
        let configuration = session.configuration
        let period: UInt64
        switch configuration.rate {
        case .period(let counts): period = counts
        case .frequency(let hertz):
            guard configuration.event.unit == "nanoseconds" else { return nil }
            period = 1_000_000_000 / hertz
        }
        // The clocks count kernel time too, but take no sample in it when the kernel is excluded.
        guard period > 0, configuration.layout.includesKernel else { return nil }
        return max(0, Int64(clamping: count / period) - aggregator.duplicates)
    }

    private func metadata(end: UInt64 = MonotonicClock.now()) -> Profile.Metadata {
        var metadata = Profile.Metadata()
        metadata.timeNanoseconds = startWallClock
        metadata.durationNanoseconds = Int64(clamping: end - startTime)
        let event = session.configuration.event
        metadata.periodType = SampleType(
            name: event.unit == "nanoseconds" ? "cpu" : event.name, unit: event.unit)
        switch session.configuration.rate {
        case .period(let count): metadata.period = Int64(clamping: count)
        case .frequency(let hertz):
            metadata.period = event.unit == "nanoseconds" ? 1_000_000_000 / Int64(clamping: hertz) : 0
        }
        metadata.comments = plan.comments
        metadata.comments.append("records: \(aggregator.recordBytes) bytes, none of them written to disk")
        if aggregator.completedFrames > 0 {
            metadata.comments.append(
                "\(aggregator.completedFrames) frames beyond the captured stack, proved by watched return addresses")
        }
        if aggregator.chainedFrames > 0 {
            metadata.comments.append(
                "\(aggregator.chainedFrames) frames from frame-pointer chains, proved by the unwind tables")
        }
        if aggregator.recoveredLeaves > 0 {
            metadata.comments.append(
                "\(aggregator.recoveredLeaves) samples in functions without unwind information: caller proved by its call"
            )
        }
        return metadata
    }

    private func warnings(_ quality: RecordingQuality) -> [String] {
        var warnings: [String] = []
        if let expected = quality.expected, expected >= 100, (quality.received + quality.lost) * 10 < expected * 9 {
            warnings.append(
                "only \(quality.received) of \(expected) expected samples arrived: the kernel's timer loses ticks"
                    + " where tasks switch or end within a sampling period; try a higher -F")
        }
        let deep = aggregator.deeperThanCapture
        if deep * 100 > quality.received, case .registersAndStack(let bytes) = session.configuration.layout.callGraph {
            let remedy =
                bytes < SampleLayout.maximumStackBytes && !plan.adaptsCapture
                ? "\(bytes) bytes; leave it to --call-graph auto, or capture more with --stack-size"
                : "bytes, and what they go on to could not be proved"
            warnings.append("\(deep) stacks are deeper than the captured \(remedy)")
        }
        if aggregator.lostSideband > 0 {
            warnings.append(
                "\(aggregator.lostSideband) records about mappings and threads were lost: some frames may be misnamed")
        }
        if aggregator.malformed > 0 {
            warnings.append("\(aggregator.malformed) records made no sense and were skipped")
        }
        if let path = aggregator.unreadablePaths.first {
            let others = aggregator.unreadablePaths.count - 1
            warnings.append(
                "cannot read \(path)\(others > 0 ? " and \(others) other files" : ""): their frames end stacks")
        }
        let names = writer.nameWarnings
        warnings += names.prefix(3)
        if names.count > 3 { warnings.append("\(names.count - 3) more such statements about symbols are left out") }
        if let failure = writer.takeFailure() { warnings.append("a checkpoint could not be written: \(failure)") }
        return warnings
    }

    /// CPU time of this process, user and system.
    private static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func wallClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
