import ArgumentParser
import BenchmarkSuites
import InstructionTracing
import ProfileFormats

/// `tickscope bench trace`.
struct BenchTrace: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Show every call of one operation, with exact instruction counts.",
        discussion: """
            Steps through one operation of one benchmark and prints what it calls, in order: the instructions of each \
            call, those of its callees included (total) and without them (self). What is repeated is folded: × 12 are \
            twelve calls in a row, a loop is several calls that are repeated together; → is a jump into a function, such \
            as a tail call. With -o the same becomes a profile, weighted by instructions.

            Needs an x86-64 processor. At most 4 million instructions are recorded; what is beyond is counted and said, \
            and an operation of more than 5 million is refused. Asynchronous operations cannot be stepped.

            FORMATS
              text: the indented tree
              json: its rows, with the source lines of calls
              chrome: every call, for Perfetto; a microsecond there is an instruction

            EXAMPLES
              tickscope bench trace ./engine-benchmarks --filter book.add/5
              tickscope bench trace ./engine-benchmarks --filter decode -o decode.pb.gz
              tickscope flame decode.pb.gz -o decode.svg
              tickscope bench trace ./engine-benchmarks --filter decode --least 100
            """)

    @OptionGroup var input: BenchmarkInput

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("File for the profile, such as add.pb.gz (default: none is written).", valueName: "file"))
    var output: String?

    @Option(help: "How to show the calls: text, json or chrome.")
    var format = Format.text

    @Option(help: ArgumentHelp("Leave out calls of fewer instructions, and count them (text).", valueName: "count"))
    var least: Int64 = 0

    @Option(help: ArgumentHelp("Levels of calls to show (text; default: all).", valueName: "levels"))
    var depth: Int?

    @OptionGroup var symbols: SymbolOptions

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, chrome }

    func validate() throws {
        if least < 0 { throw ValidationError("--least is not negative") }
        if let depth, depth < 0 { throw ValidationError("--depth is not negative") }
        if output == "-" { throw ValidationError("-o names a file: the calls go to the standard output") }
    }

    func run() throws {
        if let output { try AtomicFile.check(output) }
        let selected = try input.select()
        guard let first = selected.first, selected.count == 1 else {
            throw ValidationError("name one suite with --suite: one operation of one benchmark is traced")
        }
        let tracer = try OperationTracer(
            first.program, first.benchmarks, filters: input.filter, options: symbols.options)
        let trace = try tracer.trace()
        if let output { try AtomicFile.write(PprofFormat().encode(trace.profile), to: output) }
        try AtomicFile.write(encoded(trace), to: "-")
    }

    private func encoded(_ trace: OperationTrace) -> [UInt8] {
        switch format {
        case .json: return TraceJSONFormat().encode(trace)
        case .chrome: return TraceEventFormat().encode(trace)
        case .text:
            var format = TraceTextFormat()
            format.least = least
            format.depth = depth
            format.width = TerminalOutput.width
            return format.encode(trace)
        }
    }
}
