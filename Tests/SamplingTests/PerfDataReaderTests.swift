import Glibc
import PerfEvents
import Sampling
import TestSupport
import Testing

/// The records of a recording, in the order of their time.
@Suite struct PerfDataReaderTests {
    private static func recording(_ records: [[UInt8]]) -> PerfDataBytes {
        var bytes = PerfDataBytes()
        bytes.records = records.flatMap(\.self)
        return bytes
    }

    private static func sample(_ time: UInt64, _ id: UInt64, _ ip: UInt64, _ tid: Int32) -> [UInt8] {
        PerfDataBytes.sample(time: time, id: id, ip: ip, tid: tid)
    }

    @Test(arguments: [false, true]) func samplesAndTasksAreHandedOn(isPipe: Bool) throws {
        let task = TaskReference(pid: 20, tid: 21), parent = TaskReference(pid: 10, tid: 11)
        let mapping = { (fields: inout RecordBytes) in
            fields.add(Int32(20))
            fields.add(Int32(21))
            for word in [0x7000, 0x2000, 0x1000] as [UInt64] { fields.add(word) }
        }
        let family = { (fields: inout RecordBytes) in
            for number in [20, 10, 21, 11] as [Int32] { fields.add(number) }
            fields.add(UInt64(3))
        }
        let records = [
            PerfDataBytes.sideband(type: 1, time: 1) {
                mapping(&$0)
                $0.add(text: "/bin/a")
            },
            PerfDataBytes.sideband(type: 10, misc: 1 << 14, time: 2) {
                mapping(&$0)
                $0.add(UInt32(4))  // size of the build-id
                $0.add(raw: [0xDE, 0xAD, 0xBE, 0xEF] + [UInt8](repeating: 0, count: 16))
                $0.add(UInt32(5))
                $0.add(UInt32(2))
                $0.add(text: "/bin/b")
            },
            PerfDataBytes.sideband(type: 3, misc: 1 << 13, time: 3) {
                $0.add(Int32(20))
                $0.add(Int32(21))
                $0.add(text: "engine")
            },
            PerfDataBytes.sideband(type: 7, time: 4, family),
            Self.sample(5, 7, 0x1234, 11),
            PerfDataBytes.sideband(type: 2, time: 6) {
                $0.add(UInt64(7))
                $0.add(UInt64(42))
            },
            PerfDataBytes.sideband(type: 4, time: 7, family),
            PerfDataBytes.sideband(type: 13, time: 8) { $0.add(UInt64(3)) },
        ]
        let bytes = Self.recording(records)
        let read = try ReadRecording(isPipe ? bytes.pipe : bytes.file)
        let mapped = { (buildID: String, protection: UInt32, path: String) in
            SidebandRecord.mapping(
                MappingRecord(
                    task: task, start: 0x7000, length: 0x2000, fileOffset: 0x1000, deviceMajor: 0, deviceMinor: 0,
                    inode: 0, protection: protection, buildID: buildID, path: path))
        }
        let expected: [HandedOn.Item] = [
            .sideband(mapped("", 4, "/bin/a"), time: 1), .sideband(mapped("deadbeef", 5, "/bin/b"), time: 2),
            .sideband(.comm(task, name: "engine", isExec: true), time: 3),
            .sideband(.fork(child: task, parent: parent), time: 4),
            .sample(time: 5, tid: 11, ip: 0x1234), .sideband(.lost(eventID: 7, count: 42), time: 6),
            .sideband(.exit(task, parent: parent), time: 7), .sideband(.lost(eventID: 0, count: 3), time: 8),
        ]
        #expect(read.items == expected)
        #expect(read.malformed == 0)
        #expect(!read.isCutShort)
    }

    /// Rings are drained one after another; what a round holds is in order only when the next one is over.
    @Test func roundsArePutInOrder() throws {
        let records = [
            Self.sample(10, 7, 0, 1), Self.sample(30, 7, 0, 1), Self.sample(5, 7, 0, 2), Self.sample(20, 7, 0, 2),
            PerfDataBytes.finishedRound, Self.sample(40, 7, 0, 1), Self.sample(25, 7, 0, 2),
            PerfDataBytes.finishedRound, Self.sample(35, 7, 0, 2), PerfDataBytes.finishedRound,
        ]
        let read = try ReadRecording(Self.recording(records).file)
        #expect(read.times == [5, 10, 20, 25, 30, 35, 40])
        #expect(read.late == 0)
    }

