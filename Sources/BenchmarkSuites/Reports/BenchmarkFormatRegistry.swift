internal import ProfileFormats

/// The formats of benchmark results, by name.
package enum BenchmarkFormatRegistry {
    /// What commands can ask of a format; each format takes what concerns it.
    package struct Options: Sendable {
        /// What became of the budgets; empty when none were judged.
        package var budgets: [BudgetOutcome] = []
        /// Columns of the terminal that `text` is for; nil when lines may have any length.
        package var terminalWidth: Int?
        /// ANSI colors in `text`.
        package var usesColor = false
        /// Heading of a page.
        package var title: String?

        package init() {}
    }

    package static func formats(_ options: Options = Options()) -> [any BenchmarkFormat] {
        [
            BenchmarkTextFormat(
                budgets: options.budgets, terminalWidth: options.terminalWidth, usesColor: options.usesColor),
            BenchmarkRunFormat(),
            BenchmarkCSVFormat(),
            BenchmarkMarkdownFormat(budgets: options.budgets),
            BenchmarkHTMLFormat(budgets: options.budgets, title: options.title),
            JUnitFormat(budgets: options.budgets),
            JMHFormat(),
            GoogleBenchmarkFormat(),
            GitHubActionFormat(),
        ]
    }

    package static var names: [String] { formats().map(\.name) }

    /// - Throws: `FormatError` that lists the known names.
    package static func format(named name: String, _ options: Options = Options()) throws -> any BenchmarkFormat {
        guard let format = formats(options).first(where: { $0.name == name }) else {
            throw FormatError(
                .unknownFormat, "no format is named '\(name)'; known are \(names.joined(separator: ", "))")
        }
        return format
    }
}

extension BenchmarkFormatRegistry {
    /// The name of the format that a file's ending stands for; `text` for any other.
    package static func name(forFile path: String) -> String {
        formats().first { format in
            format.fileExtensions.contains { path.hasSuffix("." + $0) }
        }?.name ?? "text"
    }
}
