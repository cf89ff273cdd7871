internal import PerfEvents

/// The feature sections of a recording (`HEADER_*` in linux tools/perf/util/header.h), those of them that matter here.
struct PerfDataFeature: RawRepresentable, Hashable {
    var rawValue: UInt64

    static let buildID = PerfDataFeature(rawValue: 2)
    static let hostName = PerfDataFeature(rawValue: 3)
    static let kernelRelease = PerfDataFeature(rawValue: 4)
    static let version = PerfDataFeature(rawValue: 5)
    static let architecture = PerfDataFeature(rawValue: 6)
    static let commandLine = PerfDataFeature(rawValue: 11)
    static let eventDescription = PerfDataFeature(rawValue: 12)

    /// Whether it is looked at: sections may be large, and lie about it.
    var isOfInterest: Bool {
        let all: [PerfDataFeature] = [
            .buildID, .hostName, .kernelRelease, .version, .architecture, .commandLine, .eventDescription,
        ]
        return all.contains(self)
    }
}

extension PerfDataFacts {
    /// Reads a section. What makes no sense is left out: nothing here is needed to read samples.
    /// - Parameter events: receive their names.
    mutating func read(_ feature: PerfDataFeature, _ bytes: [UInt8], events: inout [PerfDataEvent]) {
        var reader = FeatureReader(bytes)
        switch feature {
        case .buildID: readBuildIDs(bytes)
        case .hostName: hostName = reader.text() ?? ""
        case .kernelRelease: kernelRelease = reader.text() ?? ""
        case .version: perfVersion = reader.text() ?? ""
        case .architecture: architecture = reader.text() ?? ""
        case .commandLine:
            guard let count = reader.half(), count < 1 << 16 else { return }
            for _ in 0..<count { if let word = reader.text() { commandLine.append(word) } else { return } }
        case .eventDescription: Self.readNames(&reader, events: &events)
        default: break
        }
    }

    /// Records of a header, a pid, a build-id of up to 20 bytes in 24, and a path.
    private mutating func readBuildIDs(_ bytes: [UInt8]) {
        var offset = 0
        while bytes.count - offset >= 36 {
            let size = Int(bytes[offset + 6]) | Int(bytes[offset + 7]) << 8
            guard size >= 36, size <= bytes.count - offset else { return }
            addBuildID(bytes[offset..<(offset + size)])
            offset += size
        }
    }

    /// Takes one record of a build-id, its header included.
    mutating func addBuildID(_ record: ArraySlice<UInt8>) {
        guard record.count >= 37, buildIDs.count < 1 << 20 else { return }
        let start = record.startIndex
        let isSizeStated = record[start + 5] & 0x80 != 0
        let size = isSizeStated ? min(20, Int(record[start + 12 + 20])) : 20
        let digits = Array("0123456789abcdef".utf8)
        let id = record[(start + 12)..<(start + 12 + size)].flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        let path = record[(start + 36)...].prefix { $0 != 0 }
        buildIDs[String(decoding: path, as: UTF8.self)] = String(decoding: id, as: UTF8.self)
    }

    /// Count, size of the attributes, then for each event its attributes, the count of its ids, its name, its ids.
    private static func readNames(_ reader: inout FeatureReader, events: inout [PerfDataEvent]) {
        guard let count = reader.half(), let size = reader.half(), count < 1 << 12, size < 1 << 12 else { return }
        for index in 0..<Int(count) {
            guard reader.skip(Int(size)), let ids = reader.half(), ids < 1 << 24, let name = reader.text(),
                reader.skip(Int(ids) * 8)
            else { return }
            if index < events.count, !name.isEmpty { events[index].name = name }
        }
    }
}

/// Steps through a feature section.
private struct FeatureReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= bytes.count - offset else { return false }
        offset += count
        return true
    }

    mutating func half() -> UInt32? {
        let start = offset
        guard skip(4) else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt32.self) }
    }

    /// A text with its padded length in front.
    mutating func text() -> String? {
        guard let size = half() else { return nil }
        let start = offset
        guard skip(Int(size)) else { return nil }
        return String(decoding: bytes[start..<offset].prefix { $0 != 0 }, as: UTF8.self)
    }
}
