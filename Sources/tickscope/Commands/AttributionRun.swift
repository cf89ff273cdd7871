import BenchmarkSuites
import Benchmarking
import InstructionTracing
import Symbolization

/// Measures benchmarks of two programs in turns, with profiles.
struct AttributionRun {
    let before: BenchmarkProgramFile
    let after: BenchmarkProgramFile
    let seconds: Double

    init(before: String, after: String, seconds: Double) throws {
        self.before = try BenchmarkProgramFile(before)
        self.after = try BenchmarkProgramFile(after)
        self.seconds = seconds
    }

    /// - Throws: `SuiteError` when a program does not have one of the benchmarks, or the user wants to stop.
    func measure(_ benchmarks: [BenchmarkID]) throws -> (before: BenchmarkRun, after: BenchmarkRun) {
        Interruption.listen()
        let console = BenchmarkConsole(isQuiet: false)
        var settings = BenchmarkRunner.Settings()
        settings.seconds = seconds
        settings.codeReader = FunctionReader()
        let sides = try [before, after].map { program in
            let wanted = program.benchmarks.filter { benchmarks.contains($0.id) }
            if let missing = benchmarks.first(where: { id in !wanted.contains { $0.id == id } }) {
                throw SuiteError(
                    .nothingSelected,
                    "'\(program.path)' has no benchmark '\(missing)': is it the program that was measured?")
            }
            return BenchmarkRunner(program: program, benchmarks: wanted, settings: settings)
        }
        let runs = try BenchmarkRunner.run(
            sides, tool: "tickscope \(TickscopeCommand.version)", progress: { console.show($0) })
        console.clear()
        if Interruption.isRequested { throw SuiteError(.interrupted, "interrupted; no function is named") }
        return (runs[0], runs[1])
    }

    /// What differs between the programs and those that were measured first; lines.
    func differences(before old: BenchmarkRun, after new: BenchmarkRun) -> [String] {
        [(before, old, "--before-program"), (after, new, "--after-program")].compactMap { program, run, option in
            let known = (run.programs ?? []).compactMap(\.buildID)
            guard let own = MeasuredProgram(of: program).buildID, !known.isEmpty, !known.contains(own) else {
                return nil
            }
            return "\(option) '\(program.path)' is another build than the one that was measured"
        }
    }
}

extension MeasuredProgram {
    /// A program as it is now.
    init(of program: BenchmarkProgramFile) {
        let file = OpenFile(path: program.path)
        let identity = file.flatMap { try? ElfReader(file: $0.descriptor) }?.buildID ?? ""
        self.init(
            name: program.path.split(separator: "/").last.map(String.init) ?? program.path,
            buildID: identity.isEmpty ? nil : identity)
    }
}
