import Glibc
import ProfileModel
import Symbolization
import Testing

@Suite struct PerfMapTests {
    private func name(_ map: PerfMap, _ address: UInt64) -> String? { map.lookup(VirtualAddress(address))?.name }

    @Test func findsTheFunctionThatHoldsAnAddress() {
        let map = PerfMap(
            text: Array("1000 20 first\n0x0000000000002000 0x0000000000000010 LazyCompile:~fib /a b.js:1\n".utf8))
        #expect(name(map, 0x0FFF) == nil)
        #expect(name(map, 0x1000) == "first")
        #expect(name(map, 0x101F) == "first")
        #expect(name(map, 0x1020) == nil)
        #expect(name(map, 0x2008) == "LazyCompile:~fib /a b.js:1")
    }

    @Test func codeThatWasWrittenLaterReplacesWhatItOverlaps() {
        let map = PerfMap(text: Array("1000 100 old\n1080 100 new\n3000 10 a\n3000 10 b\n5000 10 c\n4FF0 100 d\n".utf8))
        #expect(name(map, 0x1010) == nil, "the runtime gave the old function's memory back")
        #expect(name(map, 0x1090) == "new")
        #expect(name(map, 0x3001) == "b")
        #expect(name(map, 0x5001) == "d")
    }

    @Test func damagedLinesAreSkipped() {
        let text =
            "\n1000\n1000 10\nxyz 10 a\nffffffffffffffff 10 b\n11111111111111111 1 c\n2000 0 d\n7000 10 good\n8000 1"
        let map = PerfMap(text: Array(text.utf8))
        #expect(name(map, 0x7001) == "good")
        #expect(name(map, 0x1001) == nil)
        #expect(name(map, 0x2000) == nil)
    }

    @Test func aGrowingMapIsReadOn() throws {
        let path = "/tmp/perf-\(getpid()).map"
        let file = try #require(fopen(path, "w"))
        defer { unlink(path) }
        fputs("1000 20 first\n2000 20 sec", file)
        fflush(file)
        var map = PerfMap(process: getpid())
        #expect(name(map, 0x1001) == "first")
        #expect(name(map, 0x2001) == nil, "half written")
        fputs("ond\n", file)
        fclose(file)
        map.update()
        #expect(name(map, 0x2001) == "second")
        #expect(name(map, 0x1001) == "first")
    }

    @Test func aProcessWithoutAMapHasNone() {
        #expect(PerfMap(process: 1).isEmpty)
        #expect(PerfMap(process: .max).isEmpty)
    }
}
