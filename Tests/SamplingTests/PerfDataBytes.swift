import CZstd
import Glibc
import PerfEvents
import Sampling
import TestSupport

/// A recording of perf's put together byte by byte, as tools/perf/Documentation/perf.data-file-format.txt lays it out.
struct PerfDataBytes {
    /// Each event with the numbers by which records name it.
    var events: [(attributes: AttributeBytes, ids: [UInt64])]
    var records: [UInt8] = []
    /// Feature sections by their bit.
    var features: [(bit: Int, bytes: [UInt8])] = []

    /// IP, TID, TIME, ID, PERIOD: 56 bytes a sample, 24 a trailer.
    static let sampleType: UInt64 = 1 | 2 | 4 | 1 << 6 | 1 << 8

    init(ids: [[UInt64]] = [[7]], attributes: AttributeBytes = AttributeBytes(sampleType: sampleType)) {
        events = ids.map { (attributes, $0) }
    }

    /// The file, with its features behind the records.
    var file: [UInt8] {
        var ids = RecordBytes(), table = RecordBytes()
        let idStart = 104
        let tableStart = idStart + events.reduce(0) { $0 + $1.ids.count * 8 }
        for event in events {
            table.add(raw: event.attributes.bytes())
            table.add(UInt64(idStart + ids.bytes.count))
            table.add(UInt64(event.ids.count * 8))
            for id in event.ids { ids.add(id) }
        }
        let start = tableStart + table.bytes.count
        var header = RecordBytes()
        header.add(raw: Array("PERFILE2".utf8))
        for word in [104, 144, tableStart, table.bytes.count, start, records.count, 0, 0] { header.add(UInt64(word)) }
        for word in 0..<4 {
            header.add(features.reduce(UInt64(0)) { $1.bit / 64 == word ? $0 | 1 << UInt64($1.bit % 64) : $0 })
        }
        var sections = RecordBytes()
        var place = start + records.count + features.count * 16
        for feature in features.sorted(by: { $0.bit < $1.bit }) {
            sections.add(UInt64(place))
            sections.add(UInt64(feature.bytes.count))
            place += feature.bytes.count
        }
        for feature in features.sorted(by: { $0.bit < $1.bit }) { sections.add(raw: feature.bytes) }
        return header.bytes + ids.bytes + table.bytes + records + sections.bytes
    }

    /// What `perf record -o -` writes: everything is a record.
    var pipe: [UInt8] {
        var bytes = RecordBytes()
        bytes.add(raw: Array("PERFILE2".utf8))
        bytes.add(UInt64(16))
        for event in events {
            var body = RecordBytes()
            body.add(raw: event.attributes.bytes())
            for id in event.ids { body.add(id) }
            bytes.add(raw: body.record(type: 64))
        }
        for feature in features {
            var body = RecordBytes()
            body.add(UInt64(feature.bit))
            body.add(raw: feature.bytes)
            bytes.add(raw: body.record(type: 80))
        }
        return bytes.bytes + records
    }

    static func sample(time: UInt64, id: UInt64 = 7, ip: UInt64 = 0x1000, tid: Int32 = 11) -> [UInt8] {
        var body = RecordBytes()
        body.add(ip)
        body.add(Int32(10))
        body.add(tid)
        for word in [time, id, 5] { body.add(word) }
        return body.record(type: 9)
    }

    /// A record about a task with the trailer of ``sampleType``.
    static func sideband(type: UInt32, misc: UInt16 = 0, time: UInt64, _ fill: (inout RecordBytes) -> Void) -> [UInt8] {
        var body = RecordBytes()
        fill(&body)
        body.add(Int32(10))
        body.add(Int32(11))
        body.add(time)
        body.add(UInt64(7))
        return body.record(type: type, misc: misc)
    }

    static let finishedRound = RecordBytes().record(type: 68)

    /// A feature's text, with its padded length in front.
    static func text(_ text: String) -> [UInt8] {
        var padded = RecordBytes()
        padded.add(text: text)
        var bytes = RecordBytes()
        bytes.add(UInt32(padded.bytes.count))
        bytes.add(raw: padded.bytes)
        return bytes.bytes
    }

    /// The records as compressed ones: a single stream cut into pieces of so many bytes of input, each flushed.
    static func compressed(_ records: [UInt8], pieces: Int) -> [UInt8] {
        let stream = ZSTD_createCCtx()
        defer { ZSTD_freeCCtx(stream) }
        var result = RecordBytes()
        for start in stride(from: 0, to: records.count, by: pieces) {
            var output = [UInt8](repeating: 0, count: 1 << 16)
            let input = Array(records[start..<min(records.count, start + pieces)])
            let count = input.withUnsafeBytes { input in
                output.withUnsafeMutableBytes { output in
                    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
                    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                    _ = ZSTD_compressStream2(stream, &target, &source, ZSTD_e_flush)
                    return target.pos
                }
            }
            var body = RecordBytes()
            body.add(raw: Array(output[..<count]))
            result.add(raw: body.record(type: 81))
        }
        return result.bytes
    }
}

/// What a reader handed on, in order.
struct HandedOn: PerfDataHandler {
    enum Item: Equatable {
        case sample(time: UInt64, tid: Int32, ip: UInt64)
        case sideband(SidebandRecord, time: UInt64)
    }

    var items: [Item] = []

    mutating func handle(_ sample: SampleView, callGraph: RecordFormat.CallGraph) {
        items.append(.sample(time: sample.time, tid: sample.tid, ip: sample.callchain.last ?? 0))
    }

    mutating func handle(_ record: SidebandRecord, time: UInt64) { items.append(.sideband(record, time: time)) }

    var times: [UInt64] {
        items.map {
            switch $0 {
            case .sample(let time, _, _), .sideband(_, let time): time
            }
        }
    }
}

/// A recording that was read.
struct ReadRecording {
    var data: PerfDataFile
    var items: [HandedOn.Item]
    var times: [UInt64]
    var late: Int
    var malformed: Int
    var ofOtherEvents: Int
    var isCutShort: Bool

    init(_ bytes: [UInt8], event: Int = 0) throws {
        let folder = try TemporaryFolder()
        data = try Self.open(bytes, in: folder)
        var reader = PerfDataReader(data, event: event)
        var handler = HandedOn()
        try reader.read(into: &handler) { _ in }
        items = handler.items
        times = handler.times
        late = reader.lateCount
        malformed = reader.malformedCount
        ofOtherEvents = reader.otherEventCount
        isCutShort = reader.isCutShort
    }

    static func open(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> PerfDataFile {
        let path = folder.file("perf.data")
        let file = creat(path, 0o600)
        defer { close(file) }
        guard write(file, bytes, bytes.count) == bytes.count else { throw TestFailure("cannot write \(path)") }
        return try PerfDataFile(path: path)
    }
}
