package import Benchmarking

/// Benchmarks of a program, chosen by name or tag, and how they are measured.
package struct Scenario: Hashable, Sendable {
    /// Name or `name/argument`; nil for every name.
    package var benchmark: NamePattern?
    package var tag: String?
    /// Texts of the arguments to measure; nil for all that are declared.
    package var arguments: [String]?
    package var overrides: Overrides
    package var location: SuiteLocation

    /// What takes the place of what a benchmark declares; nil and none leave the declaration.
    package struct Overrides: Hashable, Sendable {
        package var mode: BenchmarkMode?
        package var iterations: Int?
        package var warmUpIterations: Int?
        package var processes: Int?
        package var seconds: Double?
        package var cpu: Int?
        package var timeoutSeconds: Double?
        /// A declared budget on the same metric gives way.
        package var budgets: [Budget] = []

        /// Differences that do not matter when results are judged against a baseline: as they are written, for whoever
        /// judges.
        package var tolerances: [ScenarioTolerance] = []

        package init() {}

        package func apply(to options: BenchmarkOptions) -> BenchmarkOptions {
            var result = options
            result.mode = mode ?? options.mode
            // What happens before each operation needs operations that are measured one by one.
            if result.mode != .latency { result.preparation = .none }
            result.iterations = iterations ?? options.iterations
            result.warmUpIterations = warmUpIterations ?? options.warmUpIterations
            result.processes = processes ?? options.processes
            result.seconds = seconds ?? options.seconds
            result.cpu = cpu ?? options.cpu
            result.timeoutSeconds = timeoutSeconds ?? options.timeoutSeconds
            let replaced = Set(budgets.map(\.metric))
            result.budgets = options.budgets.filter { !replaced.contains($0.metric) } + budgets
            return result
        }
    }

    /// The benchmarks that it selects, with its overrides, in their order.
    /// - Throws: ``SuiteError`` of code `configuration` when it selects none, or when one of its arguments is not among
    ///   those declared; with what there is, the nearest first.
    package func apply(to benchmarks: [DeclaredBenchmark]) throws(SuiteError) -> [DeclaredBenchmark] {
        var selected = benchmarks
        if let benchmark {
            selected = selected.filter {
                benchmark.matches($0.id.name) || benchmark.matches($0.id.description)
            }
            guard !selected.isEmpty else {
                throw location.error(
                    "no benchmark is named \(QuotedText.quoted(benchmark.description)); "
                        + (benchmarks.isEmpty
                            ? "the program declares none"
                            : "there are: " + NearNames.list(benchmarks.map(\.id.name), near: benchmark.description)))
            }
        }
        if let tag {
            let known = selected.flatMap(\.options.tags)
            guard known.contains(tag) else { throw location.error(BenchmarkSelection.noTag(tag, known: known)) }
            selected = selected.filter { $0.options.tags.contains(tag) }
        }
        if let arguments {
            let declared = selected.compactMap(\.id.argument)
            let known = Set(declared)
            for argument in arguments where !known.contains(argument) {
                throw location.error(
                    "no selected benchmark declares the argument \(QuotedText.quoted(argument)); "
                        + (declared.isEmpty
                            ? "none has arguments"
                            : "there are: " + NearNames.list(declared, near: argument, limit: 20)))
            }
            let wanted = Set(arguments)
            selected = selected.filter { $0.id.argument.map(wanted.contains) ?? false }
        }
        return selected.map { DeclaredBenchmark(id: $0.id, options: overrides.apply(to: $0.options)) }
    }

    /// Whether a benchmark that was measured is one of those that it selects.
    package func selects(_ id: BenchmarkID, tags: [String]) -> Bool {
        (benchmark.map { $0.matches(id.name) || $0.matches(id.description) } ?? true)
            && (tag.map(tags.contains) ?? true)
            && (arguments.map { wanted in id.argument.map(wanted.contains) ?? false } ?? true)
    }
}

/// A tolerated difference as a suite file has it, such as `p99.9: 10 %`.
package struct ScenarioTolerance: Hashable, Sendable {
    package var metric: String
    /// Shares and amounts, with commas between them.
    package var text: String
    package var location: SuiteLocation
}
