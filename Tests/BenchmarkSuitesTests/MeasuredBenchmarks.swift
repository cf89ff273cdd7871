import BenchmarkSuites
import Benchmarking
import TestSupport

/// Runs of the repository's own benchmark programs, as the tool makes them.
enum MeasuredBenchmarks {
    /// - Parameters:
    ///   - program: `known-answers` or `benchmark-fixtures`.
    ///   - select: the benchmarks to measure.
    static func run(
        _ program: String, processes: Int = 2, seconds: Double = 0.2, instructions: Bool = false,
        mode: BenchmarkMode? = nil, iterations: Int? = nil, select: (DeclaredBenchmark) -> Bool
    ) throws -> [String: BenchmarkResult] {
        let file = try BenchmarkProgramFile(BuiltProgram.path(program))
        var settings = BenchmarkRunner.Settings()
        settings.processes = processes
        settings.seconds = seconds
        settings.countsInstructions = instructions
        settings.mode = mode
        settings.iterations = iterations
        let runner = BenchmarkRunner(
            program: file, benchmarks: file.benchmarks.filter(select), settings: settings)
        let run = try runner.run(tool: "test")
        return Dictionary(uniqueKeysWithValues: run.results.map { ($0.id.description, $0) })
    }
}
