import ArgumentParser
import BenchmarkSuites
import Benchmarking
import ProfileFormats

/// `tickscope bench list`.
struct BenchList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the benchmarks of a program, or of a result file.",
        discussion: """
            EXAMPLES
              tickscope bench list .build/release/engine-benchmarks
              tickscope bench list --suite 'hot path'
            """)

    @OptionGroup var input: BenchmarkInput

    func run() throws {
        func line(_ id: BenchmarkID, _ mode: BenchmarkMode, _ tags: [String]) -> String {
            "\(id)  \(mode.rawValue)\(tags.map { " #\($0)" }.joined())\n"
        }
        let lines: [String]
        if let stored = try input.storedRun() {
            lines = stored.results.map { line($0.id, $0.mode, $0.tags) }
        } else {
            lines = try input.select().flatMap(\.benchmarks).map { line($0.id, $0.options.mode, $0.options.tags) }
        }
        try AtomicFile.write(Array(lines.joined().utf8), to: "-")
    }
}
