import FoundationEssentials
import Glibc
import Tickscope

/// Benchmarks that misbehave, or that are slow for a known reason: what the harness says of them is tested.
@main
struct BenchmarkFixtures: BenchmarkSuite {
    struct Refusal: Error {}

    /// All, or those that `BENCHMARK_FIXTURES` names: two builds of one suite that differ.
    static var benchmarks: [Benchmark] {
        guard let names = getenv("BENCHMARK_FIXTURES") else { return all }
        let wanted = String(cString: names).split(separator: " ")
        return all.filter { benchmark in wanted.contains { $0 == benchmark.cases[0].id.name } }
    }

    @BenchmarkBuilder private static var all: [Benchmark] {
        Benchmark("fine") { run in
            var value = hidden(UInt64(3))
            try run.measure { value = hidden(value &* 3) }
            keep(value)
        }
        // Nobody asks for the sum.
        Benchmark("removed") { run in
            let numbers = [1, 2, 3]
            try run.measure { _ = numbers.reduce(0, &+) }
        }
        Benchmark("throws") { run in try run.measure { throw Refusal() } }
        Benchmark("throws-in-setup") { _ in throw Refusal() }
        Benchmark("crashes") { run in
            let numbers = [1, 2, 3]
            let index = Int(hidden(UInt64(7)))
            try run.measure { numbers[index] }
        }
        Benchmark("hangs", .timeout(seconds: 1)) { run in
            try run.measure { while hidden(UInt64(1)) == 1 { usleep(1_000) } }
        }
        Benchmark("exits") { run in try run.measure { exit(7) } }
        Benchmark("exits-quietly") { run in try run.measure { exit(0) } }
        // The child outlives the operation, and holds every descriptor.
        Benchmark("forks") { run in
            var isFirst = true
            try run.measure {
                if isFirst, BenchmarkFixtures.spawn() == 0 {
                    sleep(5)
                    _exit(0)
                }
                isFirst = false
            }
        }
        // The child goes on measuring, as if it were the program that was asked.
        Benchmark("forks-and-returns") { run in
            var isFirst = true
            try run.measure {
                if isFirst {
                    isFirst = false
                    keep(BenchmarkFixtures.spawn())
                }
            }
        }
        Benchmark("never-measures") { _ in }
        Benchmark("measures-twice") { run in
            try run.measure {}
            try run.measure {}
        }
        Benchmark("asynchronous") { run in
            try await run.measure { await BenchmarkFixtures.next(1) }
        }
        // Three calls of `middle`, each with two of `leaf`, then a descent of five levels.
        Benchmark("calls") { run in
            var value = hidden(UInt64(3))
            try run.measure { value = Calls.outer(value) }
            keep(value)
        }
        Benchmark("calls-and-throws") { run in
            let value = hidden(UInt64(7))
            try run.measure { Calls.recovering(value) }
        }
        Benchmark("decodes-json") { run in
            let text = Data(#"{"bids":[{"price":101,"size":5},{"price":100,"size":7}],"symbol":"ABC"}"#.utf8)
            try run.measure { try JSONDecoder().decode(Calls.Book.self, from: text) }
        }
        // A function of a library, both named in the environment.
        Benchmark("library") { run in
            let function = BenchmarkFixtures.libraryFunction()
            try run.measure { function(2) }
        }
        // Says how many operations it was prepared for, and that all processes agree about.
        Benchmark("records", .latency, .iterations(500)) { run in
            var prepared = 0
            run.beforeEach { prepared += 1 }
            try run.measure { BenchmarkFixtures.work() }
            run.record("prepared", Double(prepared))
            run.record("memory", 3 * 1_048_576, unit: "bytes")
            run.record("answer", outcome: "42")
        }
        Benchmark("disagrees") { run in
            try run.measure {}
            run.record("process", outcome: "\(getpid())")
        }
        // Three stages, the second four times as long as the first, the third in every other operation.
        Benchmark("stages") { run in
            var timer = StageTimer(["first", "second", "third"])
            var count = 0
            try run.measure {
                timer.begin()
                BenchmarkFixtures.work()
                timer.end(0)
                for _ in 0..<4 { BenchmarkFixtures.work() }
                timer.end(1)
                count += 1
                if count % 2 == 0 {
                    BenchmarkFixtures.work()
                    timer.end(2)
                }
            }
            run.record(timer)
        }
        // A burst of ten, then a long pause: 100 times the work of one operation on average.
        Benchmark("bursts", .openLoop(perSecond: 10_000, arrival: .recorded), .iterations(1_000)) { run in
            run.setArrivalGaps([1_000] + [Double](repeating: 0, count: 9))
            try run.measure { BenchmarkFixtures.work() }
        }
        Benchmark("inputs") { run in
            let inputs = (0..<100).map { UInt64($0) }
            try run.measure(inputs) { $0 &* 3 }
        }
        Benchmark("allocates-three") { run in
            try run.measure {
                for size in [32, 64, 128] {
                    let memory = malloc(size)
                    keep(memory)
                    free(memory)
                }
            }
        }
        for (name, cause) in causes {
            Benchmark(name, .latency, .tags("cause"), .seconds(0.5), .processes(2)) { run in
                try cause(run)
            }
        }
    }

    static func next(_ value: Int) async -> Int { value + 1 }

    private static func libraryFunction() -> @convention(c) (UInt32) -> UInt32 {
        guard let path = getenv("TICKSCOPE_FIXTURE_LIBRARY"), let name = getenv("TICKSCOPE_FIXTURE_FUNCTION"),
            let handle = dlopen(path, RTLD_LAZY), let symbol = dlsym(handle, name)
        else { return { $0 } }
        return unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> UInt32).self)
    }

    private static func spawn() -> pid_t {
        typealias Fork = @convention(c) () -> pid_t
        return unsafeBitCast(dlsym(nil, "fork"), to: Fork.self)()
    }

    /// About a microsecond of work.
    @inline(never)
    static func work() {
        var value = hidden(UInt64(3))
        for _ in 0..<1_000 { value = hidden(value &* 3) }
        keep(value)
    }

    /// Pins this thread to its CPU, and starts another there that always has something to do and always gives way.
    private static func startCompetitor() {
        // One bit a CPU, a kilobit as in the C library. A thread inherits it.
        var set = [UInt64](repeating: 0, count: 16)
        typealias CurrentCPU = @convention(c) () -> Int32
        let cpu = Int(unsafeBitCast(dlsym(nil, "sched_getcpu"), to: CurrentCPU.self)())
        set[cpu / 64] = 1 << UInt64(cpu % 64)
        typealias SetAffinity = @convention(c) (pid_t, Int, UnsafePointer<UInt64>) -> Int32
        _ = unsafeBitCast(dlsym(nil, "sched_setaffinity"), to: SetAffinity.self)(0, 128, set)
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                while true { sched_yield() }
            }, nil)
    }

    /// Something that happens in one of a hundred operations, or a thousand.
    private static var causes: [(String, (Measurement) throws -> Void)] {
        [
            (
                "cause-page-fault",
                { run in
                    let size = 1 << 30
                    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
                    madvise(memory, size, MADV_NOHUGEPAGE)
                    var offset = 0
                    var count = 0
                    try run.measure {
                        work()
                        count &+= 1
                        if count % 100 == 0 {
                            memory.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
                            offset = (offset + 4_096) & (size - 1)
                        }
                    }
                }
            ),
            (
                "cause-signal",
                { run in
                    signal(SIGUSR1) { _ in }
                    var count = 0
                    try run.measure {
                        work()
                        count &+= 1
                        if count % 100 == 0 { raise(SIGUSR1) }
                    }
                }
            ),
            (
                "cause-migrated",
                { run in
                    var count = 0
                    // One bit a CPU, a kilobit as in the C library.
                    var set = [UInt64](repeating: 0, count: 16)
                    typealias SetAffinity = @convention(c) (pid_t, Int, UnsafePointer<UInt64>) -> Int32
                    let setAffinity = unsafeBitCast(dlsym(nil, "sched_setaffinity"), to: SetAffinity.self)
                    try run.measure {
                        work()
                        count &+= 1
                        if count % 100 == 0 {
                            set[0] = 1 << UInt64(count / 100 & 1)
                            _ = setAffinity(0, 128, set)
                        }
                    }
                }
            ),
            (
                "cause-blocked",
                { run in
                    var count = 0
                    try run.measure {
                        work()
                        count &+= 1
                        if count % 100 == 0 { usleep(1) }
                    }
                }
            ),
            (
                "cause-yielded",
                { run in
                    var count = 0
                    startCompetitor()
                    try run.measure {
                        work()
                        count &+= 1
                        if count % 100 == 0 { sched_yield() }
                    }
                }
            ),
            (
                "cause-own-code",
                { run in
                    var count = 0
                    try run.measure {
                        work()
                        count &+= 1
                        // Some fifty microseconds.
                        if count % 1_000 == 0 { for _ in 0..<60 { work() } }
                    }
                }
            ),
        ]
    }
}
