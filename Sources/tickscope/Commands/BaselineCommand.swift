import ArgumentParser
import BenchmarkSuites
import Benchmarking
import ProfileFormats
import RegressionAnalysis

/// `tickscope baseline`.
struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline", abstract: "Keep results under names, to judge later ones against.",
        discussion: """
            A store is one SQLite file. Every run that is saved stays in it: a name moves on to a newer run, or is \
            deleted, and the older run remains. Names are letters, digits and . _ - /, such as main or release/1.2. \
            Several programs may save at once, and one that is killed leaves its run saved or not at all.

            EXAMPLES
              tickscope bench run engine-benchmarks -o result.json
              tickscope baseline save main result.json
              tickscope baseline list
              tickscope baseline pin release/1.2
              tickscope baseline export main -o main.baseline.json
              tickscope regress result.json --baseline main
            """,
        subcommands: [
            Save.self, List.self, Show.self, Delete.self, Pin.self, ExportBaseline.self, ImportBaseline.self,
        ])

    struct Save: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Save results under a name.",
            discussion: """
                The commit and the branch are those that git has checked out here, unless they are given. Results of \
                an earlier commit take their place in the history, as far as the repository here tells it.

                EXAMPLES
                  tickscope baseline save main result.json
                  tickscope baseline save nightly pyperf.json --commit "$GIT_COMMIT" --branch main
                """)

        @Argument(help: "Name of the baseline.") var name: String
        @Argument(help: ArgumentHelp("Result file of 'bench run', or of another harness.", valueName: "result"))
        var result: String
        @OptionGroup var place: StorePlace
        @Option(help: ArgumentHelp("Commit that was measured.", valueName: "id")) var commit: String?
        @Option(help: ArgumentHelp("Its branch.", valueName: "name")) var branch: String?
        @Flag(help: "Replace a pinned baseline.") var force = false

        func validate() throws { _ = try BaselineName.parsed(name) }

        func run() throws {
            let run = try ResultFile.read(result)
            var origin = GitHead.origin(in: StoreLocation.workingFolder())
            if let commit { origin = RunOrigin(commit: commit) }
            if let branch { origin.branch = branch }
            let store = try place.open(.writing)
            let later = try store.laterCommits(than: origin, in: StoreLocation.workingFolder())
            let number = try store.save(
                run, as: BaselineName.parsed(name), origin: origin, replacesPinned: force, before: later)
            StandardError.write("saved \(run.results.count) benchmarks as '\(name)', run \(number) of \(place.path)\n")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every baseline.",
            discussion: """
                EXAMPLES
                  tickscope baseline list
                  tickscope baseline list --store /srv/ci/store.sqlite --format json
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

        @OptionGroup var place: StorePlace
        @Option(help: "How to show them: text or json.") var format = Format.text

        func run() throws {
            let baselines = try place.open(.reading).baselines()
            let list = BaselineList(baselines: baselines)
            let text = format == .json ? try list.json() : list.text(width: TerminalOutput.width)
            try AtomicFile.write(Array(text.utf8), to: "-")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the results of a baseline.",
            discussion: """
                EXAMPLES
                  tickscope baseline show main
                  tickscope baseline show main --format html -o main.html
                """)

        @Argument(help: "Name of the baseline.") var name: String
        @OptionGroup var place: StorePlace
        @Option(help: ArgumentHelp("Format, as of 'bench run' (default: text).", valueName: "format"))
        var format = "text"
        @Option(name: .shortAndLong, help: ArgumentHelp("File to write; - for the standard output.", valueName: "file"))
        var output = "-"

        func validate() throws {
            _ = try BaselineName.parsed(name)
            guard BenchmarkFormatRegistry.formats().contains(where: { $0.name == format }) else {
                let names = BenchmarkFormatRegistry.formats().map(\.name).joined(separator: ", ")
                throw ValidationError("--format is one of: \(names)")
            }
        }

        func run() throws {
            let store = try place.open(.reading)
            let run = try store.run(of: store.baseline(BaselineName.parsed(name)))
            guard let format = BenchmarkFormatRegistry.formats().first(where: { $0.name == format }) else { return }
            try AtomicFile.write(format.encode(run), to: output)
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a name; its run stays in the history.",
            discussion: """
                EXAMPLES
                  tickscope baseline delete experiment
                  tickscope baseline delete release/1.2 --force
                """)

        @Argument(help: "Name of the baseline.") var name: String
        @OptionGroup var place: StorePlace
        @Flag(help: "Even when it is pinned.") var force = false

        func validate() throws { _ = try BaselineName.parsed(name) }

        func run() throws {
            try place.open(.writing).delete(BaselineName.parsed(name), force: force)
        }
    }

    struct Pin: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Protect a baseline from being replaced or deleted.",
            discussion: """
                EXAMPLES
                  tickscope baseline pin release/1.2
                  tickscope baseline pin release/1.2 --off
                """)

        @Argument(help: "Name of the baseline.") var name: String
        @OptionGroup var place: StorePlace
        @Flag(help: "Protect it no longer.") var off = false

        func validate() throws { _ = try BaselineName.parsed(name) }

        func run() throws {
            try place.open(.writing).setPinned(BaselineName.parsed(name), !off)
        }
    }

    struct ExportBaseline: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write a baseline to a file, for another store.",
            discussion: """
                EXAMPLES
                  tickscope baseline export main -o main.baseline.json
                """)

        @Argument(help: "Name of the baseline.") var name: String
        @OptionGroup var place: StorePlace
        @Option(name: .shortAndLong, help: ArgumentHelp("File to write; - for the standard output.", valueName: "file"))
        var output: String

        func validate() throws { _ = try BaselineName.parsed(name) }

        func run() throws {
            let store = try place.open(.reading)
            let baseline = try store.baseline(BaselineName.parsed(name))
            let file = BaselineFile(
                name: baseline.name, origin: baseline.origin, isPinned: baseline.isPinned,
                run: try store.run(of: baseline))
            try AtomicFile.write(file.encoded(), to: output)
        }
    }

    struct ImportBaseline: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Save a baseline that 'export' wrote.",
            discussion: """
                EXAMPLES
                  tickscope baseline import main.baseline.json
                  tickscope baseline import main.baseline.json --name upstream/main
                """)

        @Argument(help: ArgumentHelp("File of 'baseline export'.", valueName: "file")) var file: String
        @OptionGroup var place: StorePlace
        @Option(help: ArgumentHelp("Another name for it.", valueName: "name")) var name: String?
        @Flag(help: "Replace a pinned baseline.") var force = false

        func validate() throws { if let name { _ = try BaselineName.parsed(name) } }

        func run() throws {
            let content: BaselineFile
            let bytes = try InputFile.read(file)
            do {
                content = try BaselineFile(bytes)
            } catch {
                throw RegressionError(error.code, "'\(file)': \(error.description)")
            }
            let name = try self.name.map(BaselineName.parsed) ?? content.name
            let store = try place.open(.writing)
            _ = try store.save(content.run, as: name, origin: content.origin, replacesPinned: force)
            if content.isPinned { try store.setPinned(name, true) }
            StandardError.write("saved \(content.run.results.count) benchmarks as '\(name)'\n")
        }
    }
}
