internal import CPerfEvents
internal import Glibc

/// One open event of the kernel. Owns the descriptor.
package struct PerfEvent: ~Copyable {
    let descriptor: Int32

    deinit { close(descriptor) }

    /// What an event's counter said.
    package struct Reading: Hashable, Sendable {
        /// Counts, those of inherited events included.
        package var value: UInt64
        /// Nanoseconds that the event was wanted, and that it really counted.
        package var enabledNanoseconds: UInt64
        package var runningNanoseconds: UInt64
        /// The number by which records name the event.
        package var id: UInt64
        /// Samples that did not fit into the ring; nil before Linux 6.0.
        package var lost: UInt64?
    }

    /// Options of a sampling event that are independent of what is counted.
    package struct Options: Sendable {
        package var layout: SampleLayout
        /// Samples per second, or counts per sample.
        package var rate: SamplingRate
        package var inherits: Bool
        package var startsAtExec: Bool

        package init(layout: SampleLayout, rate: SamplingRate, inherits: Bool, startsAtExec: Bool) {
            self.layout = layout
            self.rate = rate
            self.inherits = inherits
            self.startsAtExec = startsAtExec
        }
    }

    private init(_ spec: ts_perf_spec, event: EventSpecification, task: Int32, cpu: Int32) throws {
        var spec = spec
        spec.type = event.type
        spec.config = event.config
        let result = ts_perf_open(&spec, task, cpu)
        guard result >= 0 else {
            throw PerfError(opening: event, task: task, errno: -result, limits: KernelLimits.current())
        }
        descriptor = result
    }

    private static let readFormat =
        UInt64(PERF_FORMAT_TOTAL_TIME_ENABLED.rawValue) | UInt64(PERF_FORMAT_TOTAL_TIME_RUNNING.rawValue)
        | UInt64(PERF_FORMAT_ID.rawValue)
    private static let readFormatWithLost = readFormat | UInt64(PERF_FORMAT_LOST.rawValue)

    /// Whether the kernel counts lost samples per event (Linux 6.0); found out once, on a counter of our own.
    private static let countsLost: Bool = {
        var spec = ts_perf_spec()
        spec.flags = UInt32(TS_PERF_DISABLED | TS_PERF_EXCLUDE_KERNEL)
        spec.read_format = readFormatWithLost
        return (try? PerfEvent(spec, event: .dummy, task: 0, cpu: -1)) != nil
    }()

    /// Opens a sampling event on one task and one CPU, disabled.
    package static func sampling(
        _ event: EventSpecification, options: Options, task: Int32, cpu: Int32
    ) throws -> PerfEvent {
        var spec = ts_perf_spec()
        var flags = TS_PERF_DISABLED | TS_PERF_EXCLUDE_HV
        if options.inherits { flags |= TS_PERF_INHERIT }
        if options.startsAtExec { flags |= TS_PERF_ENABLE_ON_EXEC }
        if !options.layout.includesKernel {
            flags |= TS_PERF_EXCLUDE_KERNEL | TS_PERF_NO_KERNEL_CALLCHAIN
        }
        if !options.layout.includesUserChain { flags |= TS_PERF_NO_USER_CALLCHAIN }
        switch options.rate {
        case .frequency(let hertz):
            flags |= TS_PERF_FREQUENCY
            spec.period = hertz
        case .period(let count):
            spec.period = count
        }
        spec.flags = UInt32(flags)
        spec.sample_type = options.layout.sampleType
        spec.read_format = countsLost ? readFormatWithLost : readFormat
        spec.user_registers = options.layout.hasUserRegisters ? UserRegisters.mask : 0
        spec.user_stack_bytes = options.layout.userStackBytes
        return try PerfEvent(spec, event: event, task: task, cpu: cpu)
    }

    /// Opens the carrier of side-band records (mappings, names, forks, exits) of one task on one CPU, running.
    package static func sideband(task: Int32, cpu: Int32, inherits: Bool) throws -> PerfEvent {
        var spec = ts_perf_spec()
        var flags =
            TS_PERF_SIDEBAND | TS_PERF_EXCLUDE_KERNEL | TS_PERF_EXCLUDE_HV
        if inherits { flags |= TS_PERF_INHERIT }
        spec.flags = UInt32(flags)
        spec.period = 1
        spec.sample_type = SampleLayout.commonFields
        spec.read_format = readFormat
        return try PerfEvent(spec, event: .dummy, task: task, cpu: cpu)
    }

    /// Opens an event that never fires, on the calling thread, to own a CPU's ring: unlike the events of a target it
    /// cannot end before the recording does.
    /// - Parameter wakeupBytes: unread bytes that wake whoever polls ``pollDescriptor``.
    package static func ringOwner(cpu: Int32, wakeupBytes: Int) throws -> PerfEvent {
        var spec = ts_perf_spec()
        spec.flags = UInt32(TS_PERF_EXCLUDE_KERNEL | TS_PERF_EXCLUDE_HV)
        spec.period = 1
        spec.sample_type = SampleLayout.commonFields
        spec.read_format = readFormat
        spec.wakeup_bytes = UInt32(clamping: wakeupBytes)
        return try PerfEvent(spec, event: .dummy, task: 0, cpu: cpu)
    }

    /// Opens a sampling event on the calling thread, disabled, whose samples hold the address in user mode and nothing
    /// else: 16 bytes each.
    static func ownAddresses(_ event: EventSpecification, period: UInt64) throws -> PerfEvent {
        var spec = ts_perf_spec()
        spec.flags = UInt32(TS_PERF_DISABLED | TS_PERF_EXCLUDE_KERNEL | TS_PERF_EXCLUDE_HV)
        spec.period = period
        spec.sample_type = UInt64(PERF_SAMPLE_IP.rawValue)
        return try PerfEvent(spec, event: event, task: 0, cpu: -1)
    }

    /// Opens the event through which a program that runs in the kernel writes records, for all tasks on one CPU.
    static func programOutput(cpu: Int32) throws -> PerfEvent {
        var spec = ts_perf_spec()
        spec.period = 1
        spec.sample_type = SampleLayout.commonFields | UInt64(PERF_SAMPLE_RAW.rawValue)
        spec.read_format = readFormat
        return try PerfEvent(spec, event: .programOutput, task: -1, cpu: cpu)
    }

    /// Whether an event can be opened at all on this machine, by this user, on a task of its own.
    package static func isAvailable(_ event: EventSpecification) -> Bool {
        var spec = ts_perf_spec()
        spec.flags = UInt32(
            TS_PERF_DISABLED | TS_PERF_EXCLUDE_KERNEL | TS_PERF_EXCLUDE_HV)
        return (try? PerfEvent(spec, event: event, task: 0, cpu: -1)) != nil
    }

    /// The descriptor to poll for a full ring. Borrowed: it closes with the event.
    package var pollDescriptor: Int32 { descriptor }

    /// Sends this event's records to the ring of another event on the same CPU.
    package func redirect(to owner: borrowing PerfEvent) throws {
        let result = ts_perf_redirect(descriptor, owner.descriptor)
        guard result == 0 else {
            throw PerfError(.other, errno: -result, "cannot redirect an event: \(PerfError.text(-result))")
        }
    }

    /// Changes how many counts lie between two samples, from now on.
    func setPeriod(_ period: UInt64) { _ = ts_perf_set_period(descriptor, period) }

    package func enable() { _ = ts_perf_enable(descriptor) }

    package func disable() { _ = ts_perf_disable(descriptor) }

    /// Reads the counter; nil when the kernel refuses, which it does for an event in error state.
    package func reading() -> Reading? {
        var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        let count = withUnsafeMutableBytes(of: &words) { read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 32 else { return nil }
        return Reading(
            value: words.0, enabledNanoseconds: words.1, runningNanoseconds: words.2, id: words.3,
            lost: count >= 40 ? words.4 : nil)
    }
}

/// How often to sample.
package enum SamplingRate: Hashable, Sendable {
    /// Samples per second of counting.
    case frequency(UInt64)
    /// Counts of the event between two samples.
    case period(UInt64)

    /// Samples per second; nil when that depends on what happens.
    package var hertz: UInt64? {
        if case .frequency(let hertz) = self { hertz } else { nil }
    }
}
