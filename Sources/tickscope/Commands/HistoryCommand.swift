import ArgumentParser
import BenchmarkSuites
import Glibc
import ProfileFormats
import RegressionAnalysis

/// `tickscope history`: every run of the store, by series.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show how results went from run to run, where they stepped, and alerts about it.",
        discussion: """
            Every run of the store is a point of a series for each benchmark and metric, machine and branch; runs of \
            another kind of machine are another series. Steps come from the detector of 'changepoints'. Steps of several \
            series that may have one cause, because they may lie at the same commit and point the same way, are one \
            alert. Alerts are acknowledged for a reason, resolved and reopened; an acknowledgement that expires makes \
            them open again. 'bisect' narrows the commits between which one lies.

            EXAMPLES
              tickscope history
              tickscope history 'book/*' --metric p99 --since 2026-01-31
              tickscope history --branch main --format html -o history.html
              tickscope history --fail
              tickscope history acknowledge 3fa9c21 --reason "price of the new checks" --expires 30d
              tickscope history bisect 3fa9c21 --command 'make && ./bench -o "$TICKSCOPE_RESULT"'

            EXIT STATUS
              0  shown; with --fail: and no regression is open
              1  with --fail: a regression is open
              2  wrong usage, or a store that cannot be used
            """,
        subcommands: [Show.self, Acknowledge.self, Resolve.self, Reopen.self, HistoryBisect.self],
        defaultSubcommand: Show.self)

    /// Runs a body; its failures end with 2, since 1 says "regressed" to those who only look at the status.
    static func endingWithTwo(_ body: () throws -> Int32) throws {
        let code: Int32
        do {
            code = try body()
        } catch let error as FileError where error.isClosedPipe {
            throw error
        } catch {
            StandardError.write("tickscope: error: \(error)\n")
            throw ExitCode(2)
        }
        if code != 0 { throw ExitCode(code) }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show series, their steps and alerts (what 'tickscope history' does).",
            discussion: """
                EXAMPLES
                  tickscope history
                  tickscope history show 'book/*' --metric time --metric 'p9*'
                  tickscope history show --format json | jq '.alerts[] | select(.state == "open")'

                EXIT STATUS
                  0  shown; with --fail: and no regression is open
                  1  with --fail: a regression is open
                  2  wrong usage, or a store that cannot be used
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, html }

        @Argument(
            help: ArgumentHelp(
                "Benchmarks to show; * is any characters, ? is one (default: all).", valueName: "pattern"))
        var patterns: [String] = []

        @OptionGroup var place: StorePlace

        @Option(
            help: ArgumentHelp(
                "Metric to show, or a pattern of metrics (default: those that 'regress' judges).", valueName: "name"))
        var metric: [String] = []

        @Option(
            help: ArgumentHelp(
                "Runs to begin with: a date such as 2026-01-31 or 2026-01-31T12:00:00 (UTC), or a commit.",
                valueName: "date|commit"))
        var since: String?

        @Option(help: ArgumentHelp("Branch to show, or a pattern of branches (default: all).", valueName: "name"))
        var branch: [String] = []

        @Option(help: ArgumentHelp("Most runs of each benchmark's metric, the newest.", valueName: "count"))
        var limit = HistoryRequest.usualLimit

        @Option(
            help: ArgumentHelp(
                "Smaller changes raise no alert, unless they are of exact counts (default: 1%).",
                valueName: "percent"))
        var smallest: PercentArgument?

        @Flag(help: "Exit with 1 when a regression is open.")
        var fail = false

        @Option(help: "How to show it: text, json or html.")
        var format = Format.text

        @Option(name: .shortAndLong, help: ArgumentHelp("File to write; - for the standard output.", valueName: "file"))
        var output = "-"

        func validate() throws {
            if let smallest, !(0...1000).contains(smallest.share) {
                throw ValidationError("--smallest is a share that is not negative, such as 1%")
            }
            guard (1...HistoryRequest.mostRuns).contains(limit) else {
                throw ValidationError("--limit lies between 1 and \(HistoryRequest.mostRuns)")
            }
            if let since, since.isEmpty { throw ValidationError("--since is a date such as 2026-01-31, or a commit") }
        }

        func run() throws { try HistoryCommand.endingWithTwo(show) }

        private func show() throws -> Int32 {
            if output != "-" { try AtomicFile.check(output) }
            var request = HistoryRequest()
            (request.benchmarks, request.metrics, request.branches) = (patterns, metric, branch)
            request.limit = limit
            request.since = since.map(HistoryStart.parsed)
            let loader = HistoryLoader(path: place.path, smallestShare: smallest?.share)
            var overview = try loader.overview(request)
            overview.commitCounts = CommitRanges.counts(overview, in: StoreLocation.workingFolder())
            let isTerminal = output == "-" && TerminalOutput.width != nil
            let text =
                switch format {
                case .text:
                    overview.text(
                        width: output == "-" ? TerminalOutput.width ?? 80 : 80,
                        usesColor: isTerminal && getenv("NO_COLOR") == nil)
                case .json: try overview.json()
                case .html: overview.html()
                }
            try AtomicFile.write(Array(text.utf8), to: output)
            if output != "-" { StandardError.write(overview.summary + "\n") }
            return fail && !overview.openRegressions.isEmpty ? 1 : 0
        }
    }
}

/// Where a history begins, on the command line.
enum HistoryStart {
    static func parsed(_ text: String) -> HistoryRequest.Start {
        DateArgument.seconds(text).map { .nanoseconds($0 * 1_000_000_000) } ?? .commit(text)
    }
}

/// A date on the command line: `2026-01-31`, or `2026-01-31T12:00:00`, in universal time unless it names a zone.
enum DateArgument {
    /// Since 1970; nil for other text.
    static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        return CalendarText.seconds(bytes.count == 10 ? text + "T00:00:00" : text.replacing(" ", with: "T"))
    }
}
