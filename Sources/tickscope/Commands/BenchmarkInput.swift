import ArgumentParser
import BenchmarkSuites
import Benchmarking
import Glibc
import ProfileFormats

/// Which benchmarks of which program a command is about.
struct BenchmarkInput: ParsableArguments {
    @Argument(help: ArgumentHelp("Benchmark program, or a result file.", valueName: "program"))
    var program: String?

    @Option(help: ArgumentHelp("Build this product of the Swift package here, and measure it.", valueName: "name"))
    var product: String?

    @Option(help: ArgumentHelp("Suite file (default: tickscope.yaml here or above).", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Suite of the suite file to run (default: all).", valueName: "name"))
    var suite: String?

    @Option(help: ArgumentHelp("Only benchmarks whose name matches.", valueName: "regex"))
    var filter: [String] = []

    @Option(help: ArgumentHelp("Leave out benchmarks whose name matches.", valueName: "regex"))
    var skip: [String] = []

    @Option(help: ArgumentHelp("Only benchmarks with this tag.", valueName: "tag"))
    var tag: [String] = []

    /// A program and the benchmarks of it that were asked for, with the settings of a suite where there is one.
    struct Selected {
        var program: BenchmarkProgramFile
        var benchmarks: [DeclaredBenchmark]
    }

    func validate() throws {
        if program != nil, product != nil { throw ValidationError("give either a program or --product, not both") }
        if suite != nil || config != nil, program != nil || product != nil {
            throw ValidationError("a suite file names its programs itself; leave out either it or the program")
        }
        do {
            _ = try selection
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private var selection: BenchmarkSelection {
        get throws(SuiteError) { try BenchmarkSelection(filters: filter, skips: skip, tags: tag) }
    }

    func select() throws -> [Selected] {
        if let product { return [try select(try Self.build(product))] }
        if let program { return [try select(program)] }
        let file = try SuiteFile(named: config)
        let suites = try suite.map { [try file.suite($0)] } ?? file.suites
        var selected: [Selected] = []
        var refusal: SuiteError?
        for suite in suites {
            if let command = suite.program.buildCommand { try Self.run(command) }
            let program = try BenchmarkProgramFile(suite.program.executablePath)
            let benchmarks = try suite.apply(to: program.benchmarks)
            do {
                selected.append(Selected(program: program, benchmarks: try selection.apply(to: benchmarks)))
            } catch {
                // A filter need not fit every suite.
                refusal = refusal ?? error
            }
        }
        if selected.isEmpty, let refusal { throw refusal }
        return selected
    }

    private func select(_ path: String) throws -> Selected {
        let program = try BenchmarkProgramFile(path)
        return Selected(program: program, benchmarks: try selection.apply(to: program.benchmarks))
    }

    /// The selected results of the file that was named, when it is one: ours, or another harness's.
    func storedRun() throws -> BenchmarkRun? {
        guard let path = program, path == "-" || access(path, X_OK) != 0 && access(path, F_OK) == 0 else { return nil }
        let bytes = try InputFile.read(path)
        var run: BenchmarkRun
        do {
            run = try BenchmarkImportRegistry.decode(bytes, path: path)
        } catch let error as FormatError {
            let remedy = error.code == .unknownFormat && path != "-" ? "; nor is it an executable program" : ""
            throw FormatError(error.code, "'\(path)': \(error.description)\(remedy)")
        }
        if run.results.isEmpty { return run }
        let stored = run.results.map { result in
            var options = BenchmarkOptions()
            options.tags = result.tags
            return DeclaredBenchmark(id: result.id, options: options)
        }
        let wanted = Set(try selection.apply(to: stored).map(\.id))
        run.results.removeAll { !wanted.contains($0.id) }
        return run
    }

    private static func build(_ product: String) throws -> String {
        try run(["swift", "build", "-c", "release", "--product", product])
        return ".build/release/\(product)"
    }

    /// Runs a command whose output goes to standard error.
    private static func run(_ command: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        let arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, command[0], &actions, nil, arguments, environ)
        guard result == 0 else {
            throw SuiteError(.program, "cannot start '\(command[0])': \(String(cString: strerror(result)))")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw SuiteError(.program, "'\(command.joined(separator: " "))' failed") }
    }
}
