import ArgumentParser
import ProfileFormats
import ProfileModel

/// `tickscope flame`.
struct Flame: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw an interactive flame graph as one SVG file.",
        discussion: """
            Open the file in a browser: click or Enter zooms, / searches by regular expression, arrow keys move, Esc \
            resets.

            EXAMPLES
              tickscope flame engine.pb.gz -o engine.svg
              tickscope flame engine.pb.gz -o callers.svg --reverse --thread matching
            """)

    @OptionGroup var input: ProfileInput
    @OptionGroup var selection: SampleSelection

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "File to write; - for the standard output (default: the profile's name with .svg).", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Heading of the picture.", valueName: "text"))
    var title: String?

    @Flag(help: "Begin with the innermost functions and show their callers.")
    var reverse = false

    func run() throws {
        let profile = try selection.filter.apply(to: try input.read())
        try AtomicFile.write(
            try FlameGraphFormat(title: title ?? program(profile), isReversed: reverse).encode(profile),
            to: output ?? defaultOutput)
    }

    /// The name of the program that was profiled, when the profile tells.
    private func program(_ profile: Profile) -> String? {
        let executable = profile.modules.first { $0.kind == .executable }.map { String($0.name) }
        let processes = Set(profile.labelSets.compactMap { $0.text("process") })
        guard processes.count == 1, let process = processes.first else { return executable }
        // The kernel keeps 15 bytes of a name.
        return process.utf8.count == 15 && executable?.hasPrefix(process) == true ? executable : process
    }

    /// `dir/engine.pb.gz` → `engine.svg`.
    private var defaultOutput: String {
        let name = input.file.split(separator: "/").last.map(String.init) ?? "flame"
        let extensions = FormatRegistry.formats().flatMap(\.fileExtensions).sorted { $0.count > $1.count }
        let known = extensions.first { name.hasSuffix("." + $0) }
        return (name == "-" ? "flame" : known.map { String(name.dropLast($0.count + 1)) } ?? name) + ".svg"
    }
}
