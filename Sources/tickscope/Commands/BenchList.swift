import ArgumentParser
import BenchmarkSuites
import Benchmarking

/// `tickscope bench list`.
struct BenchList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the benchmarks of a program.",
        discussion: """
            EXAMPLES
              tickscope bench list .build/release/engine-benchmarks
              tickscope bench list --suite 'hot path'
            """)

    @OptionGroup var input: BenchmarkInput

    func run() throws {
        for selected in try input.select() {
            for benchmark in selected.benchmarks {
                let tags = benchmark.options.tags.map { " #\($0)" }.joined()
                print("\(benchmark.id)  \(benchmark.options.mode.rawValue)\(tags)")
            }
        }
    }
}