    @Test func equalTimesKeepTheOrderOfTheFile() throws {
        let records = (0..<50 as Range<Int32>).map { Self.sample(9, 7, 0, $0) }
        let read = try ReadRecording(Self.recording(records).file)
        let expected = (0..<50 as Range<Int32>).map { HandedOn.Item.sample(time: 9, tid: $0, ip: 0) }
        #expect(read.items == expected)
    }

    @Test func lateRecordsAreCountedAndKept() throws {
        let records = [
            Self.sample(10, 7, 0, 1), PerfDataBytes.finishedRound, PerfDataBytes.finishedRound, Self.sample(1, 7, 0, 1),
        ]
        let read = try ReadRecording(Self.recording(records).file)
        #expect(read.times == [10, 1])
        #expect(read.late == 1)
    }

    /// perf appends what it counted itself without a time.
    @Test(arguments: [0, UInt64.max]) func recordsWithoutTimeAreNeitherLateNorHoldUpOthers(time: UInt64) throws {
        let lost = PerfDataBytes.sideband(type: 13, time: time) { $0.add(UInt64(3)) }
        let records = [
            Self.sample(10, 7, 0, 1), lost, PerfDataBytes.finishedRound, Self.sample(30, 7, 0, 1),
            PerfDataBytes.finishedRound, Self.sample(20, 7, 0, 2), lost,
        ]
        let read = try ReadRecording(Self.recording(records).file)
        #expect(read.times == [0, 10, 0, 20, 30])
        #expect(read.late == 0)
    }

    @Test(arguments: [0, 1]) func onlyTheChosenEventIsRead(event: Int) throws {
        var bytes = PerfDataBytes(ids: [[1, 2], [3, 4]])
        bytes.records = [1, 3, 2, 4, 99].enumerated().flatMap { Self.sample(UInt64($0.offset), $0.element, 0, 1) }
        let read = try ReadRecording(bytes.file, event: event)
        #expect(read.times == (event == 0 ? [0, 2] : [1, 3]))
        #expect(read.ofOtherEvents == 2)
        #expect(read.malformed == 1)  // 99 is no event of the file
    }

    @Test func eventsThatNameThemselvesInFrontAreToldApart() throws {
        var bytes = PerfDataBytes(ids: [[1], [2]], attributes: AttributeBytes(sampleType: 1 << 16 | 2 | 4))
        bytes.records = [1, 2, 1].enumerated().flatMap { index, id in
            var body = RecordBytes()
            body.add(UInt64(id))
            body.add(UInt64(0))
            body.add(UInt64(index))
            return body.record(type: 9)
        }
        #expect(try ReadRecording(bytes.file, event: 0).times == [0, 2])
    }

    /// Pieces of any size: records that straddle them, several in one, and lengths that shift what follows.
    @Test(arguments: [1, 7, 8, 13, 100, 1000, 50_000]) func compressedRecordsAreReadWhateverThePieces(size: Int) throws
    {
        let plain = (0..<200 as Range<UInt64>).flatMap { Self.sample($0, 7, 0x1000 + $0, Int32($0)) }
        var bytes = PerfDataBytes()
        bytes.records =
            PerfDataBytes.compressed(plain, pieces: size) + PerfDataBytes.finishedRound
            + Self.sample(1000, 7, 0x77, 1)
        for file in [bytes.file, bytes.pipe] {
            let read = try ReadRecording(file)
            var expected = (0..<200 as Range<UInt64>).map {
                HandedOn.Item.sample(time: $0, tid: Int32($0), ip: 0x1000 + $0)
            }
            expected.append(.sample(time: 1000, tid: 1, ip: 0x77))
            #expect(read.items == expected)
            #expect(!read.isCutShort)
        }
    }

