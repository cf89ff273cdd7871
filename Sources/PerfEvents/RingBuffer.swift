internal import CPerfEvents
internal import Glibc

/// The memory that the kernel writes records into, for one CPU.
///
/// ```
///  page 0        data: a power of two of bytes, positions count upward for ever and wrap by the mask
/// ┌────────┬───────────────┬──────────────┬────────────────────┐
/// │ head,  │ free          │ unread       │ free               │
/// │ tail   │               tail           head                 │
/// └────────┴───────────────┴──────────────┴────────────────────┘
/// ```
///
/// A consumer looks at records in place through ``peek()`` and gives their space back with ``release()``; a record
/// that wraps is copied to a buffer of its own first. Sole owner of the mapping; used by one thread at a time.
package struct RingBuffer: ~Copyable {
    private let page: UnsafeMutableRawPointer
    private let data: UnsafeRawPointer
    private let mask: UInt64
    private let mappedBytes: Int
    /// Room for the largest possible record: sizes are 16 bits.
    private let wrapped: UnsafeMutableRawBufferPointer
    /// The first byte not consumed yet.
    private var position: UInt64
    /// The kernel's position when ``refresh()`` last looked.
    private var head: UInt64
    /// Records that were skipped because their header made no sense.
    package private(set) var malformed = 0

    /// Bytes of data, the control page excluded.
    package var capacity: Int { Int(mask) + 1 }

    /// Maps the ring of an event.
    /// - Parameter bytes: a power of two, at least a page.
    /// - Throws: ``PerfError`` with code `lockedMemory` when this user may not lock so much.
    package init(owner: borrowing PerfEvent, bytes: Int) throws {
        let pageSize = sysconf(Int32(_SC_PAGESIZE))
        mappedBytes = bytes + pageSize
        let mapping = mmap(nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_SHARED, owner.descriptor, 0)
        guard let mapping, mapping != MAP_FAILED else {
            let error = errno
            throw PerfError(
                error == EPERM || error == ENOMEM ? .lockedMemory : .other, errno: error,
                "cannot map a ring of \(bytes >> 10) KiB: \(PerfError.text(error));"
                    + " raise kernel.perf_event_mlock_kb or 'ulimit -l', or run as root")
        }
        page = mapping
        data = UnsafeRawPointer(mapping) + pageSize
        mask = UInt64(bytes - 1)
        wrapped = .allocate(byteCount: 1 << 16, alignment: 16)
        position = 0
        head = 0
    }

    deinit {
        munmap(page, mappedBytes)
        wrapped.deallocate()
    }

    /// Looks how far the kernel has written.
    package mutating func refresh() { head = ts_ring_head(page) }

    /// Whether a record is waiting at the front, as of the last ``refresh()``.
    package var isEmpty: Bool { head &- position < UInt64(RecordHeader.size) }

    /// Bytes waiting, as of the last ``refresh()``.
    package var unreadBytes: Int { Int(truncatingIfNeeded: head &- position) }

    /// The record at the front, without consuming it; nil when there is none.
    ///
    /// A header that cannot be right empties the ring up to the last refresh: the kernel never writes one, so nothing
    /// behind it can be trusted.
    // hot: per sample
    package mutating func peek() -> (header: RecordHeader, bytes: UnsafeRawBufferPointer)? {
        guard !isEmpty else { return nil }
        let offset = Int(position & mask)
        // Records are multiples of 8 bytes, so a header never wraps.
        let kind = data.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        let misc = data.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)
        let size = Int(data.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self))
        guard size >= RecordHeader.size, size & 7 == 0, size <= unreadBytes else {
            malformed += 1
            position = head
            return nil
        }
        let header = RecordHeader(kind: RecordKind(rawValue: kind), misc: misc, byteCount: size)
        let contiguous = capacity - offset
        if size <= contiguous {
            return (header, UnsafeRawBufferPointer(start: data + offset, count: size))
        }
        wrapped.copyMemory(from: UnsafeRawBufferPointer(start: data + offset, count: contiguous))
        let rest = UnsafeMutableRawBufferPointer(rebasing: wrapped[contiguous...])
        rest.copyMemory(from: UnsafeRawBufferPointer(start: data, count: size - contiguous))
        return (header, UnsafeRawBufferPointer(rebasing: wrapped[..<size]))
    }

    /// Steps over the record at the front. Its bytes stay valid until ``release()``.
    package mutating func advance(_ header: RecordHeader) { position &+= UInt64(header.byteCount) }

    /// Gives the consumed space back to the kernel.
    package func release() { ts_ring_release(page, position) }
}
