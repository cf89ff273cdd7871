import ArgumentParser
import ProfileFormats
import RegressionAnalysis
import Statistics

/// `tickscope changepoints`: where does a history of results step?
struct ChangePointsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "changepoints",
        abstract: "Find where a history of results steps to another level.",
        discussion: """
            Reads one value a commit, run or day, in order of time: a table (CSV, with a --column), a JSON array of \
            numbers, or {"values": [...], "commits": [...]}. Wild values, alone or a few in a row, are no change, nor is \
            a steady climb; neighbors may resemble each other. Missing values (null, NaN, empty fields) keep their place. \
            Each change has its place as the first index of the new level, counted from 0, the indices between which it \
            lies with 95 % confidence, both levels, and the probability that a series of this length without a change \
            shows one as clear. Equal files give equal output.

            EXAMPLES
              tickscope changepoints history.csv --column median_ns
              tickscope changepoints latencies.json --format json
              tickscope changepoints - < latencies.json

            EXIT STATUS
              0  examined, whatever was found
              1  failed: the file cannot be read as a history
              2  wrong usage
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: ArgumentHelp("History to read; - for the standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Column of a table: its name, or its number from 1.", valueName: "column"))
    var column: String?

    @Option(help: ArgumentHelp("How to print the changes: text or json.", valueName: "format"))
    var format = Format.text

    @Option(
        help: ArgumentHelp("Share of histories without a change in which one may be reported.", valueName: "share"))
    var falseAlarms = HistoryDetector.usualFalseAlarmRate

    func validate() throws {
        guard falseAlarms > 0, falseAlarms < 1 else {
            throw ValidationError("--false-alarms must be greater than 0 and less than 1")
        }
    }

    func run() throws {
        let bytes = try InputFile.read(file, limit: HistoryFile.mostBytes)
        let report = HistoryReport(try HistoryFile(bytes, column: column), falseAlarmRate: falseAlarms)
        let output = format == .json ? report.json() : report.text(width: TerminalOutput.width ?? 80)
        try AtomicFile.write(Array(output.utf8), to: "-")
    }
}
