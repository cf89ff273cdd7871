internal import Tickscope

/// Every scenario worth measuring on the path from market-data byte to order byte; see docs/scenarios.md.
@main
struct HotPathBenchmarks: BenchmarkSuite {
    static var benchmarks: [Benchmark] {
        BookScenarios.benchmarks
        PathScenarios.benchmarks
        PacketScenarios.benchmarks
        JSONScenarios.benchmarks
        FrameworkScenarios.benchmarks
        DayScenario.benchmarks
    }
}
