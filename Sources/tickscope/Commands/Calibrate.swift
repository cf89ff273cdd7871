import ArgumentParser
import BenchmarkSuites
import Benchmarking
import Glibc
import ProfileFormats
import RegressionAnalysis

/// `tickscope calibrate`.
struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find out what changes this machine can show, by comparing a program with itself.",
        discussion: """
            Measures benchmarks twice, in processes that take turns, and says of each metric by how much processes differ \
            without a change, the smallest change that so many of them show in 80 of 100 cases, and how many would show \
            the change that is asked for. Without a program some kernels of tickscope's own are measured: a chain of \
            additions, loads that miss the caches, branches that cannot be predicted, and allocations.

            The store keeps it with the machine it is of, and 'regress' warns of tolerances that are finer.

            EXAMPLES
              tickscope calibrate
              tickscope calibrate engine-benchmarks --processes 20 --change 0.5%
              tickscope calibrate engine-benchmarks --format json | jq '.entries[].recommendedProcesses'
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @OptionGroup var input: BenchmarkInput

    @Option(help: ArgumentHelp("Fresh processes of each side (default: 10).", valueName: "count"))
    var processes = 10

    @Option(help: ArgumentHelp("Seconds for each benchmark and side (default: as 'bench run').", valueName: "seconds"))
    var seconds: Double?

    @Option(help: ArgumentHelp("Change that should be found.", valueName: "percent"))
    var change = "1%"

    @OptionGroup var placement: BenchmarkPlace
    @OptionGroup var place: StorePlace

    @Flag(help: "Keep nothing.")
    var dryRun = false

    @Option(help: "How to show it: text or json.")
    var format = Format.text

    private var share: Double? {
        guard change.hasSuffix("%"), let percent = Double(change.dropLast()), percent > 0, percent <= 1000 else {
            return nil
        }
        return percent / 100
    }

    func validate() throws {
        guard share != nil else { throw ValidationError("--change is a share such as 1% or 0.5%") }
        guard (3...Calibration.mostProcesses).contains(processes) else {
            throw ValidationError("--processes is from 3 to \(Calibration.mostProcesses)")
        }
        if let seconds, !(seconds > 0 && seconds < 1e6) {
            throw ValidationError("--seconds is a positive number of seconds")
        }
    }

    func run() throws {
        let selected = try programs()
        try placement.check()
        Interruption.listen()
        let console = BenchmarkConsole(isQuiet: false)
        var settings = BenchmarkRunner.Settings()
        settings.processes = processes
        settings.seconds = seconds
        settings.cpu = placement.cpu
        settings.isUnpinned = placement.noPin
        var sides: [BenchmarkRun] = []
        for part in selected {
            let runner = BenchmarkRunner(program: part.program, benchmarks: part.benchmarks, settings: settings)
            let runs = try BenchmarkRunner.run(
                [runner, runner], tool: "tickscope \(TickscopeCommand.version)", progress: { console.show($0) })
            sides = sides.isEmpty ? runs : zip(sides, runs).map { $0.adding($1) }
        }
        console.clear()
        if Interruption.isRequested { throw SuiteError(.interrupted, "interrupted; nothing is kept") }
        if let failed = sides[0].results.first(where: { $0.failure != nil }), let why = failed.failure {
            throw SuiteError(.failed, "\(failed.id) failed: \(why.text)")
        }
        let calibration = try Calibration(sides[0], sides[1])
        let report = CalibrationReport(calibration, processes: processes, change: share ?? 0.01)
        let text = format == .json ? try report.json() : report.text(width: TerminalOutput.width)
        try AtomicFile.write(Array(text.utf8), to: "-")
        if !dryRun {
            try place.open(.writing).keep(calibration)
            console.note("kept in '\(place.path)'")
        }
    }

    private func programs() throws -> [BenchmarkInput.Selected] {
        let isNamed = input.program != nil || input.product != nil || input.suite != nil || input.config != nil
        if isNamed { return try input.select() }
        guard let own = realpath("/proc/self/exe", nil) else {
            throw SuiteError(.program, "cannot find this program in /proc; name one with benchmarks")
        }
        defer { free(own) }
        let program = try BenchmarkProgramFile(String(cString: own))
        let selection = try BenchmarkSelection(filters: input.filter, skips: input.skip, tags: input.tag)
        return [.init(program: program, benchmarks: try selection.apply(to: program.benchmarks))]
    }
}

/// Kernels that show what kind of work this machine measures how well: this tool is the program that has them.
enum CalibrationKernels {
    /// Whether this process was started to measure one of them.
    static var areAskedFor: Bool {
        CommandLine.arguments.count == 1 && getenv(WorkerRequest.variable) != nil
    }

    @BenchmarkBuilder static var benchmarks: [Benchmark] {
        // Latency of additions: the core alone.
        Benchmark("additions", .tags("calibration")) { run in
            var value = hidden(UInt64(3))
            try run.measure { for _ in 0..<100 { value = hidden(value &+ 5) } }
            keep(value)
        }
        // Loads that depend on each other, all over 16 MiB: the caches, and memory that is shared with others.
        Benchmark("loads", .tags("calibration")) { run in
            let count = 1 << 22
            var next = [UInt32](repeating: 0, count: count)
            // A single cycle through all places, by an odd multiplier modulo a power of two (Hull and Dobell 1962).
            for index in 0..<count {
                next[index] = UInt32(truncatingIfNeeded: index &* 1_664_525 &+ 1_013_904_223) & UInt32(count - 1)
            }
            var place: UInt32 = 0
            try next.withUnsafeBufferPointer { next in
                try run.measure { for _ in 0..<10 { place = next[Int(place)] } }
            }
            keep(place)
        }
        // Branches that depend on a generator's bits.
        Benchmark("branches", .tags("calibration")) { run in
            var state = hidden(UInt64(88_172_645_463_325_252))
            var sum: UInt64 = 0
            try run.measure {
                for _ in 0..<20 {
                    state ^= state << 13
                    state ^= state >> 7
                    state ^= state << 17
                    if hidden(state & 1) == 0 { sum = hidden(sum &+ 1) } else { sum = hidden(sum &* 3) }
                }
            }
            keep(sum)
        }
        Benchmark("allocations", .tags("calibration")) { run in
            try run.measure {
                let memory = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 16)
                keep(memory)
                memory.deallocate()
            }
        }
        Benchmark("additions one by one", .latency, .tags("calibration")) { run in
            var value = hidden(UInt64(3))
            try run.measure { for _ in 0..<1_000 { value = hidden(value &+ 5) } }
            keep(value)
        }
    }
}
