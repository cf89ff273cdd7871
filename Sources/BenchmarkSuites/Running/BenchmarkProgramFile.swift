package import Benchmarking
internal import Glibc

/// An executable with benchmarks.
package struct BenchmarkProgramFile: Hashable, Sendable {
    package let path: String
    package let benchmarks: [DeclaredBenchmark]

    /// Asks a program for its benchmarks.
    /// - Throws: ``SuiteError`` when it is none.
    package init(_ path: String) throws {
        let path = path.contains("/") ? path : "./" + path
        guard access(path, F_OK) == 0 else {
            throw SuiteError(.program, "there is no '\(path)'; build it first, or name it by its path")
        }
        var status = stat()
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
            throw SuiteError(.program, "'\(path)' is a folder; name the program in it")
        }
        guard access(path, X_OK) == 0 else {
            throw SuiteError(
                .program, "'\(path)' is not executable; name a program with benchmarks, or chmod +x it")
        }
        let process = try WorkerProcess(path, request: WorkerRequest(action: .list), timeoutSeconds: 30)
        switch process.result() {
        case .benchmarks(let benchmarks, let version) where version == WorkerRequest.protocolVersion:
            self.path = path
            self.benchmarks = benchmarks
        case .benchmarks:
            throw SuiteError(
                .program, "'\(path)' was built with another version of Tickscope than this tool; rebuild it")
        case .failed(let failure):
            throw SuiteError(
                .program,
                "'\(path)' does not answer as a benchmark program (\(failure.text)); it must have a BenchmarkSuite")
        default:
            throw SuiteError(.program, "'\(path)' does not answer as a benchmark program")
        }
        var seen: Set<BenchmarkID> = []
        for benchmark in benchmarks where !seen.insert(benchmark.id).inserted {
            throw SuiteError(.program, "'\(path)' declares two benchmarks named '\(benchmark.id)'; rename one")
        }
    }
}
