internal import Glibc

/// A benchmark program that was started by itself: measures each benchmark once, in this process.
enum StandaloneProgram {
    static func run(_ cases: [Benchmark.Case]) {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.contains("--list") {
            for benchmark in cases { print(benchmark.id) }
            return
        }
        if let unknown = arguments.first(where: { $0.hasPrefix("-") }) {
            StandardErrorLine.error(
                "unknown option '\(unknown)'; there is --list and names to select by; "
                    + "'tickscope bench run \(CommandLine.arguments[0])' has many more")
            exit(unknown == "--help" || unknown == "-h" ? 0 : 2)
        }
        let wanted = cases.filter { benchmark in
            arguments.isEmpty || arguments.contains { benchmark.id.description.contains($0) }
        }
        if wanted.isEmpty {
            StandardErrorLine.error(
                "no benchmark has '\(arguments.joined(separator: "' or '"))' in its name; see --list")
            exit(2)
        }
        let width = wanted.map { $0.id.description.count }.max() ?? 0
        print("one process, no spread between processes; 'tickscope bench run' measures in fresh ones")
        var hasFailed = false
        for benchmark in wanted {
            let request = WorkerRequest(action: .measure, id: benchmark.id, seconds: 0.2)
            let name = benchmark.id.description
            let label = name + String(repeating: " ", count: width - name.count)
            switch Worker(benchmark: benchmark, request: request).run() {
            case .measured(let report):
                print(
                    "\(label)  \(line(BenchmarkResult(id: benchmark.id, options: benchmark.options, reports: [report])))"
                )
            case .failed(let failure):
                hasFailed = true
                print("\(label)  \(failure.text)")
            default: break
            }
        }
        if hasFailed { exit(1) }
    }

    private static func line(_ result: BenchmarkResult) -> String {
        func value(_ metric: BenchmarkMetric, _ decimals: Int) -> String? {
            result.series(metric)?.values.first.map { fixed($0, decimals) }
        }
        if let latency = result.latency {
            let quantiles = [("p50", 0.5), ("p99", 0.99)].compactMap { name, quantile in
                latency.machine.value(quantile: quantile).map {
                    "\(name) \(fixed(latency.nanoseconds(Double($0)), 0)) ns"
                }
            }
            return quantiles.joined(separator: "  ")
        }
        return [value(.cycles, 2).map { "\($0) cycles" }, value(.time, 2).map { "\($0) ns" }].compactMap { $0 }
            .joined(separator: "  ")
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let rounded = (value * scale).rounded() / scale
        let text = "\(rounded == 0 ? 0 : rounded)"
        return decimals == 0 ? String(text.prefix { $0 != "." }) : text
    }
}

/// Lines on standard error.
enum StandardErrorLine {
    static func error(_ text: String) {
        let line = "error: \(text)\n"
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}
