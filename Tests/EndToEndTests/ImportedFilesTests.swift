import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Which file, and which kernel, names a frame of a recording that perf made: the one that was recorded, or none.
    @Suite(.enabled(if: PerfRecording.isPossible, "perf is missing, or may not record here"))
    struct ImportedFiles {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        @Test func mappingsWithoutInodesAreToldApartByPath() throws {
            var recording = try PerfDataPatch(
                path: record(["--call-graph", "dwarf,4096"], [Fixture.split.build(), "1"]))
            let expected = try stacks(of: recording.path)
            #expect(expected.shareFromStart >= 0.99, "\(expected.summary)")
            // PERF_RECORD_MMAP2: device numbers, inode and its generation.
            #expect(recording.patch(type: 10) { $0.replaceSubrange(40..<64, with: repeatElement(0, count: 24)) } > 2)
            #expect(try stacks(of: recording.write(to: folder.file("no-inodes.data"))).lines == expected.lines)
        }

        @Test func stacksOfAnotherArchitectureAreRefused() throws {
            var recording = try PerfDataPatch(
                path: record(["--call-graph", "dwarf,4096"], [Fixture.split.build(), "1"]))
            try recording.replaceArchitecture(with: "aarch64")
            expectOneError(
                try run([
                    Tickscope.path, "import", recording.write(to: folder.file("arm.data")), "-o", folder.file("x"),
                ]),
                mentions: ["aarch64"])
            #expect(!folder.contents.contains("x"))
        }

        @Test(.enabled(if: Capability.isRoot, "kernel addresses are hidden"))
        func kernelThatWasLoadedElsewhereHasTheSameNames() throws {
            var recording = try PerfDataPatch(path: record(["-g"], kernelWork))
            let expected = try stacks(of: recording.path)
            #expect(expected.share { $0.contains("syscall") } >= 0.5, "\(expected.summary)")
            #expect(recording.patchKernelAddresses { $0 + 0x0100_0000 } > 100)
            #expect(try stacks(of: recording.write(to: folder.file("moved.data"))).lines == expected.lines)
        }

        @Test(.enabled(if: Capability.isRoot, "kernel addresses are hidden"))
        func kernelFramesHaveNoNameWhereItsPlaceIsUnknown() throws {
            var recording = try PerfDataPatch(path: record(["-g"], kernelWork))
            let named = try stacks(of: recording.path)
            // PERF_RECORD_MMAP of pid -1: in place of an offset, where `_text` is.
            #expect(recording.patch(type: 1) { $0.replaceSubrange(32..<40, with: repeatElement(0, count: 8)) } >= 1)
            let unnamed = try stacks(of: recording.write(to: folder.file("nowhere.data")))
            #expect(unnamed.total == named.total)
            #expect(unnamed.share { $0.contains("[kernel]") } >= 0.5, "\(unnamed.summary)")
            #expect(unnamed.share { $0.contains("syscall") } == 0, "\(unnamed.summary)")
        }

        private let kernelWork = ["dd", "if=/dev/zero", "of=/dev/null", "bs=1M", "count=20000"]

        private func record(_ options: [String], _ command: [String]) throws -> String {
            let file = folder.file("perf.data")
            let perf = try run(
                ["perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "-o", file] + options + ["--"] + command)
            guard try perf.wait() == .exited(0) else { throw TestFailure("perf: \(perf.errors.text)") }
            return file
        }

        /// With a home folder of its own: perf keeps copies of all that it records in `~/.debug`.
        private func run(_ command: [String]) throws -> Program {
            try Program.run(["env", "HOME=" + folder.file("home")] + command)
        }

        private func stacks(of recording: String) throws -> CollapsedStacks {
            let file = recording + ".pb.gz"
            let importer = try run([Tickscope.path, "import", recording, "-o", file])
            guard try importer.wait() == .exited(0) else { throw TestFailure("import: \(importer.errors.text)") }
            return try Recording(folder: folder, file: file).stacks()
        }
    }
}

extension CollapsedStacks {
    fileprivate var lines: [String] { stacks.map { $0.frames.joined(separator: ";") + " \($0.count)" }.sorted() }
}

/// A recording of perf's whose bytes are changed: a file that another machine could have written.
private struct PerfDataPatch {
    private(set) var path: String
    private var bytes: [UInt8]

    init(path: String) throws {
        self.path = path
        bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func word(_ offset: Int) -> UInt64 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }

    /// Offset and size stand in the file's header.
    private var records: Range<Int> { Int(word(40))..<(Int(word(40)) + Int(word(48))) }

    /// Changes every record of a kind.
    /// - Returns: how many there are.
    mutating func patch(type: UInt32, _ change: (inout [UInt8]) -> Void) -> Int {
        var count = 0
        var offset = records.lowerBound
        while offset < records.upperBound {
            let header = word(offset)
            let size = Int(header >> 48)
            if UInt32(truncatingIfNeeded: header) == type {
                var record = Array(bytes[offset..<(offset + size)])
                change(&record)
                bytes.replaceSubrange(offset..<(offset + size), with: record)
                count += 1
            }
            offset += size
        }
        return count
    }

    /// Changes every word in the kernel's range; only addresses are.
    mutating func patchKernelAddresses(_ change: (UInt64) -> UInt64) -> Int {
        var count = 0
        for offset in stride(from: records.lowerBound, to: records.upperBound - 7, by: 8) {
            let value = word(offset)
            guard (0xFFFF_FFFF_8000_0000..<0xFFFF_FFFF_F000_0000).contains(value) else { continue }
            withUnsafeBytes(of: change(value)) { bytes.replaceSubrange(offset..<(offset + 8), with: $0) }
            count += 1
        }
        return count
    }

    /// HEADER_ARCH: a length and a text, behind the records.
    mutating func replaceArchitecture(with name: String) throws {
        let own = Array("x86_64\0".utf8)
        let start = records.upperBound
        guard
            let offset = (start..<(bytes.count - own.count)).first(where: { bytes[$0..<($0 + own.count)] == own[...] })
        else { throw TestFailure("the recording names no architecture") }
        bytes.replaceSubrange(offset..<(offset + name.utf8.count), with: name.utf8)
    }

    mutating func write(to path: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        self.path = path
        return path
    }
}
