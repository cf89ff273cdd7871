internal import CPerfEvents

/// Decodes the records of an event with any attributes. ``RecordDecoder`` does the same faster for our own.
///
/// Pure but for a scratch buffer: every length is checked against the record's end. A sample's registers and chain are
/// valid until the next call.
package final class FormattedRecordDecoder {
    package let format: RecordFormat
    private let registers = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: UserRegisters.count)
    private let chain = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 2)
    /// For each register that is asked for of a record, its place among ours; -1 for those that unwinding needs not.
    private let places: [Int]

    package init(_ format: RecordFormat) {
        self.format = format
        registers.initialize(repeating: 0)
        chain.initialize(repeating: 0)
        places = UserRegisters.places(in: format.userRegisters)
    }

    deinit {
        registers.deallocate()
        chain.deallocate()
    }

    /// The fields at a record's end, in their order (`sample_id_all`).
    private static let trailerFields: [perf_event_sample_format] = [
        PERF_SAMPLE_TID, PERF_SAMPLE_TIME, PERF_SAMPLE_ID, PERF_SAMPLE_STREAM_ID, PERF_SAMPLE_CPU,
        PERF_SAMPLE_IDENTIFIER,
    ]

    /// Bytes of the fields at the end of every record but a sample.
    package var trailerSize: Int {
        format.hasTrailer ? 8 * Self.trailerFields.count { format.has($0) } : 0
    }

    /// How far from a record's end the time of a record is that is not a sample; nil when there is none.
    package var timeFromEnd: Int? {
        guard format.hasTrailer, format.has(PERF_SAMPLE_TIME) else { return nil }
        return trailerSize - (format.has(PERF_SAMPLE_TID) ? 8 : 0)
    }

    /// Where the time of a sample is; nil when it has none.
    package var timeInSample: Int? {
        guard format.has(PERF_SAMPLE_TIME) else { return nil }
        let before = [PERF_SAMPLE_IDENTIFIER, PERF_SAMPLE_IP, PERF_SAMPLE_TID]
        return RecordHeader.size + 8 * before.count { format.has($0) }
    }

    /// Where the number of its event is in a sample; nil when it has none.
    package var eventIDInSample: Int? {
        if format.has(PERF_SAMPLE_IDENTIFIER) { return RecordHeader.size }
        guard format.has(PERF_SAMPLE_ID) else { return nil }
        let before = [PERF_SAMPLE_IP, PERF_SAMPLE_TID, PERF_SAMPLE_TIME, PERF_SAMPLE_ADDR]
        return RecordHeader.size + 8 * before.count { format.has($0) }
    }

    /// Decodes a sample without copying its stack. Nil when the record contradicts itself.
    /// - Parameters:
    ///   - record: begins on a multiple of 8.
    ///   - misc: of the record's header: where the CPU was.
    // hot: per sample
    package func sample(_ record: UnsafeRawBufferPointer, misc: UInt16) -> SampleView? {
        var cursor = Cursor(record, at: RecordHeader.size)
        var view = SampleView(
            eventID: 0, pid: -1, tid: -1, time: 0, cpu: 0, period: max(1, format.period),
            callchain: UnsafeBufferPointer(start: nil, count: 0), registersABI: .none,
            kernelOrderedRegisters: UnsafeBufferPointer(start: nil, count: 0),
            stack: UnsafeRawBufferPointer(start: nil, count: 0))
        var address: UInt64 = 0
        if format.has(PERF_SAMPLE_IDENTIFIER) { view.eventID = cursor.word() }
        if format.has(PERF_SAMPLE_IP) { address = cursor.word() }
        if format.has(PERF_SAMPLE_TID) {
            let task = cursor.word()
            view.pid = Int32(truncatingIfNeeded: task)
            view.tid = Int32(truncatingIfNeeded: task >> 32)
        }
        if format.has(PERF_SAMPLE_TIME) { view.time = cursor.word() }
        if format.has(PERF_SAMPLE_ADDR) { cursor.skip(8) }
        if format.has(PERF_SAMPLE_ID) {
            let id = cursor.word()
            if !format.has(PERF_SAMPLE_IDENTIFIER) { view.eventID = id }
        }
        if format.has(PERF_SAMPLE_STREAM_ID) { cursor.skip(8) }
        if format.has(PERF_SAMPLE_CPU) { view.cpu = UInt32(truncatingIfNeeded: cursor.word()) }
        if format.has(PERF_SAMPLE_PERIOD) { view.period = cursor.word() }
        if format.has(PERF_SAMPLE_READ) { skipReading(&cursor) }
        if format.has(PERF_SAMPLE_CALLCHAIN) {
            view.callchain = cursor.words(count: cursor.word())
        } else {
            let mode = misc & UInt16(PERF_RECORD_MISC_CPUMODE_MASK)
            chain[0] = mode == UInt16(PERF_RECORD_MISC_KERNEL) ? UInt64(bitPattern: -128) : UInt64(bitPattern: -512)
            chain[1] = address
            view.callchain = UnsafeBufferPointer(chain)
        }
        if format.has(PERF_SAMPLE_RAW) { cursor.skip(UInt64(cursor.half())) }
        if format.has(PERF_SAMPLE_BRANCH_STACK) { skipBranches(&cursor) }
        if format.has(PERF_SAMPLE_REGS_USER) {
            let abi = cursor.word()
            guard let abi = UserRegisters.ABI(rawValue: abi) else { return nil }
            view.registersABI = abi
            if abi != .none {
                readRegisters(&cursor)
                view.kernelOrderedRegisters = UnsafeBufferPointer(registers)
            }
        }
        if format.has(PERF_SAMPLE_STACK_USER) {
            let size = cursor.word()
            if size > 0 {
                let bytes = cursor.bytes(count: size)
                let copied = cursor.word()
                view.stack = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(min(copied, UInt64(bytes.count)))))
            }
        }
        return cursor.isValid ? view : nil
    }

    private func readRegisters(_ cursor: inout Cursor) {
        registers.update(repeating: 0)
        for place in places {
            let value = cursor.word()
            if place >= 0 { registers[place] = value }
        }
    }

    /// `struct read_format`: one counter, or those of a group.
    private func skipReading(_ cursor: inout Cursor) {
        let times = (format.readFormat & 3).nonzeroBitCount
        let extras = [PERF_FORMAT_ID, PERF_FORMAT_LOST].count { format.readFormat & UInt64($0.rawValue) != 0 }
        if format.readFormat & UInt64(PERF_FORMAT_GROUP.rawValue) != 0 {
            let counters = cursor.word()
            cursor.skip(UInt64(times * 8))
            cursor.skip(counters.multipliedReportingOverflow(by: UInt64(8 + extras * 8)).partialValue)
            if counters > 1 << 13 { cursor.fail() }
        } else {
            cursor.skip(UInt64(8 + (times + extras) * 8))
        }
    }

    private func skipBranches(_ cursor: inout Cursor) {
        let count = cursor.word()
        guard count < 1 << 13 else { return cursor.fail() }
        if format.branchSampleType & UInt64(PERF_SAMPLE_BRANCH_HW_INDEX.rawValue) != 0 { cursor.skip(8) }
        cursor.skip(count * 24)
        // PERF_SAMPLE_BRANCH_COUNTERS of Linux 6.8.
        if format.branchSampleType & (1 << 19) != 0 { cursor.skip(count * 8) }
    }
}

