import Foundation
package import ProfileModel

/// What a test needs to know of a profile file without the code under test: its strings and number of samples.
///
/// A minimal reader of pprof's top-level fields, unpacked by `gzip`.
package struct RecordedFile {
    package private(set) var strings: [String] = []
    package private(set) var sampleRecords = 0

    package init(path: String) throws {
        let gzip = try Process.unzipped(path)
        var position = gzip.startIndex
        func varint() throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: 0, to: 64, by: 7) {
                guard position < gzip.endIndex else { throw TestFailure("\(path): ends in a number") }
                let byte = gzip[position]
                position += 1
                value |= UInt64(byte & 0x7f) << UInt64(shift)
                if byte < 0x80 { return value }
            }
            throw TestFailure("\(path): a number of more than ten bytes")
        }
        while position < gzip.endIndex {
            let key = try varint()
            switch key & 7 {
            case 0: _ = try varint()
            case 2:
                let length = Int(try varint())
                guard length <= gzip.endIndex - position else { throw TestFailure("\(path): a field is cut off") }
                if key >> 3 == 2 { sampleRecords += 1 }
                if key >> 3 == 6 { strings.append(String(decoding: gzip[position..<position + length], as: UTF8.self)) }
                position += length
            default: throw TestFailure("\(path): wire type \(key & 7)")
            }
        }
    }

    /// The recorder's own account of what it received, lost and truncated.
    package func quality() throws -> RecordingQuality {
        guard let quality = strings.lazy.compactMap({ RecordingQuality(comment: $0) }).first else {
            throw TestFailure("the file states no recording quality")
        }
        return quality
    }
}

extension Process {
    fileprivate static func unzipped(_ path: String) throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw TestFailure("\(path) is no gzip file") }
        return data
    }
}
