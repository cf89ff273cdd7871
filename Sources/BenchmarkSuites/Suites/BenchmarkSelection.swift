package import Benchmarking

/// Which benchmarks of a program are meant: those that a filter matches and no skip does, with one of the tags.
///
/// Filters and skips are regular expressions (``RegularPattern``) that are looked for in `name` or `name/argument`.
/// Without filters everything is meant, without tags every tag.
package struct BenchmarkSelection: Sendable {
    private let filters: [RegularPattern]
    private let skips: [RegularPattern]
    private let tags: [String]

    /// - Throws: ``SuiteError`` of code `nothingSelected` for a pattern that cannot be used.
    package init(filters: [String] = [], skips: [String] = [], tags: [String] = []) throws(SuiteError) {
        func patterns(_ texts: [String]) throws(SuiteError) -> [RegularPattern] {
            var patterns: [RegularPattern] = []
            for text in texts { patterns.append(try RegularPattern(text)) }
            return patterns
        }
        self.filters = try patterns(filters)
        self.skips = try patterns(skips)
        self.tags = tags
    }

    /// The benchmarks that are meant, in their order.
    /// - Throws: ``SuiteError`` of code `nothingSelected` when a filter or a tag fits none, naming what there is, the
    ///   nearest first; or when nothing remains.
    package func apply(to benchmarks: [DeclaredBenchmark]) throws(SuiteError) -> [DeclaredBenchmark] {
        let names = benchmarks.map(\.id.description)
        guard !benchmarks.isEmpty else { throw SuiteError(.nothingSelected, "the program declares no benchmarks") }
        for filter in filters where !names.contains(where: filter.matches) {
            throw SuiteError(
                .nothingSelected,
                "no benchmark matches \(QuotedText.quoted(filter.text)); there are: "
                    + NearNames.list(names, near: filter.text))
        }
        let known = benchmarks.flatMap(\.options.tags)
        for tag in tags where !known.contains(tag) {
            throw SuiteError(.nothingSelected, Self.noTag(tag, known: known))
        }
        let selected = zip(benchmarks, names).filter { benchmark, name in
            (filters.isEmpty || filters.contains { $0.matches(name) })
                && !skips.contains { $0.matches(name) }
                && (tags.isEmpty || !tags.allSatisfy { !benchmark.options.tags.contains($0) })
        }.map(\.0)
        guard !selected.isEmpty else {
            throw SuiteError(
                .nothingSelected,
                "filters, skips and tags together leave no benchmark; there are: "
                    + NearNames.list(names, near: filters.first?.text ?? ""))
        }
        return selected
    }

    static func noTag(_ tag: String, known: [String]) -> String {
        "no benchmark has the tag \(QuotedText.quoted(tag)); "
            + (known.isEmpty ? "none has any" : "there are: " + NearNames.list(known, near: tag))
    }
}
