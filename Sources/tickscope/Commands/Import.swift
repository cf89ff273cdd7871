import ArgumentParser
internal import CSystem
import Glibc
import ProfileFormats
import ProfileModel
import Profiling
import Sampling
import Symbolization

/// `tickscope import`: read a recording that perf made.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a recording of perf's (perf.data) into a profile.",
        discussion: """
            Reads what 'perf record' wrote, as a file or through a pipe, compressed or not, with DWARF stacks, call \
            chains or neither. Stacks are unwound and named here, so the programs' files must be at hand: on this \
            machine, under --symfs, or by build-id in a --debug-dir.

            EXAMPLES
              perf record --call-graph dwarf -p 4242 -- sleep 10
              tickscope import perf.data -o engine.pb.gz
              tickscope import perf.data -o engine.folded
              perf record -o - --call-graph dwarf -- ./engine | tickscope import - -o engine.pb.gz
              tickscope import perf.data --symfs /srv/images/production --debug-dir /srv/symbols

            EXIT STATUS
              0  imported
              1  failed, or not a sample of the event
              2  wrong usage
              3  a --fail-on condition holds
            """)

    @Argument(help: ArgumentHelp("Recording to read; - for the standard input.", valueName: "file"))
    var file = "perf.data"

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "File to write; - for the standard output (default: the recording's name with .pb.gz).",
            valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "One of \(FormatRegistry.names.joined(separator: ", ")) (default: what the output's name ends in, or pprof).",
            valueName: "name"))
    var format: String?

    @Option(help: ArgumentHelp("Event to read (default: the first of the recording).", valueName: "name"))
    var event: String?

    @Option(
        help: ArgumentHelp("Root folder under which the recorded paths are looked up.", valueName: "folder"))
    var symfs: String?

    @OptionGroup var options: ProfileOptions

    func validate() throws {
        if let format, !FormatRegistry.names.contains(format) {
            throw ValidationError(
                "no format is named '\(format)'; known are \(FormatRegistry.names.joined(separator: ", ")).")
        }
        if let symfs, access(symfs, R_OK | X_OK) != 0 { throw ValidationError("--symfs '\(symfs)' cannot be read") }
    }

    func run() throws {
        ts_prepare_large_heap()
        let console = RecordingConsole(isQuiet: options.quiet)
        var plan = ImportPlan()
        plan.event = event
        plan.symfs = symfs.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        plan.unwinder = options.unwinder
        plan.symbolization = options.symbols.options
        plan.comments = ["tickscope \(TickscopeCommand.version): imported from \(file)"]
        let path = output ?? defaultOutput
        let format =
            try self.format.map { try FormatRegistry.format(named: $0) }
            ?? FormatRegistry.format(ofPath: path) ?? PprofFormat()
        try AtomicFile.check(path)
        let importer = try Importer(path: file, plan: plan)
        for note in importer.notes { console.note(note) }
        let result = try importer.run { console.show(progress: $0, of: file) }
        console.clear()
        for warning in result.warnings { console.warning(warning) }
        guard result.profile.samples.count > 0 else { throw EmptyImport(file: file, event: result.event) }
        try AtomicFile.write(to: path) { try format.encode(result.profile, to: $0) }
        console.summarize(result, path: path)
        let status = try options.status(of: result.profile.metadata.quality, console)
        // The system frees everything at once.
        withExtendedLifetime(result) { Glibc.exit(status) }
    }

    /// `dir/perf.data` → `perf.pb.gz`.
    private var defaultOutput: String {
        let name = file == "-" ? "perf" : file.split(separator: "/").last.map(String.init) ?? "perf"
        let base = name.hasSuffix(".data") ? String(name.dropLast(5)) : name
        return (base.isEmpty ? "perf" : base) + ".pb.gz"
    }
}

/// A recording in which the event never fired.
struct EmptyImport: Error, CustomStringConvertible {
    var file: String
    var event: String

    var description: String { "\(file) has no sample of '\(event)', nothing written; see --event" }
}
