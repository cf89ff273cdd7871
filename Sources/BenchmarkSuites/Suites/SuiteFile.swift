package import Benchmarking

/// A `tickscope.yaml`: suites of benchmarks, how to measure them, and the budgets that they must keep.
///
/// The format is described in `docs/benchmark-suites.md`.
package struct SuiteFile: Hashable, Sendable {
    /// What the file is called.
    package static let defaultName = "tickscope.yaml"

    package var path: String
    /// In the order of the file, at least one, no two of one name.
    package var suites: [Suite]
    /// The difference, as a share, that comparisons take for equal; nil when the file does not say.
    package var tolerance: Double?

    /// The suite of a name.
    /// - Throws: ``SuiteError`` of code `nothingSelected` that lists the suites.
    package func suite(_ name: String) throws(SuiteError) -> Suite {
        guard let suite = suites.first(where: { $0.name == name }) else {
            throw SuiteError(
                .nothingSelected,
                "\(QuotedText.bounded(path, limit: 500)) has no suite \(QuotedText.quoted(name)); there are: "
                    + NearNames.list(suites.map(\.name), near: name))
        }
        return suite
    }
}

/// Scenarios that one program measures.
package struct Suite: Hashable, Sendable {
    package var name: String
    package var program: SuiteProgram
    /// Empty when the file names none: every benchmark is measured as declared.
    package var scenarios: [Scenario]
    package var location: SuiteLocation

    /// The benchmarks that the scenarios select, with what the suite says over what they declare; in the order of the
    /// scenarios, within one in the order of the program.
    /// - Throws: ``SuiteError`` when a scenario selects none, or two select the same.
    package func apply(to benchmarks: [DeclaredBenchmark]) throws(SuiteError) -> [DeclaredBenchmark] {
        guard !scenarios.isEmpty else { return benchmarks }
        var selected: [DeclaredBenchmark] = []
        var scenarioOf: [BenchmarkID: SuiteLocation] = [:]
        for scenario in scenarios {
            for benchmark in try scenario.apply(to: benchmarks) {
                if let other = scenarioOf.updateValue(scenario.location, forKey: benchmark.id) {
                    throw scenario.location.error(
                        "\(QuotedText.quoted(benchmark.id.description)) is also selected by the scenario in line "
                            + "\(other.line); narrow one of them")
                }
                selected.append(benchmark)
            }
        }
        return selected
    }
}

/// The executable of a suite.
package enum SuiteProgram: Hashable, Sendable {
    /// An executable that exists: a path, absolute or relative to the current folder.
    case path(String)
    /// A product of the Swift package in a folder, to be built for release before it is measured.
    case product(String, packageFolder: String)

    /// The executable, after it was built.
    package var executablePath: String {
        switch self {
        case .path(let path): path
        case .product(let name, let folder): SuiteFile.join(folder, ".build/release/" + name)
        }
    }

    /// The command that builds it; nil when it is there already.
    package var buildCommand: [String]? {
        switch self {
        case .path: nil
        case .product(let name, let folder):
            ["swift", "build", "-c", "release", "--package-path", folder, "--product", name]
        }
    }
}
