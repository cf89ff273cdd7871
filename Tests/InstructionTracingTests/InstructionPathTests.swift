import Benchmarking
import Foundation
import InstructionTracing
import ProfileFormats
import ProfileModel
import Sampling
import Symbolization
import Testing

@Suite("The file of executed instructions")
struct InstructionPathTests {
    private static func file(
        magic: UInt64 = InstructionPathFile.magic, count: UInt64? = nil, _ words: [UInt64], maps: String = ""
    ) -> [UInt8] {
        let all = [magic, count ?? UInt64(words.count / 2)] + words
        return all.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } } + Array(maps.utf8)
    }

    @Test("is read as it was written")
    func valid() throws {
        let maps = """
            55d0a000-55d0b000 r--p 00000000 08:01 42                         /bin/engine
            55d0b000-55d0c000 r-xp 00001000 08:01 42                         /bin/engine
            7fff1000-7fff2000 r-xp 00000000 00:00 0                          [vdso]

            """
        let path = try InstructionPath(Self.file([0x10, 0x14, 0x7000, 0x6FF8], maps: maps))
        #expect(path.addresses == [0x10, 0x14] && path.stackPointers == [0x7000, 0x6FF8])
        #expect(path.mappings.map(\.path) == ["/bin/engine", "[vdso]"])
        #expect(path.mappings[0].fileOffset == FileOffset(0x1000))
    }

    @Test(
        "is refused in one line when it makes no sense",
        arguments: [
            ([], "no instruction path"), (Array("TICKPATH".utf8), "no instruction path"),
            (file(magic: 7, [1, 2]), "no instruction path"), (file([]), "executes no instruction"),
            (file(count: 3, [1, 2]), "ends in the middle"), (file(count: .max, [1, 2]), "at most"),
            (file(count: 1 << 63, [1, 2]), "at most"), (file(count: 4_000_001, [1, 2]), "at most"),
            (Array(file([1, 2]).dropLast()), "ends in the middle"),
        ])
    func refused(bytes: [UInt8], words: String) {
        let error = #expect(throws: FormatError.self) { try InstructionPath(bytes) }
        #expect(error?.description.contains(words) == true)
        #expect(error?.description.contains("\n") == false)
    }

    @Test("mappings that make no sense are left out")
    func hostileMappings() throws {
        let maps = "zz-1 r-xp 0 0:0 1 /a\n2000-1000 r-xp 0 08:01 1 /b\n\n\u{0}\n1000-2000 r-xp 0 08:01 1 /c"
        let path = try InstructionPath(
            Self.file([0x10, 0x7000], maps: maps + "\n" + String(repeating: "x", count: 100_000)))
        #expect(path.mappings.map(\.path) == ["/c"])
    }

    @Test("what is no regular file is refused, not waited for")
    func otherFiles() throws {
        let fifo = NSTemporaryDirectory() + "tickscope-path-\(getpid())"
        #expect(mkfifo(fifo, 0o600) == 0)
        defer { unlink(fifo) }
        for path in [fifo, "/dev/zero", "/nonexistent", "/"] {
            #expect(throws: FileError.self) { try InstructionPath(file: path) }
        }
    }

    @Test("any contents become a trace whose sums are right, or an error", arguments: 0..<20 as Range<UInt64>)
    func anyContents(seed: UInt64) throws {
        var generator = SystemRandomNumberGenerator()
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let code = maps.split(separator: "\n").filter { $0.contains("r-xp") }.randomElement() ?? ""
        let base = UInt64(code.prefix { $0 != "-" }, radix: 16) ?? 0
        var words = (0..<3_000).map { _ in base &+ UInt64.random(in: 0..<4_096, using: &generator) }
        words += (0..<3_000).map { _ in UInt64.random(in: 0...(seed < 10 ? .max : 64), using: &generator) &* 8 }
        let path = try InstructionPath(Self.file(words, maps: maps))
        let subject = OperationTrace.Subject(benchmark: "any", program: "/bin/any", instructions: 5_000)
        let trace = try OperationTrace(path, subject, options: .init())
        #expect(trace.recorded == 3_000 && trace.beyond == 2_000)
        #expect(trace.own.reduce(0, +) == 3_000)
        #expect(trace.profile.total(column: 0) == 3_000)
        #expect(String(decoding: TraceTextFormat().encode(trace), as: UTF8.self).contains("2,000 more instructions"))
    }
}
