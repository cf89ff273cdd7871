internal import CPerfEvents
internal import Glibc

/// Tells whether, and when, a thread has written a word of its memory: a debug register of the processor, set through
/// the kernel for that thread alone.
///
/// One shot: armed once, it interrupts the thread at most once. Processors have four such registers a thread; opening
/// fails when others hold them. Sole owner of the event and of its two pages.
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

    /// Watches another word, disarmed; what fired before is forgotten.
    /// - Returns: false when the kernel refuses; the watch is of no use then.
    package func move(to address: UInt64) -> Bool {
        guard ts_perf_move_write_watch(descriptor, address) == 0 else { return false }
        ts_ring_release(page, ts_ring_head(page))
        return true
    }

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
