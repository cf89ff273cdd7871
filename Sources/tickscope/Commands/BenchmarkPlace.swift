import ArgumentParser
import BenchmarkSuites

/// Where a command measures.
struct BenchmarkPlace: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("CPU to measure on, from 0. Choose one that nothing else uses.", valueName: "index"))
    var cpu: Int?

    @Flag(help: "Pin nothing to a CPU, whatever is declared or usual.")
    var noPin = false

    func validate() throws {
        if let cpu, !(0...65_535).contains(cpu) { throw ValidationError("--cpu is the number of a CPU, from 0") }
        if cpu != nil, noPin { throw ValidationError("give either --cpu or --no-pin, not both") }
    }

    /// Whether the CPU may be used, before anything is measured.
    /// - Throws: `SuiteError` that says why not.
    func check() throws {
        if let cpu { try ProcessorPlacement.processor(cpu).apply().undo() }
    }
}
