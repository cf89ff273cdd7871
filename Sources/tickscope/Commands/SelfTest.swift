import ArgumentParser
import ProfileFormats
import RegressionAnalysis

/// `tickscope selftest`: how often does our own detector cry wolf, and what does it find?
struct SelfTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Measure how often changes are reported that are none, and which are found.",
        discussion: """
            Runs the detector of 'tickscope changepoints' on made-up histories of six kinds of noise, without a change \
            and with one of a known height, and prints how often it was right, with 95 % intervals. Equal seeds give \
            equal output.

            EXAMPLES
              tickscope selftest
              tickscope selftest --trials 10000 --seed 7 --format json

            EXIT STATUS
              0  passed
              1  failed: more false alarms than promised
              2  wrong usage
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: ArgumentHelp("Histories without a change, of each kind of noise.", valueName: "count"))
    var trials = 600

    @Option(help: ArgumentHelp("Where the random numbers begin.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How to print the results: text or json.", valueName: "format"))
    var format = Format.text

    func validate() throws {
        guard SelfTest.allowedTrials.contains(trials) else {
            throw ValidationError("--trials must be from 30 to 100000")
        }
    }

    func run() throws {
        let test = SelfTest(trials: trials, seed: seed)
        try AtomicFile.write(Array((format == .json ? test.json() : test.text()).utf8), to: "-")
        if test.hasFailed { throw ExitCode(1) }
    }
}
