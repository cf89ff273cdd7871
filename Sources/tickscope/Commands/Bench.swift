import ArgumentParser

/// `tickscope bench`: benchmarks.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure what code costs, and compare two builds.",
        subcommands: [BenchRun.self])
}
