import ArgumentParser
import Glibc
import ProfileFormats
import ProfileModel

/// `tickscope report`.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show where the time went: functions, call tree, callers.",
        discussion: """
            Self is what a function did itself, total includes everything it called. The head states how complete \
            the recording is.

            EXAMPLES
              tickscope report engine.pb.gz --limit 20
              tickscope report engine.pb.gz --tree --focus OrderBook
              tickscope report engine.pb.gz --callers memcpy --format json
            """)

    @OptionGroup var input: ProfileInput
    @OptionGroup var selection: SampleSelection

    @Option(help: "Order of the functions: self, total or name.")
    var sort: FunctionTable.Order = .own

    @Option(help: ArgumentHelp("Most functions to show; 0 shows all.", valueName: "n"))
    var limit: Int = 40

    @Flag(help: "Show the call tree instead of functions.")
    var tree = false

    @Option(help: ArgumentHelp("Show who calls this function; part of a name will do.", valueName: "name"))
    var callers: String?

    @Option(help: ArgumentHelp("Leave out branches of a tree below this share of everything.", valueName: "percent"))
    var minPercent: Double = 0.5

    @Option(help: "text, json or csv.")
    var format: ProfileReport.Format = .text

    func validate() throws {
        if tree && callers != nil { throw ValidationError("--tree and --callers exclude each other.") }
        if limit < 0 { throw ValidationError("--limit needs a number that is not negative.") }
        if !(0...100).contains(minPercent) { throw ValidationError("--min-percent needs a number from 0 to 100.") }
    }

    func run() throws {
        let profile = try selection.filter.apply(to: try input.read())
        let report = ProfileReport(
            subject: callers.map { .callers($0) } ?? (tree ? .tree : .functions(sort)), format: format,
            limit: limit == 0 ? nil : limit, minimumPercent: minPercent,
            terminalWidth: format == .text ? TerminalOutput.width : nil)
        try AtomicFile.write(Array(try report.render(profile).utf8), to: "-")
    }
}

extension FunctionTable.Order: ExpressibleByArgument {}
extension ProfileReport.Format: ExpressibleByArgument {}
