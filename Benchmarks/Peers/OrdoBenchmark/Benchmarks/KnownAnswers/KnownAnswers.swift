import Benchmark
import CHidden
import Glibc

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], timeUnits: .nanoseconds, scalingFactor: .mega, maxDuration: .milliseconds(60),
        maxIterations: 1_000_000)

    Benchmark("empty") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(()) }
    }

    Benchmark("add") { benchmark in
        var value = hidden(3)
        let addend = hidden(5)
        for _ in benchmark.scaledIterations { value = hidden(value &+ addend) }
        blackHole(value)
    }

    for count in [1, 10, 80] {
        Benchmark("imul/\(count)", configuration: .init(scalingFactor: count > 10 ? .kilo : .mega)) { benchmark in
            var value = hidden(3)
            for _ in benchmark.scaledIterations {
                for _ in 0..<count { value = hidden(value &* 0x9E37_79B9_7F4A_7C15) }
            }
            blackHole(value)
        }
    }

    Benchmark("work", configuration: .init(scalingFactor: .kilo)) { benchmark in
        let more = getenv("KNOWN_ANSWERS_MORE").flatMap { Int(String(cString: $0)) } ?? 0
        var value = hidden(3)
        for _ in benchmark.scaledIterations {
            for _ in 0..<(2_000 + 2 * more) { value = hidden(value &* 0x9E37_79B9_7F4A_7C15) }
        }
        blackHole(value)
    }

    Benchmark("allocate") { benchmark in
        for _ in benchmark.scaledIterations {
            let memory = malloc(64)
            blackHole(memory)
            free(memory)
        }
    }

    Benchmark("sum/1024", configuration: .init(scalingFactor: .kilo)) { benchmark in
        let numbers = (0..<1_024).map(Double.init)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(numbers.reduce(0, +)) }
    }
}
