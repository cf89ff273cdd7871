import Glibc
import ProfileModel
import Symbolization
import Testing

@Suite struct JitDumpTests {
    private func little(_ value: UInt64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    private var header: [UInt8] {
        little(0x4A69_5444, 4) + little(1, 4) + little(40, 4) + little(62, 4) + little(0, 4) + little(42, 4)
            + little(1000, 8) + little(0, 8)
    }

    private func record(_ id: UInt64, _ body: [UInt8]) -> [UInt8] {
        little(id, 4) + little(UInt64(16 + body.count), 4) + little(2000, 8) + body
    }

    private func load(_ address: UInt64, _ size: UInt64, _ name: String) -> [UInt8] {
        let head = little(42, 4) + little(42, 4) + little(address, 8) + little(address, 8) + little(size, 8)
        return record(0, head + little(1, 8) + Array(name.utf8) + [0] + [UInt8](repeating: 0x90, count: Int(size)))
    }

    private func move(_ old: UInt64, _ new: UInt64, _ size: UInt64) -> [UInt8] {
        let head = little(42, 4) + little(42, 4) + little(new, 8) + little(old, 8) + little(new, 8)
        return record(1, head + little(size, 8) + little(1, 8))
    }

    private func name(_ dump: JitDump, _ address: UInt64) -> String? { dump.lookup(VirtualAddress(address))?.name }

    @Test func findsTheFunctionThatHoldsAnAddress() {
        let dump = JitDump(header + load(0x1000, 0x20, "first") + record(3, []) + load(0x2000, 0x10, "second"))
        #expect(name(dump, 0xFFF) == nil)
        #expect(name(dump, 0x101F) == "first")
        #expect(name(dump, 0x1020) == nil)
        #expect(name(dump, 0x2000) == "second")
    }

    @Test func codeThatWasWrittenLaterReplacesWhatItOverlaps() {
        let dump = JitDump(
            header + load(0x1000, 0x100, "old") + load(0x1080, 0x40, "new") + move(0x1080, 0x8000, 0x40))
        #expect(name(dump, 0x1010) == nil)
        #expect(name(dump, 0x1090) == "new")
        #expect(name(dump, 0x8001) == "new")
    }

    @Test func aGrowingFileIsReadOn() throws {
        var path = Array("/tmp/tickscope-jit.XXXXXX".utf8CString)
        let file = mkstemp(&path)
        defer { unlink(path) }
        let first = header + load(0x1000, 0x20, "first")
        let second = load(0x2000, 0x20, "second")
        #expect(write(file, first + second[..<30], first.count + 30) == first.count + 30)
        let dump = JitDump(OpenFile(file))
        #expect(name(dump, 0x1001) == "first")
        #expect(name(dump, 0x2001) == nil, "half written")
        #expect(write(file, Array(second[30...]), second.count - 30) == second.count - 30)
        dump.update()
        #expect(name(dump, 0x2001) == "second")
    }

    @Test func damagedFilesHaveNoOrFewNames() {
        let whole = header + load(0x1000, 0x20, "first") + load(0x2000, 0x20, "second")
        for length in 0..<whole.count { _ = JitDump(Array(whole.prefix(length))) }
        var random = SplitMix(state: 3)
        for _ in 0..<2000 {
            var broken = whole
            for _ in 0..<4 {
                broken[Int(random.next() % UInt64(broken.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = name(JitDump(broken), random.next())
        }
        #expect(JitDump([1, 2, 3]).isEmpty)
        #expect(JitDump(header + [0, 0, 0, 0, 15, 0, 0, 0] + [UInt8](repeating: 0, count: 20)).isEmpty)
    }

    @Test func dumpsAreKnownByName() {
        #expect(JitDump.isName(ofDump: "/home/a/jit-4242.dump"))
        for path in ["/home/a/jit-.dump", "/jit-12.dumpx", "/a/jit-1a.dump", "jit.dump", ""] {
            #expect(!JitDump.isName(ofDump: path))
        }
    }
}
