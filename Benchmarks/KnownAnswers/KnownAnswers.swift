import Glibc
import Tickscope

/// Benchmarks whose cost is known in advance: what the harness says of them says how good it is.
@main
struct KnownAnswers: BenchmarkSuite {
    static var benchmarks: [Benchmark] {
        Benchmark("empty", .tags("known")) { run in try run.measure {} }

        // A chain of multiplications: three core cycles each on every x86-64 core of the last ten years.
        Benchmark("imul", arguments: [1, 2, 5, 10, 20, 40, 80], .tags("known")) { run, count in
            var value = hidden(UInt64(3))
            try run.measure {
                for _ in 0..<count { value = hidden(value &* 0x9E37_79B9_7F4A_7C15) }
            }
            keep(value)
        }

        // Additions that depend on each other: one cycle each.
        Benchmark("add", .tags("known")) { run in
            var value = hidden(UInt64(3))
            let addend = hidden(UInt64(5))
            try run.measure { value = hidden(value &+ addend) }
            keep(value)
        }

        // About two microseconds, and as much more as asked for, in thousandths: a difference that a comparison should find.
        Benchmark("work", .tags("known")) { run in
            let count = 2_000 + (getenv("KNOWN_ANSWERS_MORE").flatMap { Int(String(cString: $0)) } ?? 0) * 2
            var value = hidden(UInt64(3))
            try run.measure {
                for _ in 0..<count { value = hidden(value &* 0x9E37_79B9_7F4A_7C15) }
            }
            keep(value)
        }

        // Five functions of a fifth each. KNOWN_ANSWERS_THIRD gives the third so many thousandths more to do, and
        // KNOWN_ANSWERS_SLOWER so many thousandths of its steps that take longer with as many instructions.
        Benchmark("five", .tags("known")) { run in
            let more = hidden(environment("KNOWN_ANSWERS_THIRD"))
            let slower = hidden(environment("KNOWN_ANSWERS_SLOWER"))
            var value = hidden(UInt64(3))
            try run.measure {
                value = first(value, hidden(1_000))
                value = second(value, hidden(1_000))
                value = third(value, hidden(1_000 + more), slower: slower)
                value = fourth(value, hidden(1_000))
                value = fifth(value, hidden(1_000))
            }
            keep(value)
        }

        Benchmark("allocate", .tags("known")) { run in
            try run.measure {
                let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
                keep(memory)
                memory.deallocate()
            }
        }

        Benchmark("sum", arguments: [16, 64, 256, 1024, 4096], .throughput(.bytes(8))) { run, count in
            let numbers = (0..<count).map { Double($0) }
            try run.measure { numbers.reduce(0, +) }
        }

        Benchmark("sort", .latency) { run in
            var numbers = (0..<64).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) }
            try run.measure {
                numbers[7] &+= 1
                keep(numbers.sorted())
            }
        }
    }
}

func environment(_ name: String) -> Int { getenv(name).flatMap { Int(String(cString: $0)) } ?? 0 }

@inline(never) func first(_ start: UInt64, _ count: Int) -> UInt64 { chain(start, count, 0x9E37_79B9_7F4A_7C15) }
@inline(never) func second(_ start: UInt64, _ count: Int) -> UInt64 { chain(start, count, 0xBF58_476D_1CE4_E5B9) }
@inline(never) func fourth(_ start: UInt64, _ count: Int) -> UInt64 { chain(start, count, 0xD6E8_FEB8_6659_FD93) }
@inline(never) func fifth(_ start: UInt64, _ count: Int) -> UInt64 { chain(start, count, 0xFF51_AFD7_ED55_8CCD) }

/// Two multiplications a step, which depend on each other in the last `slower` steps and not before: the same
/// instructions, three cycles more.
@inline(never) func third(_ start: UInt64, _ count: Int, slower: Int) -> UInt64 {
    var value = chain(start, count - slower, 0x94D0_49BB_1331_11EB)
    for _ in 0..<slower { value = hidden(hidden(value &* 0x94D0_49BB_1331_11EB) &* 0x94D0_49BB_1331_11EB) }
    return value
}

@inline(__always) func chain(_ start: UInt64, _ count: Int, _ factor: UInt64) -> UInt64 {
    var value = start
    var other = start
    for _ in 0..<count {
        other = hidden(start &* factor)
        value = hidden(value &* factor)
    }
    return value ^ other
}
