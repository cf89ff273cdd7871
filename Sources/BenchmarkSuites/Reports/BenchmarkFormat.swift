package import Benchmarking

/// A way to write the results of benchmarks as bytes.
package protocol BenchmarkFormat: Sendable {
    /// Name under which commands know it.
    var name: String { get }
    /// Endings of its files, without the first dot, the usual one first.
    var fileExtensions: [String] { get }
    /// What it is and who reads it, in a few words.
    var summary: String { get }

    /// - Throws: `FormatError` when the format cannot express the results.
    func encode(_ run: BenchmarkRun) throws -> [UInt8]
}
