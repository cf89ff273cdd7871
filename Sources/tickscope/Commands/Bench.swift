import ArgumentParser

/// `tickscope bench`: benchmarks.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure what code costs, and compare two builds of it.",
        discussion: """
            A benchmark program is an executable with a BenchmarkSuite (Swift: import Tickscope) or with ts_bench_main \
            (C, C++: tickscope/bench.h).

            EXAMPLES
              tickscope bench run .build/release/engine-benchmarks
              tickscope bench compare old/engine-benchmarks new/engine-benchmarks
              tickscope bench trace .build/release/engine-benchmarks --filter book.add
            """,
        subcommands: [BenchRun.self, BenchList.self, BenchCompare.self, BenchTrace.self])
}
