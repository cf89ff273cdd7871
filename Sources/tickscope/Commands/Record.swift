import ArgumentParser
import PerfEvents
import ProfileFormats
import ProfileModel
import Profiling
import Sampling

/// `tickscope record`: sample a running process, or launch one.
struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sample a running process, or launch one, and write a profile.",
        discussion: """
            Samples every thread of the target without stopping, tracing or signalling it, until --duration is over, \
            the target exits, or Ctrl-C. The profile is gzip'd pprof: 'tickscope report', 'tickscope flame' and \
            'go tool pprof' read it.

            EXAMPLES
              tickscope record -p 4242 -d 10
              tickscope record -p $(pidof engine) -o engine.pb.gz
              tickscope record -F 4999 -- ./engine --replay day.itch
              tickscope record -p 4242 -e page-faults -c 1
              tickscope record -p 4242 -d 10 --fail-on 'lost>0,truncated>5%'

            EXIT STATUS
              0  recorded; a launched program's own status otherwise
              1  failed
              2  wrong usage
              3  a --fail-on condition holds
            """)

    @Option(
        name: [.customShort("p"), .customLong("pid")],
        help: ArgumentHelp("Attach to running processes.", valueName: "pid[,pid…]"))
    var processes: String?

    @Option(name: [.customShort("t"), .customLong("tid")], help: "Attach to one thread.")
    var thread: Int32?

    @Option(name: [.short, .long], help: ArgumentHelp("Stop after this long.", valueName: "seconds"))
    var duration: Double?

    @Option(
        name: [.customShort("F"), .customLong("frequency")],
        help: ArgumentHelp("Samples per second and thread (default: 999).", valueName: "hz"))
    var frequency: UInt64?

    @Option(
        name: [.customShort("c"), .customLong("period")],
        help: ArgumentHelp("Take a sample every so many events instead.", valueName: "count"))
    var period: UInt64?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            """
            Event to sample on: cpu-clock, task-clock, cycles, instructions, cache-misses, branch-misses, page-faults, \
            context-switches, or a tracepoint as subsystem:name (default: cycles where there is a PMU, else cpu-clock).
            """, valueName: "event"))
    var event: String?

    @Option(
        name: .customLong("call-graph"),
        help: """
            How to follow stacks: by unwind tables over as many stack bytes as each thread needs (auto), starting with \
            1 KiB and the kernel's frame pointers (hybrid), over a fixed number of bytes (dwarf), or by frame pointers \
            alone (fp).
            """)
    var callGraph: CallGraphMode = .auto

    @Option(
        name: .customLong("stack-size"),
        help: ArgumentHelp(
            "Stack bytes that each sample captures, at first unless --call-graph is dwarf; at most 65528.",
            valueName: "bytes"))
    var stackSize: UInt32?

    @Flag(name: .customLong("no-kernel"), help: "Leave kernel frames out.")
    var excludesKernel = false

    @Flag(name: .customLong("no-inherit"), help: "Leave out threads and processes that the target starts later.")
    var doesNotInherit = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("File to write (default: the program's name with .pb.gz).", valueName: "file"))
    var output: String?

    @OptionGroup var options: ProfileOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Program to launch, with its arguments.", valueName: "-- command"))
    var command: [String] = []

    enum CallGraphMode: String, ExpressibleByArgument, CaseIterable {
        case auto, hybrid, dwarf, fp
    }

    /// The stack that samples capture, to begin with, bytes.
    private func captureBytes(_ rate: SamplingRate) -> UInt32 {
        if let stackSize { return stackSize & ~7 }
        return switch callGraph {
        case .auto: CapturePolicy.initialBytes(frequency: rate.hertz)
        case .hybrid: 1024
        case .dwarf, .fp: 16_384
        }
    }

    func validate() throws {
        let targets = [processes != nil, thread != nil, !command.isEmpty].count { $0 }
        guard targets == 1 else {
            throw ValidationError("name one target: -p PID, -t TID, or -- COMMAND")
        }
        if let processes, processIDs(processes) == nil {
            throw ValidationError("'\(processes)' is not a list of process ids such as 4242 or 4242,4243")
        }
        if let thread, thread <= 0 { throw ValidationError("a thread id is a positive number") }
        if let duration, !(duration > 0 && duration < 1e8) {
            throw ValidationError("--duration is a positive number of seconds")
        }
        if frequency != nil, period != nil { throw ValidationError("give either -F or -c, not both") }
        if frequency == 0 { throw ValidationError("-F is at least 1 sample a second") }
        if period == 0 { throw ValidationError("-c is at least 1 event") }
        guard (8...SampleLayout.maximumStackBytes).contains(stackSize ?? 8) else {
            throw ValidationError("--stack-size is between 8 and \(SampleLayout.maximumStackBytes) bytes")
        }
    }

    private func processIDs(_ list: String) -> [Int32]? {
        let ids = list.split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) }
        guard ids.allSatisfy({ $0 ?? 0 > 0 }) else { return nil }
        return ids.compactMap { $0 }.reduce(into: []) { unique, id in if !unique.contains(id) { unique.append(id) } }
    }

    func run() throws {
        let console = RecordingConsole(isQuiet: options.quiet)
        let event = try chooseEvent(console)
        let rate = chooseRate(event, console)
        let layout = SampleLayout(
            callGraph: callGraph == .fp ? .framePointers : .registersAndStack(bytes: captureBytes(rate)),
            includesKernel: !excludesKernel, includesUserChain: callGraph != .dwarf)
        let target: SamplingConfiguration.Target =
            if let processes, let ids = processIDs(processes) { .processes(ids) } else if let thread {
                .thread(thread)
            } else { .command(command) }
        let configuration = SamplingConfiguration(
            target: target, event: event, rate: rate, layout: layout, inherits: !doesNotInherit)

        let path = output ?? defaultOutput(target)
        try AtomicFile.check(path)
        let stop = StopSignal { AtomicFile.discard(path) }
        var plan = RecordingPlan(
            duration: duration, comments: [comment(event, rate, layout)], unwinder: options.unwinder)
        plan.adaptsCapture = callGraph == .auto || callGraph == .hybrid
        plan.frequency = rate.hertz
        plan.completesStacks = callGraph == .auto || callGraph == .hybrid
        plan.symbolization = options.symbols.options
        let recorder = try Recorder(configuration, plan: plan, stop: stop) { profile in
            if profile.samples.count > 0 { try AtomicFile.write(PprofFormat().encode(profile), to: path) }
        }
        for note in recorder.session.notes { console.note(note) }
        let result = try recorder.run { console.show($0) }
        console.clear()
        let status = try finish(result, recorder: recorder, path: path, console: console)
        if status != 0 { throw ExitCode(status) }
    }

    /// Writes and reports a finished recording.
    /// - Returns: the exit status.
    private func finish(
        _ result: RecordingResult, recorder: Recorder, path: String, console: RecordingConsole
    ) throws -> Int32 {
        for warning in result.warnings { console.warning(warning) }
        let isEmpty = result.profile.samples.count == 0
        if !isEmpty {
            try AtomicFile.write(PprofFormat().encode(result.profile), to: path)
            console.summarize(result, path: path)
        }
        let childStatus = recorder.waitForCommand()
        if let childStatus, childStatus != 0 { return childStatus }
        if isEmpty { throw EmptyRecording(seconds: result.elapsedSeconds, event: recorder.session.configuration.event) }
        return try options.status(of: result.profile.metadata.quality, console)
    }

    // MARK: Choices

    private func chooseEvent(_ console: RecordingConsole) throws -> EventSpecification {
        if let event {
            let chosen = try EventSpecification.named(event)
            if chosen.needsHardware, !PerfEvent.isAvailable(chosen) { throw UnavailableEvent(event: chosen) }
            return chosen
        }
        if PerfEvent.isAvailable(.cycles) { return .cycles }
        console.note("no hardware counters on this machine: sampling on cpu-clock")
        return .cpuClock
    }

    private func chooseRate(_ event: EventSpecification, _ console: RecordingConsole) -> SamplingRate {
        if let period { return .period(period) }
        if frequency == nil, event.defaultsToPeriod { return .period(1) }
        let wanted = frequency ?? 999
        if let maximum = KernelLimits.current().maximumSampleRate, wanted > UInt64(maximum) {
            console.note("frequency capped at kernel.perf_event_max_sample_rate, \(maximum) Hz")
            return .frequency(UInt64(maximum))
        }
        return .frequency(wanted)
    }

    private func defaultOutput(_ target: SamplingConfiguration.Target) -> String {
        let name: String? =
            switch target {
            case .processes(let ids): ids.first.flatMap { ProcessFiles.status(of: $0)?.name }
            case .thread(let tid): ProcessFiles.status(of: tid)?.name
            case .command(let arguments): arguments[0].split(separator: "/").last.map(String.init)
            }
        let plain = (name ?? "profile").map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" }
        return String(plain) + ".pb.gz"
    }

    private func comment(_ event: EventSpecification, _ rate: SamplingRate, _ layout: SampleLayout) -> String {
        let often =
            switch rate {
            case .frequency(let hertz): "\(hertz) Hz"
            case .period(let count): "every \(count)"
            }
        let graph =
            switch layout.callGraph {
            case .registersAndStack(let bytes):
                callGraph == .dwarf ? "dwarf \(bytes) bytes" : "\(callGraph.rawValue) from \(bytes) bytes"
            case .framePointers: "frame pointers"
            }
        return "tickscope \(TickscopeCommand.version): event \(event.name), \(often), call graph \(graph)"
            + (layout.includesKernel ? "" : ", user space only")
    }
}

/// A recording without a single sample.
struct EmptyRecording: Error, CustomStringConvertible {
    var seconds: Double
    var event: EventSpecification

    var description: String {
        let length = String((seconds * 10).rounded() / 10)
        let remedy =
            event.unit == "nanoseconds"
            ? "the target used no CPU; record while it works, or for longer (-d)"
            : "the event did not happen; record for longer (-d) or with a smaller period (-c)"
        return "no sample in \(length) s of '\(event.name)', nothing written: \(remedy)"
    }
}

/// A hardware event on a machine that does not count it.
struct UnavailableEvent: Error, CustomStringConvertible {
    var event: EventSpecification

    var description: String {
        let available = EventSpecification.all.filter { PerfEvent.isAvailable($0) }.map(\.name)
        let list =
            available.isEmpty
            ? "perf_event_open is not permitted here" : "there are \(available.joined(separator: ", "))"
        return "event '\(event.name)' needs a hardware counter that this machine does not offer; \(list)"
    }
}
