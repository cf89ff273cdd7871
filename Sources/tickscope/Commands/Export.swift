import ArgumentParser
import ProfileFormats
import ProfileModel

/// `tickscope export`.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a profile in another format.",
        discussion: """
            FORMATS
            \(FormatRegistry.formats().map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

            EXAMPLES
              tickscope export engine.pb.gz --format collapsed | flamegraph.pl > engine.svg
              tickscope export stacks.folded --format pprof -o stacks.pb.gz
            """)

    @OptionGroup var input: ProfileInput

    @Option(help: ArgumentHelp("One of \(FormatRegistry.names.joined(separator: ", ")).", valueName: "name"))
    var format: String

    @Option(name: .shortAndLong, help: ArgumentHelp("File to write; - for the standard output.", valueName: "file"))
    var output: String = "-"

    @Flag(inversion: .prefixedNo, help: "Mark kernel and inlined frames with _[k] and _[i] (collapsed).")
    var annotate: Bool?

    @Flag(help: "Begin each stack with its process and thread (collapsed).")
    var threads = false

    func validate() throws {
        if !FormatRegistry.names.contains(format) {
            throw ValidationError(
                "no format is named '\(format)'; known are \(FormatRegistry.names.joined(separator: ", ")).")
        }
    }

    func run() throws {
        var options = FormatRegistry.Options()
        options.annotates = annotate
        options.showsThreads = threads
        let format = try FormatRegistry.format(named: format, options)
        let profile = try input.read()
        try AtomicFile.write(to: output) { try format.encode(profile, to: $0) }
    }
}
