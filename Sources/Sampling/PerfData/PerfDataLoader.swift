internal import Glibc
internal import PerfEvents

/// Reads and decodes the records that a ``PerfDataReader`` has found. Each thread has one of its own.
package final class PerfDataLoader {
    private let decoder: FormattedRecordDecoder
    private let trailerSize: Int
    private let reader: FileReader
    private var spoolReader: FileReader?

    /// Records that made no sense.
    package private(set) var malformedCount = 0
    /// Times of the first and the last sample, nanoseconds of the recording's clock.
    package private(set) var sampleTimes: ClosedRange<UInt64>?

    /// - Parameter event: position in ``PerfDataFile/events``.
    package init(_ data: PerfDataFile, event: Int) {
        decoder = FormattedRecordDecoder(data.events[event].format)
        trailerSize = decoder.trailerSize
        reader = FileReader(fcntl(data.descriptor, F_DUPFD_CLOEXEC, 0), windowSize: 16_384, mapping: data.mapping)
    }

    /// Reads a batch's records, in its order.
    package func hand(_ batch: PerfDataBatch, to handler: inout some PerfDataHandler & ~Copyable) {
        if spoolReader == nil, let spool = batch.spool {
            spoolReader = FileReader(spool.duplicate(), windowSize: 16_384)
        }
        // hot: per record
        for (index, entry) in batch.entries.enumerated() {
            if index + 1 < batch.entries.count { prefetch(batch.entries[index + 1]) }
            hand(entry, to: &handler)
        }
        release(batch)
    }

    /// Gives back what a batch was read from, where it lay close together and not between what others still read.
    private func release(_ batch: PerfDataBatch) {
        var low = UInt64.max
        var high: UInt64 = 0
        var size: UInt64 = 0
        for entry in batch.entries where entry.isSample && entry.place & PerfDataEntry.spoolBit == 0 {
            low = min(low, entry.place)
            high = max(high, entry.place &+ UInt64(entry.size))
            size += UInt64(entry.size)
        }
        guard size >= Self.leastReleased, high - low <= 2 * size else { return }
        reader.release(Int(clamping: low)..<Int(clamping: high))
    }

    /// Less is not worth a call.
    private static let leastReleased: UInt64 = 1 << 20

    /// Asks for a sample that will be read next.
    ///
    /// An unwinder learns where a frame's return address is from the frame before, so it would wait for memory once a
    /// frame; what it does not look at costs less than that.
    private func prefetch(_ entry: PerfDataEntry) {
        guard entry.isSample, entry.place & PerfDataEntry.spoolBit == 0 else { return }
        reader.prefetch(at: entry.place, count: min(Int(entry.size), Self.mostPrefetched))
    }

    /// Registers, call chain and 16 KiB of stack: of deeper ones little is looked at as a rule.
    private static let mostPrefetched = 17 << 10

    private func hand(_ entry: PerfDataEntry, to handler: inout some PerfDataHandler & ~Copyable) {
        let isSpooled = entry.place & PerfDataEntry.spoolBit != 0
        guard let reader = isSpooled ? spoolReader : reader,
            let bytes = reader.alignedBytes(at: entry.place & ~PerfDataEntry.spoolBit, count: Int(entry.size))
        else {
            malformedCount += 1
            return
        }
        if entry.isSample {
            guard let sample = decoder.sample(bytes, misc: entry.misc) else {
                malformedCount += 1
                return
            }
            sampleTimes =
                min(entry.time, sampleTimes?.lowerBound ?? .max)...max(entry.time, sampleTimes?.upperBound ?? 0)
            handler.handle(sample, callGraph: decoder.format.callGraph)
            return
        }
        let header = RecordHeader(
            kind: RecordKind(rawValue: UInt32(entry.kind)), misc: entry.misc, byteCount: bytes.count)
        if let record = RecordDecoder.sideband(bytes, header: header, trailerSize: trailerSize) {
            handler.handle(record, time: entry.time)
        }
    }
}
