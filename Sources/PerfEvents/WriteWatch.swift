internal import CPerfEvents
internal import Glibc

/// Tells whether, and when, a thread has written a word of its memory: a debug register of the processor, set through
/// the kernel for that thread alone.
///
/// One shot: armed once, it interrupts the thread at most once. Processors have four such registers a thread; opening
/// fails when others hold them. Sole owner of the event and of its two pages. To watch another word, open another watch:
/// an event that the kernel has moved to a new address does not fire on it (seen on Linux 6.18).
package struct WriteWatch: ~Copyable {
    private let descriptor: Int32
    private let page: UnsafeMutableRawPointer
    private let pageSize: Int

    deinit {
        munmap(page, 2 * pageSize)
        close(descriptor)
    }

    /// Opens a watch, disarmed.
    /// - Parameter address: of the word, a multiple of 8.
    /// - Returns: nil when there is no debug register left, no permission, or no such thread.
    package static func open(thread tid: Int32, address: UInt64) -> WriteWatch? {
        let result = ts_perf_open_write_watch(tid, address)
        guard result >= 0 else { return nil }
        let pageSize = sysconf(Int32(_SC_PAGESIZE))
        let mapping = mmap(nil, 2 * pageSize, PROT_READ | PROT_WRITE, MAP_SHARED, result, 0)
        guard let mapping, mapping != MAP_FAILED else {
            close(result)
            return nil
        }
        return WriteWatch(descriptor: result, page: mapping, pageSize: pageSize)
    }

    private init(descriptor: Int32, page: UnsafeMutableRawPointer, pageSize: Int) {
        self.descriptor = descriptor
        self.page = page
        self.pageSize = pageSize
    }

    /// Whether watches work here, found out once on a word of this thread: hypervisors may withhold debug registers.
    package static let isReliable: Bool = {
        let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        defer { word.deallocate() }
        word.initialize(to: 0)
        for round in 1...3 as ClosedRange<UInt64> {
            guard let watch = WriteWatch.open(thread: 0, address: UInt64(UInt(bitPattern: word))), watch.arm(),
                watch.firedTime == nil
            else { return false }
            // Through a system call's result, so that no optimizer can leave the write out.
            word.pointee = round &+ UInt64(UInt32(bitPattern: getpid()))
            withExtendedLifetime(word.pointee) {}
            guard watch.firedTime != nil else { return false }
        }
        return true
    }()

    /// Arms the watch.
    package func arm() -> Bool { ts_perf_arm(descriptor, 1) == 0 }

    /// When the word was written, nanoseconds of CLOCK_MONOTONIC; nil as long as it was not since ``arm()``.
    package var firedTime: UInt64? {
        let head = ts_ring_head(page)
        // The consumer's position is ours alone.
        let tail = page.assumingMemoryBound(to: perf_event_mmap_page.self).pointee.data_tail
        guard head != tail else { return nil }
        // A header of 8 bytes, then the time. A record of another kind leaves the time open: the earliest is assumed.
        let data = UnsafeRawPointer(page) + pageSize
        let mask = UInt64(pageSize - 1)
        let kind = data.loadUnaligned(fromByteOffset: Int(tail & mask), as: UInt32.self)
        guard kind == PERF_RECORD_SAMPLE.rawValue, head &- tail >= 16 else { return 0 }
        return data.loadUnaligned(fromByteOffset: Int((tail &+ 8) & mask), as: UInt64.self)
    }
}
