internal import CPerfEvents

/// How the records of an event are laid out, as far as its attributes say: what a file of records needs to be read.
///
/// Formats: `struct perf_event_attr` and `enum perf_event_type` in linux/perf_event.h.
package struct RecordFormat: Hashable, Sendable {
    package var sampleType: UInt64
    package var readFormat: UInt64
    package var branchSampleType: UInt64
    package var userRegisters: UInt64
    /// Whether every record but a sample ends with the task, time and event that it is about.
    package var hasTrailer: Bool
    /// Counts of the event that a sample stands for when it does not say; 0 when it varies.
    package var period: UInt64
    /// Samples a second that were asked for; 0 when a period was.
    package var frequency: UInt64
    /// The event, by the kernel's numbers.
    package var type: UInt32
    package var config: UInt64

    /// Least bytes of attributes that say all of this (PERF_ATTR_SIZE_VER5 holds more; VER3 is what is read).
    package static let smallestAttributes = 96

    /// Reads the attributes of an event.
    /// - Returns: nil when they are too short.
    package init?(attributes: UnsafeRawBufferPointer) {
        guard attributes.count >= Self.smallestAttributes else { return nil }
        let word = { (offset: Int) in attributes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        let flags = word(40)
        let isFrequency = flags & (1 << 10) != 0
        type = attributes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
        config = word(8)
        period = isFrequency ? 0 : word(16)
        frequency = isFrequency ? word(16) : 0
        sampleType = word(24)
        readFormat = word(32)
        hasTrailer = flags & (1 << 18) != 0
        branchSampleType = word(72)
        userRegisters = word(80)
    }

    func has(_ field: perf_event_sample_format) -> Bool { sampleType & UInt64(field.rawValue) != 0 }

    /// How a sample says who called whom.
    package enum CallGraph: Hashable, Sendable {
        case registersAndStack
        case chain
        /// Only where the CPU was.
        case address
    }

    package var callGraph: CallGraph {
        if has(PERF_SAMPLE_REGS_USER), has(PERF_SAMPLE_STACK_USER), UserRegisters.suffices(userRegisters) {
            return .registersAndStack
        }
        return has(PERF_SAMPLE_CALLCHAIN) ? .chain : .address
    }

    /// Whether the event counts nothing and only carries records about tasks and mappings.
    package var isDummy: Bool {
        type == PERF_TYPE_SOFTWARE.rawValue && config == UInt64(PERF_COUNT_SW_DUMMY.rawValue)
    }

    /// Name of the event where nothing else tells it.
    package var defaultName: String {
        EventSpecification.all.first { $0.type == type && $0.config == config }?.name ?? "event \(type):\(config)"
    }
}