    @Test func damagedCompressionIsSaid() throws {
        var bytes = PerfDataBytes()
        bytes.records = PerfDataBytes.compressed(Self.sample(1, 7, 0, 1), pieces: 1000)
        bytes.records[8] ^= 0xFF
        #expect(throws: PerfDataError.self) { try ReadRecording(bytes.file) }
    }

    @Test func expansionBeyondAllMeasureIsRefused() throws {
        var bytes = PerfDataBytes()
        let zeros = PerfDataBytes.compressed([UInt8](repeating: 0, count: 64 << 20), pieces: 64 << 20)
        bytes.records = zeros
        let error = #expect(throws: PerfDataError.self) { try ReadRecording(bytes.file) }
        #expect(error?.description.contains("beyond all measure") == true)
    }

    @Test func largeRecordsAreReadWholeWhereverTheyLie() throws {
        // Registers and a stack of nearly 64 KiB, on all alignments.
        var attributes = AttributeBytes(sampleType: 2 | 4 | 1 << 13)
        attributes.hasTrailer = false
        for padding in [8, 9, 12, 4088, 4090, 16_380] {
            var bytes = PerfDataBytes(ids: [[]], attributes: attributes)
            var body = RecordBytes()
            body.add(Int32(1))
            body.add(Int32(2))
            body.add(UInt64(77))
            body.add(UInt64(65_000))
            body.add(raw: [UInt8](repeating: 1, count: 65_000))
            body.add(UInt64(65_000))
            var filler = RecordBytes()
            filler.add(raw: [UInt8](repeating: 0, count: padding))
            bytes.records = filler.record(type: 79) + body.record(type: 9)
            #expect(try ReadRecording(bytes.file).times == [77], "\(padding)")
        }
    }

    @Test func recordsOfNoSizeAndOfTooMuchEndTheReading() throws {
        for size in [0, 7, 65_535] as [UInt16] {
            var records = Self.sample(1, 7, 0, 1) + Self.sample(2, 7, 0, 1)
            let offset = records.count / 2 + 6
            withUnsafeBytes(of: size) { records.replaceSubrange(offset..<(offset + 2), with: $0) }
            let read = try ReadRecording(Self.recording([records]).file)
            #expect(read.times == [1])
            #expect(read.isCutShort)
        }
    }

    @Test func samplesThatAreTooShortAreCounted() throws {
        let short = RecordBytes().record(type: 9)
        let read = try ReadRecording(Self.recording([short, Self.sample(2, 7, 0, 1)]).file)
        #expect(read.times == [2])
        #expect(read.malformed == 1)
    }

    @Test func auxiliaryDataIsSteppedOver() throws {
        var trace = RecordBytes()
        trace.add(UInt64(16))
        for _ in 0..<5 { trace.add(UInt64(0)) }
        let hidden = [UInt8](repeating: 9, count: 16)
        let read = try ReadRecording(
            Self.recording([trace.record(type: 71), hidden, Self.sample(2, 7, 0, 1)]).file)
        #expect(read.times == [2])
    }

    /// The file is mapped: without care, what it loses would end the process (SIGBUS).
    @Test func aFileThatShrinksWhileItIsReadEndsEarly() throws {
        let folder = try TemporaryFolder()
        let samples = (1...20_000).map { Self.sample(UInt64($0), 1, 0x1000, 7) }
        let bytes = Self.recording(samples).file
        let data = try ReadRecording.open(bytes, in: folder)
        #expect(truncate(folder.file("perf.data"), bytes.count / 2) == 0)
        var reader = PerfDataReader(data, event: 0)
        var handler = HandedOn()
        try reader.read(into: &handler) { _ in }
        #expect((9000..<10_500).contains(handler.items.count), "\(handler.items.count)")
        #expect(reader.isCutShort || reader.malformedCount > 0)
        #expect(truncate(folder.file("perf.data"), 0) == 0)
        var again = PerfDataReader(data, event: 0)
        var none = HandedOn()
        try again.read(into: &none) { _ in }
        // The page that holds the end of the file was there whole, or is gone: never more than it had.
        #expect(none.items.count <= handler.items.count)
    }
}
