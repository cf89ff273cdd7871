/// The kinds of record that a ring carries (PERF_RECORD_*).
package struct RecordKind: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32

    @inlinable
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let mmap = RecordKind(rawValue: 1)
    package static let lost = RecordKind(rawValue: 2)
    package static let comm = RecordKind(rawValue: 3)
    package static let exit = RecordKind(rawValue: 4)
    package static let throttle = RecordKind(rawValue: 5)
    package static let unthrottle = RecordKind(rawValue: 6)
    package static let fork = RecordKind(rawValue: 7)
    package static let sample = RecordKind(rawValue: 9)
    package static let mmap2 = RecordKind(rawValue: 10)
    package static let lostSamples = RecordKind(rawValue: 13)
}

/// The eight bytes in front of each record (struct perf_event_header).
package struct RecordHeader: Sendable {
    package static let size = 8

    package var kind: RecordKind
    package var misc: UInt16
    /// Bytes of the whole record, this header included.
    package var byteCount: Int

    package init(kind: RecordKind, misc: UInt16, byteCount: Int) {
        self.kind = kind
        self.misc = misc
        self.byteCount = byteCount
    }
}

/// A task, as side-band records name it.
package struct TaskReference: Hashable, Sendable {
    package var pid: Int32
    package var tid: Int32

    package init(pid: Int32, tid: Int32) {
        self.pid = pid
        self.tid = tid
    }
}

/// A file (or memory) that became executable in a process.
package struct MappingRecord: Hashable, Sendable {
    package var task: TaskReference
    package var start: UInt64
    package var length: UInt64
    package var fileOffset: UInt64
    package var deviceMajor: UInt32
    package var deviceMinor: UInt32
    package var inode: UInt64
    /// PROT_* bits.
    package var protection: UInt32
    /// Of the file, in lower-case hexadecimal, when the kernel was asked for it instead of for device and inode.
    package var buildID: String
    package var path: String

    package init(
        task: TaskReference, start: UInt64, length: UInt64, fileOffset: UInt64, deviceMajor: UInt32,
        deviceMinor: UInt32, inode: UInt64, protection: UInt32, buildID: String = "", path: String
    ) {
        self.task = task
        self.start = start
        self.length = length
        self.fileOffset = fileOffset
        self.deviceMajor = deviceMajor
        self.deviceMinor = deviceMinor
        self.inode = inode
        self.protection = protection
        self.buildID = buildID
        self.path = path
    }
}

/// A record about tasks and their memory: rare, so it is decoded into a value.
package enum SidebandRecord: Hashable, Sendable {
    case mapping(MappingRecord)
    case comm(TaskReference, name: String, isExec: Bool)
    case fork(child: TaskReference, parent: TaskReference)
    case exit(TaskReference, parent: TaskReference)
    /// Records that the kernel dropped.
    case lost(eventID: UInt64, count: UInt64)
    case throttle
    case unthrottle
}

/// A view of one sample inside a ring; valid until the ring's space is released.
package struct SampleView {
    /// Identifies the event that was opened (for an inherited event, the one it was inherited from).
    package var eventID: UInt64
    package var pid: Int32
    package var tid: Int32
    /// Nanoseconds of CLOCK_MONOTONIC.
    package var time: UInt64
    package var cpu: UInt32
    /// How much of the event this sample stands for.
    package var period: UInt64
    /// Addresses and PERF_CONTEXT_* markers, leaf first.
    package var callchain: UnsafeBufferPointer<UInt64>
    package var registersABI: UserRegisters.ABI
    /// In the kernel's order; empty unless the ABI is 64-bit.
    package var kernelOrderedRegisters: UnsafeBufferPointer<UInt64>
    /// The bytes from the stack pointer upward that were really copied.
    package var stack: UnsafeRawBufferPointer

    /// Writes the registers in DWARF's order.
    // hot: per sample
    package func copyRegisters(to output: UnsafeMutableBufferPointer<UInt64>) {
        for index in 0..<min(kernelOrderedRegisters.count, UserRegisters.count) {
            output[UserRegisters.dwarfNumbers[index]] = kernelOrderedRegisters[index]
        }
    }
}
