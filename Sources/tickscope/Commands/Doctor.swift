import ArgumentParser
import BenchmarkSuites
import ProfileFormats

/// `tickscope doctor`: can this machine measure, and how well?
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine whether this machine can measure, and how well.",
        discussion: """
            Examines one processor for some seconds: what the kernel permits, whether the clock can be trusted, whether \
            instructions of known cost measure what they should, which differences can be told apart, what takes time \
            away and why, and how the machine is set up. Each finding that limits says what is lost and how to change it. \
            Needs no root; changes nothing.

            GRADES
              A  measures well
              B  measures well, with limits: a warning, such as no hardware counters
              C  measures coarsely: over 5 % of time lost, or 1 % not resolved in 1 s
              D  unfit: the clock or the known answers are wrong

            EXAMPLES
              tickscope doctor
              taskset -c 3 tickscope doctor --seconds 10
              tickscope doctor --format json | jq -r .grade

            EXIT STATUS
              0  fit for measuring: grade A, B or C
              1  unfit: grade D, or failed
              2  wrong usage
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: ArgumentHelp("How to print the findings: text or json.", valueName: "format"))
    var format = Format.text

    @Option(help: ArgumentHelp("How long to examine: from 0.5 to 60.", valueName: "seconds"))
    var seconds = 2.5

    func validate() throws {
        guard Doctor.allowedSeconds.contains(seconds) else {
            throw ValidationError("--seconds must be from 0.5 to 60")
        }
    }

    func run() throws {
        let doctor = try examine()
        let output = format == .json ? try doctor.json() : doctor.text()
        if let path = MachineGrade.defaultPath {
            MachineGrade(doctor, tool: "tickscope \(TickscopeCommand.version)").keep(in: path)
        }
        try AtomicFile.write(Array(output.utf8), to: "-")
        if doctor.isUnfit { throw ExitCode(1) }
    }

    /// Shows on a terminal what is examined.
    private func examine() throws -> Doctor {
        let isTerminal = StandardError.isTerminal
        defer { if isTerminal { StandardError.write("\r\u{1B}[K") } }
        return try Doctor.examine(seconds: seconds) { part in
            if isTerminal { StandardError.write("\r\u{1B}[Kexamining \(part) …") }
        }
    }
}
