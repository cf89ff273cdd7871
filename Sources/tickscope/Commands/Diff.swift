import ArgumentParser
import ProfileFormats
import ProfileModel
import RegressionAnalysis

/// `tickscope diff`.
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which functions cost more or less than before, and a flame graph of the difference.",
        discussion: """
            Functions are matched by name. Each change has a 95 % interval; what is called changed is expected to be \
            wrong for 5 % at most, and what is not says how small a change could have been seen. Cost that only changed \
            places, as by inlining, is told apart. Several profiles a side also tell how much runs differ.

            EXAMPLES
              tickscope diff before.pb.gz after.pb.gz
              tickscope diff before.pb.gz after.pb.gz -o diff.svg
              tickscope diff before.pb.gz after.pb.gz --normalize work=1000000,1200000 --format json
              tickscope diff --before a1.pb.gz a2.pb.gz a3.pb.gz --after b1.pb.gz b2.pb.gz b3.pb.gz

            EXIT STATUS
              0  compared, whatever was found
              1  failed: a file cannot be read, or the profiles cannot be compared
              2  wrong usage
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown, svg }

    @Argument(help: ArgumentHelp("The profile before, and the one after.", valueName: "file"))
    var files: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Several profiles before.", valueName: "file"))
    var before: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Several profiles after.", valueName: "file"))
    var after: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "File to write; .svg draws a differential flame graph and prints the table as well.", valueName: "file"))
    var output: String?

    @Option(help: "text, json, markdown or svg (default: text).")
    var format: Format?

    @Option(
        help: ArgumentHelp(
            "What costs are relative to: total, samples, time, none, or work=A,B with the operations done before and "
                + "after.", valueName: "how"))
    var normalize = "total"

    @Option(help: ArgumentHelp("Values to compare, such as cpu (default: what the files show).", valueName: "name"))
    var value: String?

    @Option(
        help: ArgumentHelp(
            "How many times the chance of sampling counts vary, when it is known (default: from several profiles, else "
                + "1).", valueName: "factor"))
    var dispersion: Double?

    @Option(help: ArgumentHelp("Most rows of a table; 0 shows all.", valueName: "n"))
    var limit = 25

    @Option(help: ArgumentHelp("Heading of the picture.", valueName: "text"))
    var title: String?

    @Flag(name: .customLong("short-names"), help: "Name Swift functions by their labels, without types.")
    var shortensNames = false

    func validate() throws {
        let isPair = files.count == 2 && before.isEmpty && after.isEmpty
        guard isPair || (files.isEmpty && !before.isEmpty && !after.isEmpty) else {
            throw ValidationError("Give two files, before and after, or --before FILES --after FILES.")
        }
        if (files + before + after).filter({ $0 == "-" }).count > 1 {
            throw ValidationError("The standard input can be one of the files only.")
        }
        if ProfileNormalization(normalize) == nil {
            throw ValidationError("--normalize is total, samples, time, none, or work=A,B with two positive numbers.")
        }
        if let dispersion, !(dispersion >= 1 && dispersion <= 1e6) {
            throw ValidationError("--dispersion needs a number from 1 to 1000000.")
        }
        if limit < 0 { throw ValidationError("--limit needs a number that is not negative.") }
    }

    func run() throws {
        let normalization = ProfileNormalization(normalize) ?? .total
        let profiles = try ComparedProfiles(
            before: try (files.prefix(1) + before).map(read), after: try (files.dropFirst() + after).map(read),
            value: value, normalization: normalization)
        var options = ProfileComparison.Options()
        options.dispersion = dispersion
        let comparison = try ProfileComparison(profiles, options: options)

        let drawsFile = output?.hasSuffix(".svg") == true
        let picks = format ?? .text
        if drawsFile || picks == .svg { try AtomicFile.write(picture(of: comparison), to: output ?? "-") }
        guard let report = ProfileDiffReport.Format(rawValue: picks.rawValue) else { return }
        let destination = drawsFile ? "-" : output ?? "-"
        let width = report == .text && destination == "-" ? TerminalOutput.width : nil
        let text = ProfileDiffReport(comparison, limit: limit == 0 ? nil : limit).render(report, width: width)
        try AtomicFile.write(Array(text.utf8), to: destination)
    }

    private func read(_ file: String) throws -> ComparedProfiles.Input {
        let bytes = try InputFile.read(file)
        do {
            let profile = try FormatRegistry.decode(bytes)
            return ComparedProfiles.Input(
                name: file, profile: shortensNames ? profile.withShortSwiftNames() : profile)
        } catch let error as FormatError {
            throw FormatError(error.code, "'\(file)': \(error.description)")
        }
    }

    private func picture(of comparison: ProfileComparison) -> [UInt8] {
        let text = CostText(comparison.profiles)
        return DifferentialFlameGraph(
            comparison.tree, isVisiblyChanged: comparison.isVisiblyChanged,
            costs: DifferentialFlameGraph.Costs(
                divisorBefore: comparison.profiles.divisors.before, divisorAfter: comparison.profiles.divisors.after,
                text: text.cost),
            title: title ?? "What changed",
            note: "as wide as after, colored by change of \(text.meaning); hover for both sides"
        ).encode()
    }
}
