import Foundation
import TestSupport
import Testing

@Suite("Counting allocations of C and C++ programs", .enabled(if: Capability.cCompiler))
struct CountedProgramTests {
    static let programs = [Fixture.counted, .countedProtected, .countedFixed]

    @Test("Every entry of the allocator is counted once, failures are not", arguments: programs)
    func knownCounts(program: Fixture) throws {
        let lines = try program.counted(["nothing", "every-entry", "failures", "inside-library", "operations", "100"])
        #expect(lines.pair("nothing") == "0/0")
        #expect(lines["nothing", "largest"] == 0)
        #expect(lines.pair("every-entry") == "10/10")
        #expect(lines["every-entry", "reallocations"] == 1)
        #expect(lines["every-entry", "bytes"] == 100 + 150 + 60 + 35 + 128 + 40 + 10 + 20 + 512 + 5000)
        #expect(lines["every-entry", "largest"] == 5000)
        #expect(lines["every-entry", "kept"] == 0)
        #expect(lines.pair("failures") == "1/1")
        #expect(lines.pair("inside-library") == "2/2")
        #expect(lines["inside-library", "bytes"] == 30 + 24)
        #expect(lines.pair("operations") == "300/300")
    }

    @Test("Threads that start and end while counting are counted to the last allocation")
    func threads() throws {
        let lines = try Fixture.counted.counted(["threads", "many-threads", "crowd"])
        #expect(lines["threads", "all-allocations"] == 8 * 40 * 500)
        #expect(lines["threads", "all-frees"] == 8 * 40 * 500)
        #expect(lines.pair("threads") == "0/0")
        #expect(lines["many-threads", "all-allocations"] == 2500 * 500)
        #expect(lines["crowd", "all-allocations"] == 1200 * 500)
        #expect(lines["crowd", "all-bytes"] == 1200 * 500 * 48)
    }

    @Test("Counting is switched on and off while other threads allocate")
    func toggled() throws {
        let lines = try Fixture.counted.counted(["toggled", "every-entry", "restored"])
        #expect(lines.pair("every-entry") == "10/10")
        #expect(lines["restored", "words-left"] == 0)
    }

    @Test("A child counts for itself, and its parent goes on")
    func fork() throws {
        #expect(try Fixture.counted.counted(["forked"]).pair("forked") == "60/60")
    }

    @Test(
        "A library that is loaded late is counted from the next start, and may go away meanwhile", arguments: programs)
    func libraries(program: Fixture) throws {
        let lines = try program.counted(["library", Fixture.countedLateLibrary.build(), "every-entry"])
        #expect(lines.pair("loaded-before") == "3/3")
        #expect(lines["loaded-while-counting", "allocations"] == 0)
        #expect(lines.pair("counted-again") == "3/3")
        #expect(lines.pair("unloaded-while-counting") == "3/3")
        #expect(lines.pair("every-entry") == "10/10")
    }

    @Test(
        "Nothing remains: every word of every file in memory, and every protection, is as before", arguments: programs)
    func restored(program: Fixture) throws {
        let lines = try program.counted(["restored"])
        #expect(lines["restored", "words-left"] == 0)
        #expect(lines["restored", "maps-equal"] == 1)
        // It was something that was put back.
        #expect(try #require(lines["restored", "redirected-words"]) >= 4)
        #expect(try #require(lines["restored", "bytes-compared"]) > 1 << 20)
    }

    @Test("The first call sites are named, by the frame that called")
    func sites() throws {
        let text = try Fixture.counted.output(["sites"])
        let sites = text.split(separator: "\n").filter { $0.hasPrefix("site ") }
        #expect(sites.count == 2)
        #expect(sites.allSatisfy { $0.hasPrefix("site bytes=77 ") && $0.hasSuffix("in=offender") })
    }

    @Test("A statically linked program says that it cannot be counted")
    func staticProgram() throws {
        guard Fixture.countedStatic.isBuildable else { return }
        let lines = try Fixture.countedStatic.counted(["operations", "10"])
        #expect(lines["operations", "gap"] == 2)
    }

    @Test("Variables are found by the code that loads them, of either architecture")
    func decoding() throws {
        let text = try Fixture.counted.output(["decode"])
        #expect(text.contains("x86-64 5880a6 40000c 5875c0\n"))
        #expect(text.contains("aarch64 3fda88 12745010\n"))
    }

    // MARK: - Second opinions

    @Test("A preloaded interposer counts the same, in the same run")
    func interposed() throws {
        let interposer = try Fixture.countInterposer.build()
        var runs = [
            (Fixture.counted, ["operations", "1000", "inside-library"], ["operations", "inside-library"])
        ]
        if Capability.cxxCompiler { runs.append((try .countedCxx(), [], ["new", "strings", "growth", "mixture"])) }
        for (program, arguments, names) in runs {
            let lines = try program.counted(arguments, preload: interposer)
            for name in names {
                #expect(lines[name, "interposed-allocations"] != nil)
                for key in ["allocations", "frees", "bytes"] {
                    #expect(lines[name, key] == lines[name, "interposed-" + key], "\(name) \(key)")
                }
            }
        }
    }

    @Test("C++ allocates what its library promises", .enabled(if: Capability.cxxCompiler))
    func cxx() throws {
        let lines = try Fixture.countedCxx().counted([])
        #expect(lines.pair("new") == "3/3")
        #expect(lines["new", "bytes"] == 4 + 1000 + 128)
        #expect(lines.pair("strings") == "1/1")
        #expect(lines.pair("growth") == "11/11")
        #expect(lines["growth", "bytes"] == 4 * 2047)
    }

    static let jemalloc = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"

    @Test(
        "An allocator with operators of its own is counted as the usual one",
        .enabled(if: Capability.cxxCompiler && FileManager.default.fileExists(atPath: jemalloc)))
    func otherAllocator() throws {
        let program = try Fixture.countedCxx()
        let usual = try program.counted([]), other = try program.counted([], preload: Self.jemalloc)
        for name in ["new", "strings", "growth", "mixture"] {
            #expect(other.pair(name) == usual.pair(name))
            #expect(other[name, "bytes"] == usual[name, "bytes"])
            #expect(other[name, "kept"] == 0)
        }
    }

    @Test("Valgrind counts the same", .enabled(if: Valgrind.isInstalled))
    func valgrind() throws {
        let c = try Fixture.counted.build()
        let idle = try Valgrind.heap([c, "plain", "0"]), busy = try Valgrind.heap([c, "plain", "100"])
        #expect(
            try Fixture.counted.counted(["operations", "100"]).pair("operations")
                == "\(busy.allocations - idle.allocations)/\(busy.frees - idle.frees)")
        guard Capability.cxxCompiler else { return }
        let cxx = try Fixture.countedCxx()
        let cxxIdle = try Valgrind.heap([cxx.build(), "plain", "0"])
        let cxxBusy = try Valgrind.heap([cxx.build(), "plain", "100"])
        #expect(
            try cxx.counted([]).pair("mixture")
                == "\(cxxBusy.allocations - cxxIdle.allocations)/\(cxxBusy.frees - cxxIdle.frees)")
    }
}
