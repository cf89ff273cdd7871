internal import PerfEvents

/// Records of perf's own, beside the kernel's (`enum perf_user_event_type` in linux tools/lib/perf/include/perf/event.h).
enum PerfDataRecord {
    static let firstOwn: UInt32 = 64
    static let attributes: UInt32 = 64
    static let tracingData: UInt32 = 66
    static let buildID: UInt32 = 67
    static let finishedRound: UInt32 = 68
    static let auxiliaryTrace: UInt32 = 71
    static let eventUpdate: UInt32 = 78
    static let feature: UInt32 = 80
    static let compressed: UInt32 = 81
    static let compressedSized: UInt32 = 83
}

/// One record's place in a file.
struct PerfDataRecordHeader {
    var kind: UInt32
    var misc: UInt16
    var size: Int
    /// From this record to the next: some are followed by data that their size leaves out.
    var stride: UInt64
}

extension FileReader {
    /// The header of the record at a place; nil when none fits there.
    func header(at offset: UInt64, end: UInt64) -> PerfDataRecordHeader? {
        guard end - offset >= 8, let bytes = bytes(at: offset, count: 8) else { return nil }
        let kind = bytes.loadUnaligned(as: UInt32.self)
        let misc = bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
        let size = Int(bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        guard size >= 8, UInt64(size) <= end - offset else { return nil }
        var extra: UInt64 = 0
        if kind == PerfDataRecord.tracingData, size >= 12 {
            extra = UInt64(self.bytes(at: offset + 8, count: 4)?.loadUnaligned(as: UInt32.self) ?? 0)
            extra = (extra + 7) & ~7
        } else if kind == PerfDataRecord.auxiliaryTrace, size >= 16 {
            extra = self.bytes(at: offset + 8, count: 8)?.loadUnaligned(as: UInt64.self) ?? 0
        }
        guard extra <= end - offset - UInt64(size) else { return nil }
        return PerfDataRecordHeader(kind: kind, misc: misc, size: size, stride: UInt64(size) + extra)
    }
}

extension PerfDataFile {
    /// What a pipe says about itself stands among its records.
    func readPipeHeader() throws(PerfDataError) {
        var offset = records.lowerBound
        while let header = file.header(at: offset, end: records.upperBound) {
            defer { offset += header.stride }
            let wanted = [
                PerfDataRecord.attributes, PerfDataRecord.buildID, PerfDataRecord.eventUpdate, PerfDataRecord.feature,
            ]
            guard wanted.contains(header.kind), let bytes = file.copy(at: offset, count: header.size) else { continue }
            try read(header, bytes)
        }
        checkArchitecture()
    }

    private func read(_ header: PerfDataRecordHeader, _ bytes: [UInt8]) throws(PerfDataError) {
        let word = { (offset: Int) in
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        }
        switch header.kind {
        case PerfDataRecord.attributes:
            // The attributes state their own size; ids follow.
            guard bytes.count >= 16 else { return }
            let size = Int(truncatingIfNeeded: word(8) >> 32)
            guard size >= 64, size <= bytes.count - 8, events.count < 4096,
                let format = bytes[8..<(8 + size)].withUnsafeBytes({ RecordFormat(attributes: $0) })
            else { throw damaged("has an event whose attributes make no sense") }
            let ids = Self.words(bytes[(8 + size)...])
            guard eventIndexes.count + ids.count <= Self.mostIDs else { throw damaged("has too many events") }
            for id in ids { eventIndexes[id] = events.count }
            events.append(PerfDataEvent(format: format, ids: ids))
        case PerfDataRecord.buildID: facts.addBuildID(bytes[...])
        case PerfDataRecord.eventUpdate:
            // Type 2 is a name.
            guard bytes.count > 24, word(8) == 2 else { return }
            guard let index = eventIndexes[word(16)] else { return }
            events[index].name = String(decoding: bytes[24...].prefix { $0 != 0 }, as: UTF8.self)
        default:
            guard bytes.count >= 16 else { return }
            facts.read(PerfDataFeature(rawValue: word(8)), Array(bytes[16...]), events: &events)
        }
    }
}
