internal import PerfEvents

/// Where a record is.
struct PerfDataEntry: Sendable {
    var time: UInt64
    /// Offset in the file, or in the spool with the highest bit set.
    var place: UInt64
    var size: Int32
    var misc: UInt16
    /// The kernel's number of the record's kind.
    var kind: UInt16

    static let spoolBit: UInt64 = 1 << 63

    var isSample: Bool { UInt32(kind) == RecordKind.sample.rawValue }
}

/// Records that follow each other in time, by their places.
package struct PerfDataBatch: Sendable {
    private(set) var entries: [PerfDataEntry] = []
    package private(set) var sampleCount = 0
    /// Where decompressed records are.
    var spool: SpoolFile?

    mutating func append(_ entry: PerfDataEntry) {
        entries.append(entry)
        if entry.isSample { sampleCount += 1 }
    }

    /// The same without its samples: what has to be known before a later batch is looked at.
    package var withoutSamples: PerfDataBatch {
        var rest = PerfDataBatch()
        rest.spool = spool
        for entry in entries where !entry.isSample { rest.append(entry) }
        return rest
    }
}
