import ArgumentParser
import BenchmarkSuites
import Benchmarking
import Glibc
import ProfileFormats
import ProfileModel
import RegressionAnalysis

/// The command-line tool. Exit codes: 0 done, 1 failed, 2 wrong usage.
@main
struct TickscopeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tickscope",
        abstract: "Profile, benchmark and guard latency-critical programs on Linux.",
        discussion: """
            A profile is a gzip'd pprof file, which go tool pprof, speedscope, Pyroscope and Parca read as well.

            EXAMPLES
              tickscope record -p $(pidof engine) -d 10 -o engine.pb.gz
              tickscope report engine.pb.gz
              tickscope flame engine.pb.gz -o engine.svg
            """,
        version: version,
        subcommands: [
            Record.self, Import.self, Report.self, Flame.self, Diff.self, Export.self, Bench.self, DoctorCommand.self,
            BaselineCommand.self, Regress.self, Calibrate.self, ChangePointsCommand.self, HistoryCommand.self,
            SelfTestCommand.self,
        ])

    static let version = "0.1.0"

    static func main() {
        // Calibration measures this tool's own kernels, as those of any program.
        if CalibrationKernels.areAskedFor { BenchmarkProgram.run(CalibrationKernels.benchmarks) }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            finish(with: error)
        }
    }

    /// ArgumentParser would exit with 64 for wrong usage and print every error in its own style.
    private static func finish(with error: any Error) -> Never {
        if let error = error as? FileError, error.isClosedPipe { Glibc.exit(0) }
        switch error {
        case is FileError, is FormatError, is ProfileFilter.Failure, is SuiteError, is RegressionError:
            StandardError.write("tickscope: error: \(error)\n")
            Glibc.exit(1)
        default: break
        }
        let code = exitCode(for: error)
        if code == .success {
            print(fullMessage(for: error))
            Glibc.exit(0)
        }
        if code == .validationFailure {
            StandardError.write("tickscope: error: \(usageProblem(error))\n")
            Glibc.exit(2)
        }
        let message = message(for: error)
        if !message.isEmpty { StandardError.write("tickscope: error: \(message)\n") }
        Glibc.exit(code.rawValue)
    }

    /// What is wrong with the command line, and where its help is, in one line.
    private static func usageProblem(_ error: any Error) -> String {
        let lines = fullMessage(for: error).split(separator: "\n").map { $0.drop { $0 == " " } }
        let problem = message(for: error).split(separator: "\n").joined(separator: " ")
        let help = lines.last { $0.hasPrefix("See '") }?.split(separator: "'").dropFirst().first ?? "tickscope --help"
        return "\(problem.last == "." ? String(problem.dropLast()) : problem); see '\(help)'"
    }
}
