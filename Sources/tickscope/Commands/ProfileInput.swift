import ArgumentParser
import ProfileFormats
import ProfileModel

/// The file that a command reads, in any format.
struct ProfileInput: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Profile: pprof or collapsed stacks, compressed or not; - for the standard input.", valueName: "file"))
    var file: String

    @Flag(name: .customLong("short-names"), help: "Name Swift functions by their labels, without types.")
    var shortensNames = false

    func read() throws -> Profile {
        let bytes = try InputFile.read(file)
        do {
            let profile = try FormatRegistry.decode(bytes)
            return shortensNames ? profile.withShortSwiftNames() : profile
        } catch let error as FormatError {
            throw FormatError(error.code, "'\(file)': \(error.description)")
        }
    }
}

/// Which samples a command looks at.
struct SampleSelection: ParsableArguments {
    @Option(help: ArgumentHelp("Only samples of this thread, by name or id.", valueName: "name|tid"))
    var thread: String?

    @Option(help: ArgumentHelp("Only samples with a frame whose function, file or module matches.", valueName: "regex"))
    var focus: String?

    @Option(help: ArgumentHelp("No samples with a frame whose function, file or module matches.", valueName: "regex"))
    var ignore: String?

    var filter: ProfileFilter { ProfileFilter(focus: focus, ignore: ignore, thread: thread) }
}
