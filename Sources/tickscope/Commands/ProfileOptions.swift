import ArgumentParser
import ProfileModel
import Profiling

/// How samples become a profile: shared by the commands that make one.
struct ProfileOptions: ParsableArguments {
    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp("Exit with 3 when one holds, such as lost>0,truncated>5%.", valueName: "conditions"))
    var failOn: String?

    @Flag(name: [.short, .long], help: "Print nothing but errors.")
    var quiet = false

    @Option(
        help: """
            Engine that follows recorded stacks: auto and table use compiled unwind tables, libunwind is the slower \
            reference, for programs that are trusted, fp believes every frame pointer.
            """)
    var unwinder: Unwinder = .auto

    @OptionGroup var symbols: SymbolOptions

    func validate() throws {
        guard let failOn else { return }
        do { _ = try FailCondition.parse(failOn) } catch { throw ValidationError(error.description) }
    }

    /// Reports the conditions of `--fail-on` that hold.
    /// - Returns: the exit status: 3 when one holds, else 0.
    func status(of quality: RecordingQuality?, _ console: RecordingConsole) throws -> Int32 {
        guard let failOn, let quality else { return 0 }
        let violations = FailCondition.violations(of: try FailCondition.parse(failOn), in: quality)
        for violation in violations { console.error(violation.description) }
        return violations.isEmpty ? 0 : 3
    }
}

extension Unwinder: ExpressibleByArgument {}
