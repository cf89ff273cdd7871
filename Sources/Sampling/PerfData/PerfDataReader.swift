internal import Glibc
package import PerfEvents

/// Receives what a recording holds, in order of time.
package protocol PerfDataHandler: ~Copyable {
    /// A sample; its bytes are valid during the call only.
    mutating func handle(_ sample: SampleView, callGraph: RecordFormat.CallGraph)
    mutating func handle(_ record: SidebandRecord, time: UInt64)
}

/// Finds the records of one event, and those about tasks and mappings, in order of time.
///
/// perf writes the rings of the CPUs one after another and marks the end of each round: what is older than the newest
/// record of the round before is complete. Only the place of each record is kept, 24 bytes, not the record: a
/// ``PerfDataLoader`` reads it.
package struct PerfDataReader: ~Copyable {
    private let data: PerfDataFile
    private let event: Int
    private let decoder: FormattedRecordDecoder
    /// For records that are no samples: perf sees to it that all events end them in the same way.
    private let trailerSize: Int
    private let timeFromEnd: Int?
    private let timesInSamples: [Int?]
    /// Where samples name their event; nil when they do not, or not all in the same place.
    private let eventIDPlace: Int?

    private var pending: [PerfDataEntry] = []
    private var batch = PerfDataBatch()
    private var newest: UInt64 = 0
    private var limit: UInt64 = 0
    private var released: UInt64 = 0

    private var spool: SpoolFile?
    private var stream: ZstdStream?
    private var spoolReader: FileReader?
    private var scanned: UInt64 = 0

    /// Records that came out of order, that made no sense, and samples of other events.
    package private(set) var lateCount = 0
    package private(set) var malformedCount = 0
    package private(set) var otherEventCount = 0
    package private(set) var isCutShort = false
    /// Times of the first and the last sample, nanoseconds of the recording's clock. Known after
    /// ``read(into:progress:)``.
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
    }

    /// Reads everything.
    /// - Parameter progress: is told now and then how much of the file has been read, 0…1.
    /// - Throws: ``PerfDataError`` for what cannot be skipped: damaged compression, a full disk.
    package mutating func read(
        into handler: inout some PerfDataHandler & ~Copyable, progress: (Double) -> Void
    ) throws(PerfDataError) {
        let loader = PerfDataLoader(data, event: event)
        try scan(batchSize: 1, progress: progress) { loader.hand($0, to: &handler) }
        malformedCount += loader.malformedCount
        sampleTimes = loader.sampleTimes
    }

    /// Finds everything.
    /// - Parameters:
    ///   - batchSize: as many samples, and some more, are handed on at once.
    ///   - progress: is told now and then how much of the file has been looked at, 0…1.
    ///   - take: gets what follows, in order of time, what it got before.
    /// - Throws: ``PerfDataError`` for what cannot be skipped: damaged compression, a full disk.
    package mutating func scan(
        batchSize: Int, progress: (Double) -> Void, _ take: (PerfDataBatch) -> Void
    ) throws(PerfDataError) {
        var offset = data.records.lowerBound
        let end = data.records.upperBound
        var nextReport = offset
        while offset < end {
            guard let header = data.file.header(at: offset, end: end) else {
                isCutShort = true
                break
            }
            try scan(header, in: data.file, at: offset, spooled: false)
            offset += header.stride
            if batch.sampleCount >= batchSize { handOn(take) }
            if offset >= nextReport {
                progress(Double(offset - data.records.lowerBound) / Double(data.records.count))
                nextReport = offset + 4 << 20
            }
        }
        if let spool, scanned < spool.size { isCutShort = true }
        release(upTo: .max)
        handOn(take)
    }

    private mutating func handOn(_ take: (PerfDataBatch) -> Void) {
        batch.spool = spool
        take(batch)
        batch = PerfDataBatch()
    }

    // MARK: Finding records

    private mutating func scan(
        _ header: PerfDataRecordHeader, in reader: FileReader, at offset: UInt64, spooled: Bool
    ) throws(PerfDataError) {
        switch header.kind {
        case RecordKind.sample.rawValue: noteSample(header, in: reader, at: offset, spooled: spooled)
        case 1...13: noteSideband(header, in: reader, at: offset, spooled: spooled)
        case PerfDataRecord.finishedRound:
            release(upTo: limit)
            limit = newest
        case PerfDataRecord.compressed where !spooled:
            try decompress(reader, at: offset + 8, count: header.size - 8)
        case PerfDataRecord.compressedSized where !spooled && header.size >= 16:
            let size = reader.bytes(at: offset + 8, count: 8)?.loadUnaligned(as: UInt64.self) ?? 0
            try decompress(reader, at: offset + 16, count: min(header.size - 16, Int(clamping: size)))
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
            PerfDataEntry(
                time: time, place: spooled ? offset | PerfDataEntry.spoolBit : offset, size: Int32(header.size),
                misc: header.misc, kind: UInt16(truncatingIfNeeded: header.kind)))
    }

    private mutating func decompress(
        _ reader: FileReader, at offset: UInt64, count: Int
    ) throws(PerfDataError) {
        if spool == nil {
            let made = try SpoolFile()
            spool = made
            stream = try ZstdStream()
            spoolReader = FileReader(made.duplicate())
        }
        guard let spool, let stream, let spoolReader, let bytes = reader.bytes(at: offset, count: count) else {
            malformedCount += 1
            return
        }
        try stream.decompress(bytes, to: spool)
        // A record may go on in the next piece.
        while scanned < spool.size, let header = spoolReader.header(at: scanned, end: spool.size) {
            try scan(header, in: spoolReader, at: scanned, spooled: true)
            scanned += header.stride
        }
    }

    // MARK: Order

    private mutating func release(upTo limit: UInt64) {
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
            batch.append(entry)
        }
        pending.removeFirst(count)
    }
}
