internal import Glibc
package import PerfEvents

/// Receives what a recording holds, in order of time.
package protocol PerfDataHandler: ~Copyable {
    /// A sample; its bytes are valid during the call only.
    mutating func handle(_ sample: SampleView, callGraph: RecordFormat.CallGraph)
    mutating func handle(_ record: SidebandRecord, time: UInt64)
}

/// Hands on the records of one event, and those about tasks and mappings, in order of time.
///
/// perf writes the rings of the CPUs one after another and marks the end of each round: what is older than the newest
/// record of the round before is complete. Until then only the place of each record is kept, 24 bytes, not the record.
package struct PerfDataReader: ~Copyable {
    private struct Entry {
        var time: UInt64
        /// Offset in the file, or in the spool with the highest bit set.
        var place: UInt64
        var size: Int32
        var misc: UInt16
        /// The kernel's number of the record's kind.
        var kind: UInt16
    }

    private static let spoolBit: UInt64 = 1 << 63

    private let data: PerfDataFile
    private let event: Int
    private let decoder: FormattedRecordDecoder
    /// For records that are no samples: perf sees to it that all events end them in the same way.
    private let trailerSize: Int
    private let timeFromEnd: Int?
    private let timesInSamples: [Int?]
    /// Where samples name their event; nil when they do not, or not all in the same place.
    private let eventIDPlace: Int?

    private var pending: [Entry] = []
    private var newest: UInt64 = 0
    private var limit: UInt64 = 0
    private var released: UInt64 = 0

    private var spool: SpoolFile?
    private var stream: ZstdStream?
    private var spoolReader: FileReader?
    private var scanned: UInt64 = 0
    private var recordReader: FileReader
    private var recordSpoolReader: FileReader?

    /// Records that came out of order, that made no sense, and samples of other events.
    package private(set) var lateCount = 0
    package private(set) var malformedCount = 0
    package private(set) var otherEventCount = 0
    package private(set) var isCutShort = false
    /// Times of the first and the last sample, nanoseconds of the recording's clock.
    package private(set) var sampleTimes: ClosedRange<UInt64>?

    /// - Parameter event: position in ``PerfDataFile/events``.
    package init(_ data: PerfDataFile, event: Int) {
        self.data = data
        self.event = event
        decoder = FormattedRecordDecoder(data.events[event].format)
        let decoders = data.events.map { FormattedRecordDecoder($0.format) }
        timesInSamples = decoders.map(\.timeInSample)
        trailerSize = decoder.trailerSize
        timeFromEnd = decoder.timeFromEnd
        let places = Set(decoders.map(\.eventIDInSample))
        eventIDPlace = places.count == 1 ? places.first.flatMap(\.self) : nil
        recordReader = FileReader(fcntl(data.descriptor, F_DUPFD_CLOEXEC, 0), windowSize: 16_384)
    }

    /// Reads everything.
    /// - Parameter progress: is told now and then how much of the file has been read, 0…1.
    /// - Throws: ``PerfDataError`` for what cannot be skipped: damaged compression, a full disk.
    package mutating func read(
        into handler: inout some PerfDataHandler & ~Copyable, progress: (Double) -> Void
    ) throws(PerfDataError) {
        var offset = data.records.lowerBound
        let end = data.records.upperBound
        var nextReport = offset
        while offset < end {
            guard let header = data.file.header(at: offset, end: end) else {
                isCutShort = true
                break
            }
            try scan(header, in: data.file, at: offset, spooled: false, into: &handler)
            offset += header.stride
            if offset >= nextReport {
                progress(Double(offset - data.records.lowerBound) / Double(data.records.count))
                nextReport = offset + 4 << 20
            }
        }
        if let spool, scanned < spool.size { isCutShort = true }
        release(upTo: .max, into: &handler)
    }

    // MARK: Finding records

    private mutating func scan(
        _ header: PerfDataRecordHeader, in reader: FileReader, at offset: UInt64, spooled: Bool,
        into handler: inout some PerfDataHandler & ~Copyable
    ) throws(PerfDataError) {
        switch header.kind {
        case RecordKind.sample.rawValue: noteSample(header, in: reader, at: offset, spooled: spooled)
        case 1...13: noteSideband(header, in: reader, at: offset, spooled: spooled)
        case PerfDataRecord.finishedRound:
            release(upTo: limit, into: &handler)
            limit = newest
        case PerfDataRecord.compressed where !spooled:
            try decompress(reader, at: offset + 8, count: header.size - 8, into: &handler)
        case PerfDataRecord.compressedSized where !spooled && header.size >= 16:
            let size = reader.bytes(at: offset + 8, count: 8)?.loadUnaligned(as: UInt64.self) ?? 0
            try decompress(reader, at: offset + 16, count: min(header.size - 16, Int(clamping: size)), into: &handler)
        default: break
        }
    }

    private mutating func noteSample(
        _ header: PerfDataRecordHeader, in reader: FileReader, at offset: UInt64, spooled: Bool
    ) {
        guard let bytes = reader.bytes(at: offset, count: min(header.size, 64)), bytes.count >= 16 else {
            malformedCount += 1
            return
        }
        var index = event
        if data.events.count > 1 {
            // Where several events are recorded, each sample names its own, all of them in the same place.
            guard let eventIDPlace, eventIDPlace + 8 <= bytes.count,
                let found = data.eventIndexes[bytes.loadUnaligned(fromByteOffset: eventIDPlace, as: UInt64.self)]
            else {
                malformedCount += 1
                return
            }
            index = found
        }
        guard index == event else {
            otherEventCount += 1
            return
        }
        var time: UInt64 = 0
        if let place = timesInSamples[index] {
            guard place + 8 <= bytes.count else {
                malformedCount += 1
                return
            }
            time = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        }
        append(header, time: time, at: offset, spooled: spooled)
    }

    private mutating func noteSideband(
        _ header: PerfDataRecordHeader, in reader: FileReader, at offset: UInt64, spooled: Bool
    ) {
        let kind = RecordKind(rawValue: header.kind)
        let wanted: [RecordKind] = [.mmap, .mmap2, .comm, .fork, .exit, .lost, .lostSamples, .throttle]
        guard wanted.contains(kind) else { return }
        var time: UInt64 = 0
        if let timeFromEnd, header.size >= trailerSize + 8,
            let bytes = reader.bytes(at: offset + UInt64(header.size - timeFromEnd), count: 8)
        {
            time = bytes.loadUnaligned(as: UInt64.self)
            // What perf adds of its own, such as losses that it counted, has no time: 0, or all bits.
            if time == .max { time = 0 }
        }
        append(header, time: time, at: offset, spooled: spooled)
    }

    private mutating func append(_ header: PerfDataRecordHeader, time: UInt64, at offset: UInt64, spooled: Bool) {
        newest = max(newest, time)
        pending.append(
            Entry(
                time: time, place: spooled ? offset | Self.spoolBit : offset, size: Int32(header.size),
                misc: header.misc, kind: UInt16(truncatingIfNeeded: header.kind)))
    }

    private mutating func decompress(
        _ reader: FileReader, at offset: UInt64, count: Int, into handler: inout some PerfDataHandler & ~Copyable
    ) throws(PerfDataError) {
        if spool == nil {
            let made = try SpoolFile()
            spool = made
            stream = try ZstdStream()
            spoolReader = FileReader(made.duplicate())
            recordSpoolReader = FileReader(made.duplicate(), windowSize: 16_384)
        }
        guard let spool, let stream, let spoolReader, let bytes = reader.bytes(at: offset, count: count) else {
            malformedCount += 1
            return
        }
        try stream.decompress(bytes, to: spool)
        // A record may go on in the next piece.
        while scanned < spool.size, let header = spoolReader.header(at: scanned, end: spool.size) {
            try scan(header, in: spoolReader, at: scanned, spooled: true, into: &handler)
            scanned += header.stride
        }
    }

    // MARK: Handing on

    private mutating func release(upTo limit: UInt64, into handler: inout some PerfDataHandler & ~Copyable) {
        guard !pending.isEmpty else { return }
        pending.sort { $0.time != $1.time ? $0.time < $1.time : $0.place < $1.place }
        var count = 0
        // hot: per record
        while count < pending.count, pending[count].time <= limit {
            let entry = pending[count]
            count += 1
            if entry.time >= released {
                released = entry.time
            } else if entry.time > 0 {
                lateCount += 1
            }
            hand(entry, to: &handler)
        }
        pending.removeFirst(count)
    }

    private mutating func hand(_ entry: Entry, to handler: inout some PerfDataHandler & ~Copyable) {
        let isSpooled = entry.place & Self.spoolBit != 0
        guard let reader = isSpooled ? recordSpoolReader : recordReader,
            let bytes = reader.alignedBytes(at: entry.place & ~Self.spoolBit, count: Int(entry.size))
        else {
            malformedCount += 1
            return
        }
        let kind = RecordKind(rawValue: UInt32(entry.kind))
        if kind == .sample {
            guard let sample = decoder.sample(bytes, misc: entry.misc) else {
                malformedCount += 1
                return
            }
            sampleTimes =
                min(entry.time, sampleTimes?.lowerBound ?? .max)...max(entry.time, sampleTimes?.upperBound ?? 0)
            handler.handle(sample, callGraph: decoder.format.callGraph)
            return
        }
        let header = RecordHeader(kind: kind, misc: entry.misc, byteCount: bytes.count)
        if let record = RecordDecoder.sideband(bytes, header: header, trailerSize: trailerSize) {
            handler.handle(record, time: entry.time)
        }
    }
}
