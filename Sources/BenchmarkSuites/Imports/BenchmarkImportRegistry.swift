package import Benchmarking
internal import ProfileFormats

/// The importers, by name and by content.
package enum BenchmarkImportRegistry {
    package static let imports: [any BenchmarkImport] = [
        GoogleBenchmarkImport(), JMHImport(), PyperfImport(), HyperfineImport(), CriterionImport(),
        CriterionMessagesImport(), GoBenchmarkImport(), OrdoBenchmarkImport(),
    ]

    package static var names: [String] { imports.map(\.name) }

    /// - Throws: `FormatError` that lists the known names.
    package static func importer(named name: String) throws -> any BenchmarkImport {
        guard let found = imports.first(where: { $0.name == name }) else {
            throw FormatError(
                .unknownFormat,
                "results of '\(name)' cannot be read; known are \(names.joined(separator: ", "))")
        }
        return found
    }

    /// Reads our own results or those of another harness, whichever they are.
    /// - Throws: `FormatError`.
    package static func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun {
        guard !bytes.isEmpty else { throw FormatError(.malformed, "the file is empty") }
        if BenchmarkRunFile.recognizes(bytes) { return try BenchmarkRunFile.decode(bytes) }
        guard let found = imports.first(where: { $0.recognizes(bytes) }) else {
            throw FormatError(
                .unknownFormat,
                "not results of benchmarks: read are tickscope's own and those of \(names.joined(separator: ", "))")
        }
        return try found.decode(bytes, path: path)
    }
}
