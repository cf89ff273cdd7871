import Foundation
import ProfileFormats
import ProfileModel
import Testing

@Suite struct FileTests {
    @Test func gzipIsReadByGzipAndBack() throws {
        let text = Array(String(repeating: "some text ", count: 100_000).utf8)
        let packed = GzipCoding.deflate(text)
        #expect(packed.count < 10_000)
        #expect(try GzipCoding.inflate(packed) == text)
        #expect(try GzipCoding.inflate(packed + GzipCoding.deflate(Array("more".utf8))) == text + Array("more".utf8))
        #expect(try GzipCoding.inflate(GzipCoding.deflate([])) == [])
        let gzip = try #require(ExternalTool.find("gzip"))
        let folder = TemporaryFolder()
        try AtomicFile.write(packed, to: folder.path("x.gz"))
        _ = try gzip.run(["-t", folder.path("x.gz")])
    }

    @Test func damageIsNoticed() {
        var packed = GzipCoding.deflate(Array("text that is long enough to be damaged".utf8))
        packed[packed.count - 6] ^= 1  // the checksum
        let error = #expect(throws: FormatError.self) { try GzipCoding.inflate(packed) }
        #expect(error?.description == "the compressed file is damaged; copy or record it again")
        let cut = #expect(throws: FormatError.self) { try GzipCoding.inflate(Array(packed.dropLast(9))) }
        #expect(cut?.description == "the compressed file is truncated; copy or record it again")
    }

    @Test func replacesTheFileAndLeavesNothingBehind() throws {
        let folder = TemporaryFolder()
        try AtomicFile.write(Array("old".utf8), to: folder.path("a"))
        chmod(folder.path("a"), 0o640)
        try AtomicFile.write(Array("new".utf8), to: folder.path("a"))
        #expect(try InputFile.read(folder.path("a")) == Array("new".utf8))
        #expect(folder.contents == ["a"])
        var status = stat()
        #expect(stat(folder.path("a"), &status) == 0 && status.st_mode & 0o777 == 0o640)
    }

    @Test(arguments: [[], [0], [1, 2, 3], [900_000], [1 << 18, 1 << 18, 1], Array(repeating: 777, count: 2000)])
    func piecesBecomeOneFile(sizes: [Int]) throws {
        let folder = TemporaryFolder()
        var expected: [UInt8] = []
        try AtomicFile.write(to: folder.path("a")) { output in
            for (number, size) in sizes.enumerated() {
                let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
                expected += piece
                try piece.withUnsafeBytes(output)
            }
        }
        #expect(try InputFile.read(folder.path("a")) == expected)
        #expect(folder.contents == ["a"])
    }

    @Test func whatFailsHalfwayLeavesTheOldFile() throws {
        struct Failure: Error {}
        let folder = TemporaryFolder()
        try AtomicFile.write(Array("old".utf8), to: folder.path("a"))
        let piece = [UInt8](repeating: 1, count: 1 << 20)
        #expect(throws: Failure.self) {
            try AtomicFile.write(to: folder.path("a")) { output in
                try piece.withUnsafeBytes(output)
                throw Failure()
            }
        }
        #expect(try InputFile.read(folder.path("a")) == Array("old".utf8))
        #expect(folder.contents == ["a"])
        // The disk is full before all pieces are made, or when the last one is written.
        for count in [1, 8] {
            #expect(throws: FileError.self) {
                try AtomicFile.write(to: "/dev/full") { output in
                    for _ in 0..<count { try piece.prefix(1 << (count == 1 ? 4 : 20)).withUnsafeBytes(output) }
                }
            }
        }
    }

    @Test func symbolicLinksKeepPointing() throws {
        let folder = TemporaryFolder()
        try AtomicFile.write([1], to: folder.path("target"))
        symlink("target", folder.path("link"))
        try AtomicFile.write([2], to: folder.path("link"))
        #expect(try InputFile.read(folder.path("target")) == [2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "target")
    }

    @Test func saysWhatToDo() {
        let folder = TemporaryFolder()
        let missing = #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder.path("no/x")) }
        #expect(
            missing?.description
                == "cannot write '\(folder.path("no/x"))': No such file or directory; make the folder first, or name another with -o"
        )
        let folderItself = #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder.root) }
        #expect(folderItself?.errno == EISDIR)
        let absent = #expect(throws: FileError.self) { try InputFile.read(folder.path("x")) }
        #expect(absent?.description == "cannot read '\(folder.path("x"))': No such file or directory; check the name")
        #expect(folder.contents == [])
    }

    @Test func fullDisk() {
        let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/dev/full") }
        #expect(
            error?.description
                == "cannot write '/dev/full': No space left on device; free some space, or name another disk with -o")
    }

    @Test func unknownContent() {
        func reason(_ text: String) -> String {
            #expect(throws: FormatError.self) { try FormatRegistry.decode(Array(text.utf8)) }?.description ?? ""
        }
        #expect(reason("") == "the file is empty")
        let known = "profiles are read from pprof and collapsed files"
        #expect(reason("PERFILE2\u{1}\u{2}") == "not a profile but a perf.data file; \(known)")
        #expect(reason("{\"a\": 1}") == "not a profile but JSON; \(known)")
        #expect(reason("[\n {\"a\": 1}]").contains("but JSON"))
        #expect(reason("<?xml version='1.0'?><svg/>").contains("picture"))
        #expect(reason("some\nwords\n") == "not a profile: \(known)")
    }

    @Test(arguments: ["<module>;f 1\n", "{closure#0};g 2\n", "[unknown];h 3\n", "Pa;b 4\n", "\n\n\"x\" 5\n"])
    func stacksThatLookLikeSomethingElse(text: String) throws {
        #expect(try FormatRegistry.decode(Array(text.utf8)).samples.count == 1)
    }
}
