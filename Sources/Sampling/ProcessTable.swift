internal import Glibc
package import PerfEvents
internal import ProfileModel

/// The processes of a recording as they were at the moment that the time-ordered records have reached.
///
/// Bounded: a process leaves when its main thread's exit has been seen, and the names of threads with it.
package struct ProcessTable: Sendable {
    /// One process.
    package struct Process: Sendable {
        package var space: AddressSpace
        /// Changes at fork and exec: nothing derived from the former address space holds.
        package var incarnation: UInt64
        /// Records of mappings older than this are in the snapshot already.
        var snapshotTime: UInt64
    }

    package private(set) var processes: [Int32: Process] = [:]
    private var threadNames: [Int32: String] = [:]
    private var nextIncarnation: UInt64 = 1

    /// Far above any machine's default pid_max; beyond it processes are treated as unknown.
    private static let largestCount = 1 << 17

    /// Whether the processes run on this machine now; otherwise their numbers mean nothing here.
    private let isLive: Bool

    package init(isLive: Bool = true) { self.isLive = isLive }

    package var count: Int { processes.count }
    package var threadCount: Int { threadNames.count }

    /// The name of a thread, by its latest `comm` record.
    package func name(ofThread tid: Int32) -> String? { threadNames[tid] }

    /// Reads a process's mappings and thread names from procfs, unless it is known.
    /// - Returns: the mappings when they were read now.
    @discardableResult
    package mutating func discover(_ pid: Int32) -> [Mapping]? {
        guard pid > 0, processes[pid] == nil, processes.count < Self.largestCount else { return nil }
        guard isLive else {
            processes[pid] = Process(space: AddressSpace(), incarnation: makeIncarnation(), snapshotTime: 0)
            return nil
        }
        let now = MonotonicClock.now()
        let mappings = MappedRegions.executable(of: pid) ?? []
        processes[pid] = Process(space: AddressSpace(mappings), incarnation: makeIncarnation(), snapshotTime: now)
        for tid in ProcessFiles.tasks(of: pid) ?? [] where threadNames[tid] == nil {
            threadNames[tid] = ProcessFiles.threadName(process: pid, thread: tid)
        }
        return mappings
    }

    private mutating func makeIncarnation() -> UInt64 {
        defer { nextIncarnation += 1 }
        return nextIncarnation
    }

    /// What a record changed that others may want to know.
    package enum Change: Sendable {
        case none
        /// A file became executable in a process.
        case mapped(Int32, Mapping)
        /// The process is gone.
        case exited(Int32)
    }

    /// Applies one record.
    /// - Parameter time: of the record, nanoseconds of CLOCK_MONOTONIC.
    package mutating func apply(_ record: SidebandRecord, time: UInt64) -> Change {
        switch record {
        case .mapping(let record): return map(record, time: time)
        case .comm(let task, let name, let isExec):
            if threadNames.count < Self.largestCount { threadNames[task.tid] = name }
            guard isExec, let process = processes[task.pid], time >= process.snapshotTime else { return .none }
            processes[task.pid] = Process(space: AddressSpace(), incarnation: makeIncarnation(), snapshotTime: time)
        case .fork(let child, let parent):
            if let name = threadNames[parent.tid], threadNames.count < Self.largestCount {
                threadNames[child.tid] = name
            }
            guard child.pid != parent.pid, processes.count < Self.largestCount else { return .none }
            let space = processes[parent.pid]?.space ?? AddressSpace()
            processes[child.pid] = Process(space: space, incarnation: makeIncarnation(), snapshotTime: time)
        case .exit(let task, _):
            threadNames[task.tid] = nil
            guard task.pid == task.tid else { return .none }
            // The main thread may end before the others; they keep the process alive.
            guard isLive, ProcessFiles.tasks(of: task.pid).map({ $0.allSatisfy { $0 == task.pid } }) ?? true else {
                return .none
            }
            processes[task.pid] = nil
            return .exited(task.pid)
        case .lost, .throttle, .unthrottle: return .none
        }
        return .none
    }

    private mutating func map(_ record: MappingRecord, time: UInt64) -> Change {
        guard record.protection & UInt32(PROT_EXEC) != 0, record.task.pid > 0 else { return .none }
        discover(record.task.pid)
        let (end, overflow) = record.start.addingReportingOverflow(record.length)
        guard !overflow, record.length > 0, var process = processes[record.task.pid], time >= process.snapshotTime
        else { return .none }
        let mapping = Mapping(
            addresses: VirtualAddress(record.start)..<VirtualAddress(end), fileOffset: FileOffset(record.fileOffset),
            identity: FileIdentity(
                deviceMajor: record.deviceMajor, deviceMinor: record.deviceMinor, inode: record.inode),
            buildID: record.buildID, path: record.path == "//anon" ? "" : record.path)
        processes[record.task.pid] = nil  // so that the space is uniquely referenced while it changes
        process.space.insert(mapping)
        processes[record.task.pid] = process
        return .mapped(record.task.pid, mapping)
    }
}

/// The clock that all records carry.
package enum MonotonicClock {
    /// Nanoseconds of CLOCK_MONOTONIC.
    package static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