/// Steps through a record; past its end it yields zeros and remembers that.
private struct Cursor {
    private let record: UnsafeRawBufferPointer
    private var offset: Int
    private(set) var isValid = true

    init(_ record: UnsafeRawBufferPointer, at offset: Int) {
        self.record = record
        self.offset = offset
    }

    mutating func fail() { isValid = false }

    private mutating func take(_ count: UInt64) -> Int? {
        guard isValid, count <= UInt64(record.count - offset) else {
            isValid = false
            return nil
        }
        defer { offset += Int(count) }
        return offset
    }

    mutating func skip(_ count: UInt64) { _ = take(count) }

    mutating func word() -> UInt64 {
        take(8).map { record.loadUnaligned(fromByteOffset: $0, as: UInt64.self) } ?? 0
    }

    mutating func half() -> UInt32 {
        take(4).map { record.loadUnaligned(fromByteOffset: $0, as: UInt32.self) } ?? 0
    }

    mutating func bytes(count: UInt64) -> UnsafeRawBufferPointer {
        guard let start = take(count) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: record[start..<(start + Int(count))])
    }

    mutating func words(count: UInt64) -> UnsafeBufferPointer<UInt64> {
        guard count <= 1 << 13, let start = take(count * 8), let base = record.baseAddress else {
            isValid = false
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        // Records and their fields are multiples of 8 bytes.
        return UnsafeBufferPointer(start: (base + start).assumingMemoryBound(to: UInt64.self), count: Int(count))
    }
}
