import PerfEvents
import Sampling
import TestSupport
import Testing

/// What a recording says about itself.
@Suite struct PerfDataFileTests {
    private static func described() -> PerfDataBytes {
        var bytes = PerfDataBytes(ids: [[7, 8], [9]])
        bytes.events[1].attributes.config = 1
        bytes.events[1].attributes.rate = 4000
        bytes.events[1].attributes.isFrequency = true
        var command = RecordBytes()
        command.add(UInt32(2))
        command.add(raw: PerfDataBytes.text("perf") + PerfDataBytes.text("record"))
        var description = RecordBytes()
        description.add(UInt32(2))
        description.add(UInt32(128))
        for (event, name) in zip(bytes.events, ["first", "second"]) {
            description.add(raw: event.attributes.bytes())
            description.add(UInt32(event.ids.count))
            description.add(raw: PerfDataBytes.text(name))
            for id in event.ids { description.add(id) }
        }
        bytes.records = PerfDataBytes.sample(time: 1)
        bytes.features = [
            (3, PerfDataBytes.text("host")), (4, PerfDataBytes.text("6.1.0")), (5, PerfDataBytes.text("6.1.192")),
            (11, command.bytes), (12, description.bytes), (200, [1, 2, 3]),
        ]
        return bytes
    }

    private static func buildID(_ id: [UInt8], path: String, statesSize: Bool) -> [UInt8] {
        var body = RecordBytes()
        body.add(Int32(-1))
        var field = id + [UInt8](repeating: 0, count: 24 - id.count)
        if statesSize { field[20] = UInt8(id.count) }
        body.add(raw: field)
        var path = path.utf8 + [0]
        while path.count % 8 != 4 { path.append(0) }
        body.add(raw: Array(path))
        return body.record(type: 67, misc: statesSize ? 1 << 15 : 0)
    }

    @Test(arguments: [false, true]) func eventsAndHostAreRead(isPipe: Bool) throws {
        let folder = try TemporaryFolder()
        let bytes = Self.described()
        let data = try ReadRecording.open(isPipe ? bytes.pipe : bytes.file, in: folder)
        #expect(data.events.map(\.name) == ["first", "second"])
        #expect(data.events.map(\.ids) == [[7, 8], [9]])
        #expect(data.events[0].format.period == 250_000)
        #expect(data.events[1].format.frequency == 4000)
        #expect(data.facts.hostName == "host")
        #expect(data.facts.kernelRelease == "6.1.0")
        #expect(data.facts.perfVersion == "6.1.192")
        #expect(data.facts.commandLine == ["perf", "record"])
        #expect(data.notes.isEmpty)
    }

    @Test func eventsWithoutNamesAreNamedByTheirNumbers() throws {
        let folder = try TemporaryFolder()
        var bytes = PerfDataBytes(ids: [[1], [2]])
        bytes.events[1].attributes.type = 77
        bytes.events[1].attributes.config = 5
        #expect(try ReadRecording.open(bytes.file, in: folder).events.map(\.name) == ["cpu-clock", "event 77:5"])
    }

    @Test(arguments: [false, true]) func buildIDsAreReadByPath(isPipe: Bool) throws {
        let folder = try TemporaryFolder()
        let long = [UInt8](1...20), short: [UInt8] = [0xAB, 0xCD]
        let records =
            Self.buildID(long, path: "/usr/bin/engine", statesSize: false)
            + Self.buildID(short, path: "/lib/x.so", statesSize: true)
        var bytes = PerfDataBytes()
        bytes.records = PerfDataBytes.sample(time: 1)
        if isPipe { bytes.records += records } else { bytes.features = [(2, records)] }
        let facts = try ReadRecording.open(isPipe ? bytes.pipe : bytes.file, in: folder).facts
        #expect(
            facts.buildIDs == [
                "/usr/bin/engine": "0102030405060708090a0b0c0d0e0f1011121314", "/lib/x.so": "abcd",
            ])
    }

    @Test func foreignArchitectureIsSaid() throws {
        let folder = try TemporaryFolder()
        var bytes = PerfDataBytes()
        bytes.records = PerfDataBytes.sample(time: 1)
        bytes.features = [(6, PerfDataBytes.text("sparc"))]
        #expect(try ReadRecording.open(bytes.file, in: folder).notes.contains { $0.contains("recorded on sparc") })
    }

    @Test func unfinishedHeaderIsReadToTheEndWithANote() throws {
        var bytes = PerfDataBytes()
        bytes.records = PerfDataBytes.sample(time: 1) + PerfDataBytes.sample(time: 2)
        var file = bytes.file
        file.replaceSubrange(48..<56, with: repeatElement(0, count: 8))  // size of the records
        let read = try ReadRecording(file)
        #expect(read.times == [1, 2])
        #expect(read.data.notes.contains { $0.contains("not finished") })
    }

    @Test func fileThatEndsEarlySaysSo() throws {
        var bytes = PerfDataBytes()
        bytes.records = PerfDataBytes.sample(time: 1) + PerfDataBytes.sample(time: 2)
        let file = bytes.file
        let read = try ReadRecording(Array(file.dropLast(4)))
        #expect(read.times == [1])
        #expect(read.isCutShort)
        #expect(read.data.notes.contains { $0.contains("ends 4 bytes early") })
    }

    /// Every field of the header and of the table of events with every kind of lie.
    @Test func liesInTheHeaderAreRefusedOrBounded() throws {
        let folder = try TemporaryFolder()
        let bytes = Self.described()
        for whole in [bytes.file, bytes.pipe] {
            for offset in stride(from: 0, to: min(whole.count, 500), by: 8) {
                for value in [0, 1, 15, 16, 103, 1 << 31, 1 << 32, 1 << 63, UInt64.max - 7, .max] {
                    var lying = whole
                    withUnsafeBytes(of: value) { lying.replaceSubrange(offset..<(offset + 8), with: $0) }
                    do { _ = try ReadRecording.open(lying, in: folder) } catch let error as PerfDataError {
                        #expect(!error.description.contains("\n"))
                    }
                }
            }
            for length in 0..<whole.count {
                do { _ = try ReadRecording.open(Array(whole.prefix(length)), in: folder) } catch is PerfDataError {}
            }
        }
    }

    @Test(arguments: ["", "no recording at all, but some text\n", "PERFILE2", "2ELIFREP01234567"])
    func whatIsNoRecordingIsRefused(text: String) throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: PerfDataError.self) { try ReadRecording.open(Array(text.utf8), in: folder) }
        #expect(error?.description.contains(folder.file("perf.data")) == true)
    }

    @Test func folderIsRefused() throws {
        #expect(throws: PerfDataError.self) { try PerfDataFile(path: "/tmp") }
        #expect(throws: PerfDataError.self) { try PerfDataFile(path: "/nonexistent/perf.data") }
    }
}
