import ArgumentParser
import BenchmarkSuites
import Benchmarking
import ProfileFormats
import RegressionAnalysis

/// Which store a command is about.
struct StorePlace: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Store file (default: .tickscope/store.sqlite here or above, else here).", valueName: "file"))
    var store: String?

    var path: String { store ?? StoreLocation.find(from: StoreLocation.workingFolder()) }

    func open(_ access: SQLiteStore.Access) throws -> SQLiteStore {
        let store = try SQLiteStore(path: path, access: access)
        if let kept = store.keptAside {
            StandardError.write(
                "tickscope: warning: '\(path)' was damaged: it is kept as '\(kept)', and a new one begun\n")
        }
        return store
    }
}

/// Results of benchmarks, ours or of another harness, from a file.
enum ResultFile {
    static func read(_ path: String) throws -> BenchmarkRun {
        let bytes = try InputFile.read(path)
        do {
            return try BenchmarkImportRegistry.decode(bytes, path: path)
        } catch let error as FormatError {
            throw FormatError(error.code, "'\(path)': \(error.description)")
        }
    }
}

/// A baseline's name on the command line.
extension BaselineName {
    static func parsed(_ text: String) throws -> BaselineName {
        do {
            return try BaselineName(text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
