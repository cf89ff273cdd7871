import ArgumentParser
import BenchmarkSuites
import Glibc
import RegressionAnalysis

extension HistoryCommand {
    struct Acknowledge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take note of an alert: it is open no longer, until it expires.",
            discussion: """
                EXAMPLES
                  tickscope history acknowledge 3fa9c21 --reason "price of the new checks"
                  tickscope history acknowledge 3fa9c21 --reason "fix is under way" --expires 30d
                """)

        @Argument(help: ArgumentHelp("Alert, or the beginning of its name.", valueName: "alert")) var alert: String
        @Option(help: ArgumentHelp("Why it may stay.", valueName: "text")) var reason: String
        @Option(
            help: ArgumentHelp(
                "When it is open again: a date such as 2026-12-31 (UTC), or a time from now such as 12h, 30d or 2w "
                    + "(default: never).", valueName: "date|time"))
        var expires: Expiry?
        @OptionGroup var place: StorePlace

        func validate() throws {
            if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason says why the alert may stay") }
        }

        func run() throws {
            try HistoryCommand.decide(alert, .acknowledged, reason, place, expires: expires?.nanoseconds)
        }
    }

    struct Resolve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close an alert: its cause was dealt with.",
            discussion: """
                EXAMPLES
                  tickscope history resolve 3fa9c21
                  tickscope history resolve 3fa9c21 --reason "reverted by 5d6e7f8"
                """)

        @Argument(help: ArgumentHelp("Alert, or the beginning of its name.", valueName: "alert")) var alert: String
        @Option(help: ArgumentHelp("How.", valueName: "text")) var reason: String?
        @OptionGroup var place: StorePlace

        func run() throws { try HistoryCommand.decide(alert, .resolved, reason, place) }
    }

    struct Reopen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open an alert again that was acknowledged or resolved.",
            discussion: """
                EXAMPLES
                  tickscope history reopen 3fa9c21
                """)

        @Argument(help: ArgumentHelp("Alert, or the beginning of its name.", valueName: "alert")) var alert: String
        @Option(help: ArgumentHelp("Why.", valueName: "text")) var reason: String?
        @OptionGroup var place: StorePlace

        func run() throws { try HistoryCommand.decide(alert, .open, reason, place) }
    }

    private static func decide(
        _ alert: String, _ state: StoredAlert.State, _ reason: String?, _ place: StorePlace, expires: Int64? = nil
    ) throws {
        try endingWithTwo {
            let id = try HistoryLoader(path: place.path).decide(
                alert, state, reason: reason, expiresAtNanoseconds: expires)
            StandardError.write("alert \(id) is \(state.rawValue)\n")
            return 0
        }
    }
}

/// When something ends, on the command line: a date, or a time from now.
struct Expiry: ExpressibleByArgument {
    /// Since 1970.
    let nanoseconds: Int64

    init?(argument: String) {
        let now = Int64(time(nil)) * 1_000_000_000
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        if let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
            (1...10_000_000).contains(count), count * unit < 4_000_000_000
        {
            nanoseconds = now + count * unit * 1_000_000_000
            return
        }
        guard let seconds = DateArgument.seconds(argument), seconds < 9_000_000_000, seconds * 1_000_000_000 > now
        else { return nil }
        nanoseconds = seconds * 1_000_000_000
    }
}
