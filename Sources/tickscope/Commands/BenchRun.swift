import ArgumentParser
import BenchmarkSuites
import Benchmarking

/// `tickscope bench run`.
struct BenchRun: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Measure benchmarks.")

    @Argument var program: String
    @Option var seconds: Double?
    @Option var processes: Int?

    func run() throws {
        let file = try BenchmarkProgramFile(program)
        var settings = BenchmarkRunner.Settings()
        settings.seconds = seconds
        settings.processes = processes
        let runner = BenchmarkRunner(program: file, benchmarks: file.benchmarks, settings: settings)
        let run = try runner.run(tool: "tickscope 0.1.0")
        for r in run.results {
            print(r.id, r.operations, r.failure?.text ?? "")
            for s in r.series { print("   ", s.metric, s.values.sorted().map { ($0 * 1000).rounded() / 1000 }, s.unavailable ?? "", s.resolution ?? 0) }
            if let l = r.latency {
                for q in [0.5, 0.9, 0.99, 0.999, 0.9999] { print("   ", q, l.machine.value(quantile: q)!, l.code.value(quantile: q)!) }
                for c in l.causes { print("   ", c) }
            }
            for w in r.warnings { print("   !", w.text) }
        }
    }
}
